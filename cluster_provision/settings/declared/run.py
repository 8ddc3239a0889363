"""How the tool itself runs: limits, output, folders, rehearsal."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import AnyValue, Choice, Yes, YesNo
from cluster_provision.settings.readers.files import GivenFile, PlaceForFile
from cluster_provision.settings.readers.lists import Words
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.paths import Folder
from cluster_provision.settings.readers.texts import Text

if TYPE_CHECKING:
    from pathlib import Path

Rehearse = Literal["no", "plan", "yes"]
Output = Literal["text", "json"]
_REHEARSE: tuple[Rehearse, ...] = ("no", "plan", "yes")
_OUTPUT: tuple[Output, ...] = ("text", "json")

MINUTES_A_DAY = 24 * 60
# The checks before Apply that a run may skip.
SKIPPABLE = ("apis", "permissions", "quotas", "price", "machine-type")


@dataclass(frozen=True, kw_only=True)
class RunParameters:
    """The run."""

    ready_timeout: int = parameter(
        WholeNumber(0, MINUTES_A_DAY),
        default=30,
        unit="minutes",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="How long Create waits for the machines to be ready. 0 looks once.",
        example="45",
    )
    jupyter_timeout: int = parameter(
        WholeNumber(1, MINUTES_A_DAY),
        default=10,
        unit="minutes",
        since="0.1.0",
        run_only=True,
        help="How long Create waits for Jupyter to answer, once the machines are ready.",
        example="15",
    )
    capacity_wait: int = parameter(
        WholeNumber(0, MINUTES_A_DAY),
        default=10,
        unit="minutes",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="How long Create waits while the cloud lacks such machines, quota, or a permission for them. 0 gives up "
        "at the first such error. Then Create tries the next zone of ZONE, if there is one.",
        example="30",
    )
    skip_checks: tuple[str, ...] = parameter(
        Words(SKIPPABLE),
        default=(),
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="Checks to skip before anything is made, separated by commas.",
        example="quotas,price",
    )
    confirm: bool = parameter(
        YesNo(),
        default=False,
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="Whether Create and Destroy show what they would change, with the price, and ask once at the terminal "
        "before they do. Without one they end, with exit code 2.",
        example="yes",
    )
    cleanup_on_exit: bool = parameter(
        YesNo(),
        default=False,
        cloud="all",
        run_only=True,
        help="Whether the run that makes the cluster also destroys it at its end. Create then stays after it has shown "
        "how to connect: until a signal comes, or until the command has ended with WAIT_FOR_STARTUP_COMMAND=yes. It "
        "also destroys the cluster if it fails or is interrupted.",
        example="yes",
    )
    unlock_dead: bool = parameter(
        YesNo(),
        default=False,
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="Whether Create and Destroy clear the lock of a run that is dead, rather than ending with exit code 14: "
        "one that was on this machine and is there no more, or that gives no sign of its life for 90 seconds, which "
        "they wait for. A run that lives is left alone.",
        example="yes",
    )
    minimize_terraform_logging: bool = parameter(
        AnyValue(),
        default=False,
        cloud="made",
        run_only=True,
        help="Any value, also no and false, keeps Terraform's messages out of the output. They then go only to a file, "
        "which is uploaded with the state.",
        example="yes",
    )
    verbose: bool = parameter(
        Yes(),
        default=False,
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="Whether every step has its line, with all checks and each of Terraform's resources, rather than what "
        "matters alone.",
        example="yes",
    )
    output: Output = parameter(
        Choice(_OUTPUT),
        default="text",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="The form of the result on standard output: text, or one JSON object.",
        example="json",
    )
    docs_url: str = parameter(
        Text("address", r"https?://[^\s?#]+", "the address of the folder that holds the pages of docs/"),
        default="",
        default_text="set when the image was built; else messages name `Docs <page>`",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="The address below which messages name the pages of these documents.",
        example="https://github.com/my/cluster-provision/blob/main/docs",
    )
    output_dir: Path | None = parameter(
        Folder(),
        default=None,
        default_text="unset: results are in the state store alone",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="A folder that gets a folder for each machine, with the output of STARTUP_COMMAND and what it has put "
        "into RESULTS_DIR, where Create waits for it. With ACCESS=bastion it gets the Bastion scripts too. In a "
        "container, mount it.",
        example="/results",
    )
    report_file: Path | None = parameter(
        PlaceForFile("it gets the report"),
        default=None,
        default_text="unset: Create's is in the state store alone",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="A file that gets the run's report, one page of HTML: health, bandwidth, times, nodes, checks, price, and "
        "what is left. In a container, mount its folder.",
        example="/results/report.html",
    )
    tunnel_bind: str = parameter(
        Text(
            "address",
            r"localhost|[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*",
            "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
        ),
        default="127.0.0.1",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="Where Tunnel listens. In a container it has to be 0.0.0.0, and docker run -p 127.0.0.1:... says who "
        "reaches it.",
        example="0.0.0.0",  # noqa: S104 - in a container
    )
    env_file: Path | None = parameter(
        GivenFile("an env file, as `docker run --env-file` takes it", most=1024 * 1024),
        default=None,
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="A file with further lines NAME=value, for where Docker's --env-file can't be used, such as a pipeline "
        "that runs in this image itself. What the environment sets wins.",
        example="clusters/train.list",
    )
    work_dir: Path | None = parameter(
        Folder(),
        default=None,
        default_text="a fresh folder, removed when the run succeeds",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="The folder for the rendered Terraform module, its backend and its variables. A folder named here is "
        "kept.",
        example="/work",
    )
    provider_mirror: Path | None = parameter(
        Folder(
            holding="registry.terraform.io/hashicorp/google",
            layout="Terraform's filesystem mirror (registry.terraform.io/hashicorp/google/...)",
        ),
        default=None,
        default_text="the providers in the image, else Terraform's registry",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="A folder from which Terraform takes its providers, in the layout of its filesystem mirror; with "
        "CLOUD=azure it must hold hashicorp/azurerm.",
        example="/opt/mirror",
    )
    rehearse: Rehearse = parameter(
        Choice(_REHEARSE),
        default="no",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="yes runs the same action against a cloud that comes with the tool, on machines that are containers; plan "
        "does so without containers. It uses no account and costs nothing.",
        example="plan",
    )
    rehearse_dir: Path | None = parameter(
        Folder(),
        default=None,
        default_text="a folder of the tool's own",
        cloud="all",
        since="0.1.0",
        run_only=True,
        help="The folder in which the rehearsal's cloud keeps its resources, so that a later run finds them.",
        example="/var/lib/rehearsal",
    )

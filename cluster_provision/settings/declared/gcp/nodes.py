"""The machines: what the tool puts and runs on them."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import FALSE_WORDS, TRUE_WORDS, Choice, YesNo
from cluster_provision.settings.readers.commands import Command
from cluster_provision.settings.readers.gcp.maps import Labels, Metadata
from cluster_provision.settings.readers.gcp.names import SERVICE_ACCOUNT
from cluster_provision.settings.readers.paths import MachinePath
from cluster_provision.settings.reading import folded

NetworkConfig = Literal["default_network", "new_network", "multi_nic_network"]
_NETWORKS: tuple[NetworkConfig, ...] = ("default_network", "new_network", "multi_nic_network")


def opposite(text: str) -> str:
    """Return ENABLE_OPS_AGENT's value as DISABLE_OPS_AGENT's; a value that is neither yes nor no stays as it is."""
    word = folded(text.strip())
    if word in TRUE_WORDS:
        return "false"
    return "true" if word in FALSE_WORDS else text


@dataclass(frozen=True, kw_only=True)
class NodeParameters:
    """On the machines."""

    startup_command: str = parameter(
        Command(),
        default="",
        confidential=True,
        help="A command that every machine runs as its last step, with bash. A Slurm cluster runs it once, on the "
        "first login node, else the controller, when the cluster is proven. It is passed on verbatim, with one "
        'exception for old env files: if every double quote is written \\", each \\" is read as ", and \\\\ before one '
        "as \\. A command with any plain double quote is never changed. Whoever may read the Terraform state or the "
        "machines' metadata can read it, so keep secrets out.",
        example="python /usr/cp/train.py",
    )
    wait_for_startup_command: bool = parameter(
        YesNo(),
        default=False,
        since="0.1.0",
        help="Whether Create waits until STARTUP_COMMAND has ended on every machine, and fails if it fails there. "
        "Otherwise a machine is ready once the command has started. On a Slurm cluster the command has ended when its "
        "user's jobs have too.",
        example="yes",
    )
    results_dir: str = parameter(
        MachinePath(),
        default="",
        default_text="unset: the command's output alone",
        since="0.1.0",
        help="A folder on the machine. With WAIT_FOR_STARTUP_COMMAND=yes, Create fetches what STARTUP_COMMAND has put "
        "there, also of one that failed: into OUTPUT_DIR, and into the state store, beside the cluster's own folder, "
        "where Destroy leaves it. At most 2 GiB a machine. Whoever may read the state store can read it.",
        example="/var/tmp/results",  # noqa: S108 - a folder of the user's choice
    )
    metadata: dict[str, str] = parameter(
        Metadata(),
        default={},
        confidential=True,
        help="Metadata of the machines, a map in HCL: keys bare or quoted, = or :, separated by commas. Numbers and "
        "booleans are kept as text, and nothing is evaluated: ${ and %{ are text. The keys VmDnsSetting, "
        "enable-oslogin, install-nvidia-driver and proxy-mode are the tool's and win. Whoever may read the Terraform "
        "state or the machines' metadata can read it, so keep secrets out.",
        example='{ key1 = "val", key2 = "val2" }',
    )
    labels: dict[str, str] = parameter(
        Labels(),
        default={},
        help="Labels of every resource that can have labels: a map in HCL, like METADATA. The tool adds "
        "aiinfra-cluster, with a value that stays the same for the life of the cluster, by which bills can be "
        "filtered.",
        example='{ team = "research", stage = "test" }',
    )
    network_config: NetworkConfig = parameter(
        Choice(_NETWORKS),
        default="default_network",
        help='default_network uses the VPC "default" of the project; new_network makes one for the cluster, with NAT; '
        "multi_nic_network makes several, and gives each machine a card in each: five, or as many as the GPUDirect of "
        "VM_TYPE needs. A machine can have one card for each vCPU, and at least two.",
        example="new_network",
    )
    external_ip: bool = parameter(
        YesNo(),
        default=True,
        since="0.1.0",
        help="Whether each machine has an external address. The tool opens no port on it. Without one, the machines "
        "reach the internet by NAT, which the tool makes if their network has none, and ssh comes through IAP.",
        example="no",
    )
    service_account: str | None = parameter(
        SERVICE_ACCOUNT,
        default=None,
        default_text="the tool makes one for the cluster, with least privilege",
        since="0.1.0",
        help="The service account that the machines run as. The tool grants it nothing: it must already be able to "
        "read and write the cluster's folder in the state bucket, and the buckets of GCS_MOUNT_LIST.",
        example="nodes@my-project-123.iam.gserviceaccount.com",
    )
    enable_notebook: bool = parameter(
        YesNo(),
        default=True,
        since="old tool, April 2023",
        help="Whether the tool makes the image's Jupyter reachable. An image without Jupyter is no error.",
        example="no",
    )
    show_proxy_url: bool = parameter(
        YesNo(),
        default=True,
        help="Whether Create waits for each machine's Jupyter and shows its address.",
        example="no",
    )
    disable_ops_agent: bool = parameter(
        YesNo(),
        default=False,
        aliases={"ENABLE_OPS_AGENT": opposite},
        help="Whether the machines go without Google Cloud's ops agent. Otherwise each machine tries several times to "
        "install it, and is ready even if that fails. The alias ENABLE_OPS_AGENT means the opposite.",
        example="true",
    )

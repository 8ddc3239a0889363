"""The Slurm cluster, wherever its machines are: accounting, users, packages, and how it is proven."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.paths import MachinePath
from cluster_provision.settings.readers.slurm.monitoring_packages import MonitoringPackages
from cluster_provision.settings.readers.slurm.packages import ArchiveUrl, PackageUrls
from cluster_provision.settings.readers.slurm.repository import Repository
from cluster_provision.settings.readers.slurm.slurm_conf import SlurmConf, SlurmConfExtra
from cluster_provision.settings.readers.slurm.users import UserNames, users_of
from cluster_provision.settings.readers.texts import Text

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.settings.readers.slurm.packages import PackageUrl
    from cluster_provision.settings.readers.slurm.repository import AptRepository

Accounting = Literal["local", "mysql", "off"]
Monitoring = Literal["off", "local", "managed"]
Validate = Literal["nccl", "job"]
_ACCOUNTING: tuple[Accounting, ...] = ("local", "mysql", "off")
_MONITORING: tuple[Monitoring, ...] = ("off", "local", "managed")
_VALIDATE: tuple[Validate, ...] = ("nccl", "job")
MINUTES_A_WEEK = 7 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class SlurmParameters:
    """Slurm."""

    accounting: Accounting = parameter(
        Choice(_ACCOUNTING),
        default="local",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="local keeps an account of all jobs in a database on the controller; mysql, on Azure, in a server of "
        "Azure Database for MySQL that the tool makes; off keeps none.",
        example="off",
    )
    slurm_conf_extra: SlurmConfExtra = parameter(
        SlurmConf(),
        default=SlurmConfExtra(),
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="Keys of slurm.conf(5) in place of the tool's own values, or beside them. Those that the tool must set "
        "itself are refused.",
        example="SchedulerParameters=bf_max_job_test=200;PriorityType=priority/multifactor",
    )
    users_file: Path | None = parameter(
        GivenFile("users, one a line: name:uid[:gid[:sudo]]:ssh key", check=users_of),
        default=None,
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="The cluster's users, the same on every machine, one a line: name:uid[:gid[:sudo]]:ssh key. Create adds "
        "those that are new; one that is taken off is locked, and the home is kept.",
        example="/config/users",
    )
    ssh_exceptions: tuple[str, ...] = parameter(
        UserNames(),
        default=(),
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="Users who may log in to a compute node without a job on it, separated by commas. Others are refused "
        "there by pam_slurm_adopt.",
        example="monitor,backup",
    )
    slurm_repository: AptRepository | None = parameter(
        Repository(),
        default=None,
        default_text="the distribution's own packages",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="A repository with Slurm's packages, as a line of apt's sources.list(5). The file of signed-by is read "
        "where the tool runs.",
        example="deb [signed-by=/keys/slurm.asc] https://packages.example.org/slurm noble main",
    )
    pyxis_packages: tuple[PackageUrl, ...] = parameter(
        PackageUrls(),
        default=(),
        default_text="none: container jobs run by Slurm's own --container",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="Packages of Pyxis and Enroot for container jobs, separated by commas: each a URL with the file's SHA-256 "
        "after #sha256=.",
        example="https://packages.example.org/enroot_3.5.0-1_amd64.deb#sha256="
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    )
    monitoring: Monitoring = parameter(
        Choice(_MONITORING),
        default="off",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="local watches the cluster by Prometheus on the controller, which only Tunnel reaches, and by exporters "
        "on all machines, which only the cluster's network reaches; both are the distribution's packages. managed "
        "does the same, and besides writes to the cloud's own service: on Azure to an Azure Monitor workspace with a "
        "Managed Grafana, on Google Cloud by the ops agent to Managed Service for Prometheus.",
        example="local",
    )
    monitoring_packages: tuple[PackageUrl, ...] = parameter(
        MonitoringPackages(),
        default=(),
        default_text="none: neither dashboards nor what GPUs do",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="Packages of Grafana, for the controller, of NVIDIA's dcgm-exporter, for nodes with GPUs, and with "
        "MONITORING=managed on Google Cloud of its ops agent, for images without it that can't reach Google's archive, "
        "separated by commas: each a URL with the file's SHA-256 after #sha256=.",
        example="https://packages.example.org/grafana_13.0.2_amd64.deb#sha256="
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    )
    code_cli: PackageUrl | None = parameter(
        ArchiveUrl(),
        default=None,
        default_text="none: `code` is not installed",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="The archive of Visual Studio Code's command line, for the machines that users log in to, so that "
        "`code tunnel` runs there: a URL with the file's SHA-256 after #sha256=.",
        example="https://update.code.visualstudio.com/1.106.2/cli-linux-x64/stable#sha256="
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    )
    drain_timeout: int = parameter(
        WholeNumber(0, MINUTES_A_WEEK),
        default=60,
        unit="minutes",
        cloud="existing",
        since="0.1.0",
        help="How long Create waits for the jobs of a node that is taken off the list, or restarted. 0 looks once.",
        example="240",
    )
    proof_timeout: int = parameter(
        WholeNumber(1, MINUTES_A_WEEK),
        default=10,
        unit="minutes",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="How long Create waits for the job that proves that the nodes work.",
        example="30",
    )
    validate: Validate = parameter(
        Choice(_VALIDATE),
        default="nccl",
        cloud="existing",
        since="0.1.0",
        help="How the first Create proves the cluster: nccl runs a job over all nodes and then, where they have GPUs, "
        "the NCCL benchmark; job leaves the benchmark out.",
        example="job",
    )
    nccl_tests: str = parameter(
        MachinePath(),
        default="",
        default_text="unset; with neither NCCL_TESTS nor NCCL_TESTS_IMAGE the benchmark's outcome is unknown",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="The folder on the nodes that holds all_reduce_perf of NVIDIA's nccl-tests.",
        example="/opt/nccl-tests/build",
    )
    nccl_tests_image: str = parameter(
        Text(
            "container image",
            "[A-Za-z0-9][A-Za-z0-9._/:#@+-]*|/[A-Za-z0-9._/+@=-]+",
            "registry/name:tag, or the path of a .sqsh file on the nodes",
            longest=512,
        ),
        default="",
        cloud="all",
        orchestrator="slurm",
        since="0.1.0",
        help="A container image that holds all_reduce_perf of NVIDIA's nccl-tests, for the benchmark.",
        example="nvcr.io#nvidia/pytorch:24.07-py3",
    )

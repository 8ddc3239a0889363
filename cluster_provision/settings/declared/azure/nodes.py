"""Azure's machines: what the tool puts and runs on them."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.cloud_init import check_cloud_init
from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.azure.names import ManagedIdentity
from cluster_provision.settings.readers.choices import YesNo
from cluster_provision.settings.readers.commands import Command
from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.readers.paths import DEFAULT_DESTINATION, MachinePath

if TYPE_CHECKING:
    from pathlib import Path

# Custom data has at most 64 KiB (learn.microsoft.com/azure/virtual-machines/custom-data, read 2026-11-25), packed with
# the tool's own part: a longer file surely doesn't fit.
MOST_CLOUD_INIT_BYTES = 256 * 1024
MOST_COMMAND_BYTES = 32 * 1024


@dataclass(frozen=True, kw_only=True)
class AzureNodeParameters:
    """On the machines."""

    cloud_init: Path | None = parameter(
        GivenFile(
            "cloud-init's own data: #cloud-config, a script, or MIME",
            most=MOST_CLOUD_INIT_BYTES,
            check=check_cloud_init,
        ),
        default=None,
        cloud="azure",
        help="Your own file for cloud-init, mounted into the container. It is merged after the tool's own, so that its "
        "lists are added. Whoever may read the Terraform state can read it, so keep secrets out.",
        example="/files/cloud-init.yaml",
    )
    startup_command: str = parameter(
        Command(most=MOST_COMMAND_BYTES),
        default="",
        confidential=True,
        cloud="azure",
        since="0.1.0",
        help="A command that every machine runs as its last step, with bash. A Slurm cluster runs it once, on the "
        "first login node, else the controller, when the cluster is proven. Whoever may read the Terraform state or "
        "log in to the machines can read it, so keep secrets out.",
        example="python /usr/aiinfra/copy/train.py",
    )
    wait_for_startup_command: bool = parameter(
        YesNo(),
        default=False,
        cloud="azure",
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
        cloud="azure",
        since="0.1.0",
        help="A folder on the machine. With WAIT_FOR_STARTUP_COMMAND=yes, Create fetches what STARTUP_COMMAND has put "
        "there, also of one that failed: into OUTPUT_DIR, and into the state store, beside the cluster's own folder, "
        "where Destroy leaves it. At most 2 GiB a machine. Whoever may read the state store can read it.",
        example="/var/tmp/results",  # noqa: S108 - a folder of the user's choice
    )
    vm_localfile_dest_path: str = parameter(
        MachinePath(),
        default=DEFAULT_DESTINATION,
        cloud="azure",
        since="0.1.0",
        help="The folder on every machine that gets the files mounted on /usr/aiinfra/copy in the container.",
        example="/mnt/resource_nvme/training",
    )
    node_identity: str | None = parameter(
        ManagedIdentity(),
        default=None,
        default_text="the tool makes one for the cluster, with least privilege",
        cloud="azure",
        since="0.1.0",
        help="The resource ID of the user-assigned managed identity that the machines run as. The tool grants it "
        "nothing: it must already be able to write to the cluster's folder in the state's container.",
        example="/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/ids/providers/"
        "Microsoft.ManagedIdentity/userAssignedIdentities/nodes",
    )

"""The places of state, files and data."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import YesNo
from cluster_provision.settings.readers.gcp.buckets import BucketFolder, GcsPath
from cluster_provision.settings.readers.gcp.file_shares import DEFAULT_GB, FileShare, FileShares
from cluster_provision.settings.readers.gcp.lists import BucketMount, BucketMounts
from cluster_provision.settings.readers.paths import DEFAULT_DESTINATION, MachinePath


@dataclass(frozen=True, kw_only=True)
class StorageParameters:
    """State, files and data."""

    terraform_gcs_path: GcsPath | None = parameter(
        BucketFolder(),
        default=None,
        default_text="the bucket aiinfra-terraform-<PROJECT_ID>, made if it is missing",
        help="The place of Terraform's state, the copied files and the nodes' records: an existing bucket, or a folder "
        "in one, which need not exist. Each cluster has the folder <NAME_PREFIX>-deployment in it. A slash at the end "
        "is ignored.",
        example="gs://my-bucket/clusters",
    )
    vm_localfile_dest_path: str = parameter(
        MachinePath(),
        default=DEFAULT_DESTINATION,
        help="The folder on every machine that gets the files mounted on /usr/aiinfra/copy in the container.",
        example="/home/jupyter/training",
    )
    gcs_mount_list: tuple[BucketMount, ...] = parameter(
        BucketMounts(),
        default=(),
        help="Buckets that every machine mounts by gcsfuse: <bucket>:</mount/path>, several separated by commas. Empty "
        "entries are skipped. Mount paths must differ, and none may hide a folder of the system or the copied files. A "
        "path within another one is mounted later, on a folder that is made in the outer bucket. In the bucket of "
        "Terraform's state, the machines can't read or write the folders <name>-deployment.",
        example="my-data:/mnt/data,my-results:/mnt/results",
    )
    nfs_fileshare_list: tuple[FileShare, ...] = parameter(
        FileShares(),
        default=(),
        aliases={"NFS_FILESTORE_LIST": None},
        help="NFS shares that the tool makes and every machine mounts: </mount/path>:<type>[:<size in GB>], several "
        f"separated by commas. The default size is {DEFAULT_GB}.",
        example="/mnt/share:BASIC_SSD:2560",
    )
    delete_file_shares: bool = parameter(
        YesNo(),
        default=False,
        since="0.1.0",
        help="Whether Create may delete file shares with all data on them: shares that NFS_FILESHARE_LIST no longer "
        "has, and shares that another ZONE, NETWORK_CONFIG or type replaces; and a Slurm controller's data disk, which "
        "another ZONE or a smaller DATA_DISK_GB replaces. Without it, Create refuses; Destroy doesn't need it. With "
        "ORCHESTRATOR_TYPE=slurm, no keeps the controller's data disk at Destroy, which is deleted otherwise.",
        example="yes",
    )

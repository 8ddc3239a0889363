"""Where state, files and data are."""

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
        default_text="the bucket aiinfra-terraform-<PROJECT_ID>, made where it is missing",
        help="Where Terraform's state, the copied files and the nodes' records are kept: a bucket that exists, or a "
        "folder in one, which need not exist. Each cluster has the folder <NAME_PREFIX>-deployment in it. A slash at "
        "the end means nothing.",
        example="gs://my-bucket/clusters",
    )
    vm_localfile_dest_path: str = parameter(
        MachinePath(),
        default=DEFAULT_DESTINATION,
        help="Where the files that are mounted on /usr/aiinfra/copy in the container are put on every machine.",
        example="/home/jupyter/training",
    )
    gcs_mount_list: tuple[BucketMount, ...] = parameter(
        BucketMounts(),
        default=(),
        help="Buckets that are mounted on every machine by gcsfuse: <bucket>:</mount/path>, several separated by "
        "commas. Empty entries are skipped. Mount paths must differ, and none may hide a folder of the system or the "
        "copied files; one that lies in another is mounted after it, on a folder that is made in the outer bucket. In "
        "the bucket of Terraform's state, the folders <name>-deployment are out of the machines' reach.",
        example="my-data:/mnt/data,my-results:/mnt/results",
    )
    nfs_fileshare_list: tuple[FileShare, ...] = parameter(
        FileShares(),
        default=(),
        aliases={"NFS_FILESTORE_LIST": None},
        help="NFS shares that are made and mounted on every machine: </mount/path>:<type>[:<size in GB>], several "
        f"separated by commas. The size is {DEFAULT_GB} where it is left out.",
        example="/mnt/share:BASIC_SSD:2560",
    )
    delete_file_shares: bool = parameter(
        YesNo(),
        default=False,
        since="0.1.0",
        help="Whether Create may delete file shares with all that is on them: those that NFS_FILESHARE_LIST no longer "
        "has, and those that another ZONE, NETWORK_CONFIG or type makes anew. Without it, Create is refused; Destroy "
        "needs no such word.",
        example="yes",
    )

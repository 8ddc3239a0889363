"""What machines that exist already share by NFS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.existing.nfs import NfsExports, NfsMounts

if TYPE_CHECKING:
    from cluster_provision.settings.existing.nfs import NfsExport, NfsMount


@dataclass(frozen=True, kw_only=True)
class ExistingStorageParameters:
    """Storage."""

    nfs_exports: tuple[NfsExport, ...] = parameter(
        NfsExports(),
        default=(),
        cloud="existing",
        since="0.1.0",
        help="Folders that NFS_SERVER shares, several separated by semicolons: the path, a colon, and the clients with "
        "their options as in exports(5). A missing folder is made.",
        example="/export/shared:*(rw,sync,no_root_squash)",
    )
    nfs_mounts: tuple[NfsMount, ...] = parameter(
        NfsMounts(),
        default=(),
        cloud="existing",
        since="0.1.0",
        help="Shares that every machine but their server mounts, several separated by semicolons: the server (unset: "
        "NFS_SERVER), the path there, the folder to mount on, and options if wanted. A server that isn't one of the "
        "cluster's machines is used as it is.",
        example="/export/shared:/mnt/shared:async,vers=3",
    )

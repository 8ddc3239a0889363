"""slurmdbd.conf (slurmdbd.conf(5)): the accounting daemon, on the controller, beside its database or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.lines import document, pair
from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Secrets, SlurmCluster

DATABASE = "slurm_acct_db"
DATABASE_USER = "slurm"
# Debian's and Ubuntu's bundle has the authorities that Azure's servers are signed by:
# learn.microsoft.com/azure/mysql/flexible-server/how-to-connect-tls-ssl (read 2026-12-01).
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


def slurmdbd_conf(cluster: SlurmCluster, secrets: Secrets) -> str:
    """Return the whole file, which holds the database's password."""
    controller, server = cluster.machine(cluster.controller), cluster.database
    values = {
        "AuthType": "auth/munge",
        # slurmdbd starts only where this is the host's own name (src/slurmdbd/slurmdbd.c).
        "DbdHost": controller.own_name or controller.name,
        "DbdAddr": controller.name if controller.own_name else "",
        "DbdPort": str(paths.DATABASE_PORT),
        "SlurmUser": "slurm",
        "LogFile": f"{paths.LOGS}/slurmdbd.log",
        # The packages' unit lets it write there alone, from the release on that has it run as slurm.
        "PidFile": "/run/slurmdbd.pid" if cluster.release < Release(23, 11) else "/run/slurmdbd/slurmdbd.pid",
        "StorageType": "accounting_storage/mysql",
        "StorageHost": server.host if server else "localhost",
        "StorageUser": server.user if server else DATABASE_USER,
        "StoragePass": secrets.database_password,
        "StorageLoc": DATABASE,
        "StorageParameters": f"SSL_CA={AUTHORITIES}" if server else "",
    }
    return document([pair(key, value) for key, value in values.items() if value])

"""Accounting: slurmdbd on the controller, and MariaDB beside it or a server of MySQL elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.slurmdbd_conf import AUTHORITIES, DATABASE, DATABASE_USER, slurmdbd_conf
from cluster_provision.slurm.plan import Command, File, Folder, Packages, Resource, Service
from cluster_provision.slurm.revival import revived

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import DatabaseServer, Secrets, SlurmCluster

SETTINGS = "/etc/mysql/mariadb.conf.d/90-cluster-provision.cnf"
DATA = "/var/lib/mysql"

# https://slurm.schedmd.com/accounting.html, "MySQL Configuration": with less, slurmdbd warns at every start.
_SETTINGS = """# Written by cluster-provision: what Slurm's accounting needs.
[mysqld]
innodb_buffer_pool_size = 1G
innodb_log_file_size = 64M
innodb_lock_wait_timeout = 900
max_allowed_packet = 16M
"""

# slurmdbd makes its tables at its first start, and answers once they are there. Where its unit is of the type simple,
# as Debian 12's, systemd takes it for started before it ends.
_ADD = """end=$(($(date +%s) + 60))
while ! timeout 20 sacctmgr --noheader list cluster format=cluster >/dev/null 2>&1 && [ "$(date +%s)" -lt "$end" ]; do
  ! systemctl is-failed --quiet slurmdbd || break
  sleep 0.3
done
said=$(timeout 60 sacctmgr --immediate add cluster "$1" 2>&1) && exit 0
case $said in *"already exists"*) exit 0 ;; esac
if systemctl is-failed --quiet slurmdbd; then
  said="error: slurmdbd ends by itself; look at journalctl -u slurmdbd, and at $2: $(tail -n 1 -- "$2" 2>&1)"
fi
echo "$said" >&2
exit 1
"""
_IS_ADDED = 'timeout 20 sacctmgr --noheader --parsable2 list cluster format=cluster 2>/dev/null | grep -qxF "$1"'
_IS_THERE = f"mysql --batch --skip-column-names -e 'SHOW GRANTS FOR {DATABASE_USER}@localhost' | grep -q {DATABASE}"


# The server takes a new password within a minute or two. What is said is the last attempt's.
_REACH = """read -r MYSQL_PWD && export MYSQL_PWD
end=$(($(date +%s) + 300))
until said=$(mysql --connect-timeout=10 --host="$1" --user="$2" --ssl-ca="$3" --ssl-verify-server-cert \\
  --execute="CREATE DATABASE IF NOT EXISTS $4" 2>&1); do
  [ "$(date +%s)" -lt "$end" ] || { echo "$said" >&2; exit 1; }
  sleep 5
done
"""


def resources(cluster: SlurmCluster, secrets: Secrets) -> list[Resource]:
    """The database's folder stays when all of it is undone, unless users' data are to be deleted."""
    if not cluster.accounting:
        return []
    return [
        *(_elsewhere(cluster, cluster.database, secrets) if cluster.database else _here(cluster, secrets)),
        *revived("slurmdbd"),
        Service("slurmdbd", restart_on=(paths.SLURMDBD_CONF, paths.MUNGE_KEY)),
        Command(
            "cluster in the accounts",
            ("sh", "-c", _ADD, "sh", cluster.name, f"{paths.LOGS}/slurmdbd.log"),
            unless=("sh", "-c", _IS_ADDED, "sh", cluster.name),
        ),
    ]


def _here(cluster: SlurmCluster, secrets: Secrets) -> list[Resource]:
    return [
        Packages(("mariadb-server", cluster.packages.slurmdbd, cluster.packages.client)),
        Folder(DATA, "0755", "mysql", "mysql", data=True, once=True),
        File(SETTINGS, _SETTINGS),
        Service("mariadb", restart_on=(SETTINGS,)),
        _configuration(cluster, secrets),
        Command(
            "database",
            ("mysql", "--batch"),
            unless=("sh", "-c", _IS_THERE),
            reads=(paths.SLURMDBD_CONF,),
            input=_statements(secrets),
        ),
    ]


def _elsewhere(cluster: SlurmCluster, server: DatabaseServer, secrets: Secrets) -> list[Resource]:
    """The server lets nobody in without TLS; whether it can be reached is known before slurmdbd is started."""
    return [
        Packages(("mariadb-client", cluster.packages.slurmdbd, cluster.packages.client)),
        _configuration(cluster, secrets),
        Command(
            f"database on {server.host}",
            ("sh", "-c", _REACH, "sh", server.host, server.user, AUTHORITIES, DATABASE),
            unless=("systemctl", "is-active", "--quiet", "slurmdbd"),
            reads=(paths.SLURMDBD_CONF,),
            input=f"{secrets.database_password}\n",
        ),
    ]


def _configuration(cluster: SlurmCluster, secrets: Secrets) -> File:
    text = slurmdbd_conf(cluster, secrets)
    return File(paths.SLURMDBD_CONF, text, mode="0600", owner="slurm", group="slurm", secret=True)


def _statements(secrets: Secrets) -> str:
    user = f"'{DATABASE_USER}'@'localhost'"
    return (
        f"CREATE DATABASE IF NOT EXISTS {DATABASE};\n"
        f"CREATE USER IF NOT EXISTS {user};\n"
        f"ALTER USER {user} IDENTIFIED BY '{secrets.database_password}';\n"
        f"GRANT ALL ON {DATABASE}.* TO {user};\n"
    )

"""Grafana on the controller, from a ready package that the user names: Prometheus and the dashboards are there at once.

It listens on the loopback alone. Its administrator's password is made there, and kept where root alone reads.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cluster_provision.slurm.fetched_packages import installed, package_of
from cluster_provision.slurm.node_scripts import node_scripts
from cluster_provision.slurm.plan import Command, File, Folder, Packages, Resource, Service
from cluster_provision.slurm.roles.monitoring.places import (
    DASHBOARDS,
    GRAFANA_LOGIN,
    GRAFANA_PORT,
    PROGRAMS,
    PROMETHEUS_PORT,
)

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.packages import PackageUrl

UNIT = "grafana-server"
DATA_SOURCE = "cluster-prometheus"
"""The data source's uid, which the dashboards name."""
# What the package needs (grafana.com/docs/grafana/latest/setup-grafana/installation/debian): installed beforehand, so
# that it goes again too.
_NEEDED = ("adduser", "libfontconfig1", "musl")
_PROVISIONING = "/etc/grafana/provisioning"
_SOURCE = f"{_PROVISIONING}/datasources/cluster-provision.yaml"
_BOARDS = f"{_PROVISIONING}/dashboards/cluster-provision.yaml"
_DROP_IN = f"/etc/systemd/system/{UNIT}.service.d/cluster-provision.conf"
# systemd reads the password as root, and hands it to Grafana in its environment (Grafana's "Configure Grafana",
# Override configuration with environment variables).
_MAKE_LOGIN = """set -eu
umask 077
word=$(tr -dc A-Za-z0-9 </dev/urandom | head -c 24)
printf 'GF_SECURITY_ADMIN_PASSWORD=%s\\n' "$word" >"$1.new"
mv "$1.new" "$1"
"""
_UNIT = f"""# Written by cluster-provision.
[Service]
Environment=GF_SERVER_HTTP_ADDR=127.0.0.1 GF_SERVER_HTTP_PORT={GRAFANA_PORT} GF_SECURITY_ADMIN_USER=admin
Environment=GF_USERS_ALLOW_SIGN_UP=false GF_ANALYTICS_REPORTING_ENABLED=false GF_ANALYTICS_CHECK_FOR_UPDATES=false
EnvironmentFile={GRAFANA_LOGIN}
"""
# Its package leaves its data, its folders and its account behind.
_GIVE_BACK = """apt-get -q -y purge "$1"
rm -rf /var/lib/grafana /var/log/grafana /etc/grafana
if getent passwd grafana >/dev/null; then userdel grafana; fi
if getent group grafana >/dev/null; then groupdel grafana; fi
"""


def resources(package: PackageUrl) -> list[Resource]:
    """The package and what it reads; the data source and the folder of dashboards are JSON, which YAML includes."""
    return [
        Packages(_NEEDED),
        _installed(package),
        Folder("/etc/cluster-provision"),
        Command(
            "Grafana's password",
            ("sh", "-c", _MAKE_LOGIN, "sh", GRAFANA_LOGIN),
            unless=("test", "-s", GRAFANA_LOGIN),
            undo=("rm", "-f", GRAFANA_LOGIN),
        ),
        Folder("/usr/local/lib/cluster-provision"),
        Folder(PROGRAMS),
        Folder(DASHBOARDS),
        *(File(f"{DASHBOARDS}/{name}", text) for name, text in node_scripts("monitoring/dashboards").items()),
        File(_SOURCE, _yaml({"apiVersion": 1, "datasources": [_source()]})),
        File(_BOARDS, _yaml({"apiVersion": 1, "providers": [_boards()]})),
        File(_DROP_IN, _UNIT),
        Command("read Grafana's unit again", ("systemctl", "daemon-reload"), unless=("true",), reads=(_DROP_IN,)),
        Service(UNIT, restart_on=(_DROP_IN, _SOURCE, _BOARDS)),
    ]


def _installed(package: PackageUrl) -> Command:
    """The package; undone, what it leaves goes too: nobody's else, since a Grafana that was there is refused."""
    plain = installed(package)
    undo = ("sh", "-ec", _GIVE_BACK, "sh", package_of(package.url)[0])
    return Command(plain.name, plain.argv, unless=plain.unless, undo=undo)


def _source() -> dict[str, object]:
    return {
        "name": "Prometheus",
        "uid": DATA_SOURCE,
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://127.0.0.1:{PROMETHEUS_PORT}",
        "isDefault": True,
        "editable": False,
    }


def _boards() -> dict[str, object]:
    return {"name": "cluster", "folder": "Cluster", "type": "file", "options": {"path": DASHBOARDS}}


def _yaml(content: dict[str, object]) -> str:
    return f"# Written by cluster-provision.\n{json.dumps(content, indent=1)}\n"

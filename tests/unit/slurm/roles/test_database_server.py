"""Accounting on a server of MySQL outside of the cluster: slurmdbd reaches it by TLS, and no database is made here."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import DatabaseServer
from cluster_provision.slurm.plan import File, Packages
from tests.unit.slurm.clusters import SECRETS
from tests.unit.slurm.roles.plans import command, each, plan

if TYPE_CHECKING:
    from pathlib import Path

SERVER = DatabaseServer("vega-mysql-1.mysql.database.azure.com", "slurm", "/subscriptions/s/the/server")
NAME = f"database on {SERVER.host}"


def test_no_database_server_is_installed_beside_slurmdbd() -> None:
    wanted = {name for found in each(plan("lyra-hd", database=SERVER), Packages) for name in found.names}
    assert {"mariadb-client", "slurmdbd"} <= wanted and "mariadb-server" not in wanted


def test_slurmdbd_knows_the_server_and_whom_to_believe() -> None:
    files = {found.path: found for found in each(plan("lyra-hd", database=SERVER), File)}
    lines = files["/etc/slurm/slurmdbd.conf"].content.splitlines()
    assert {
        f"StorageHost={SERVER.host}",
        "StorageUser=slurm",
        "StorageParameters=SSL_CA=/etc/ssl/certs/ca-certificates.crt",
    } <= set(lines)
    assert not any(line.startswith("StorageParameters") for line in _here())


def _here() -> list[str]:
    files = {found.path: found for found in each(plan("lyra-hd"), File)}
    return files["/etc/slurm/slurmdbd.conf"].content.splitlines()


@pytest.mark.parametrize(("fails", "code"), [(0, 0), (2, 0)])
def test_the_server_is_asked_until_it_takes_the_password_which_no_command_line_has(
    tmp_path: Path, fails: int, code: int
) -> None:
    mysql = tmp_path / "mysql"
    mysql.write_text(
        f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\n[ "$MYSQL_PWD" = {SECRETS.database_password} ] || exit 9\n'
        f"[ $(wc -l <{tmp_path}/calls) -gt {fails} ]\n"
    )
    mysql.chmod(0o755)
    (tmp_path / "sleep").symlink_to("/bin/true")
    here = command(plan("lyra-hd", database=SERVER), NAME)
    path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(here.argv, input=here.input, text=True, env=path, check=False)
    calls = (tmp_path / "calls").read_text()
    assert (done.returncode, len(calls.splitlines())) == (code, fails + 1)
    assert f"--host={SERVER.host}" in calls and "--ssl-verify-server-cert" in calls
    assert SECRETS.database_password not in calls + " ".join(here.argv)

"""Logins between the nodes of a cloud's cluster."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cloud_plan import cluster_of
from cluster_provision.slurm.cluster import HostCa
from cluster_provision.slurm.plan import Block, Command, File
from cluster_provision.slurm.roles.host_certificate import AUTHORITY, HOSTS, resources
from cluster_provision.slurm.roles.ssh_keys import BELIEVED, KNOWN_HOSTS, SERVER
from tests.unit.node.power.kit import CLUSTER
from tests.unit.slurm.clusters import facts

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.plan import Resource

NODE = "vega-hpc-1"
CA = HostCa("canary-private", "ssh-ed25519 AAAA")


def of(machine: str) -> list[Resource]:
    return resources(cluster_of(CLUSTER, facts()), machine, "10.0.0.7", CA)


def block(machine: str, path: str) -> list[str]:
    return [line for each in of(machine) if isinstance(each, Block) and each.path == path for line in each.lines]


@pytest.mark.parametrize("machine", [NODE, "vega-ctl", *CLUSTER.logins])
def test_every_machine_believes_the_authority_for_names_of_nodes_alone(machine: str) -> None:
    (line,) = block(machine, KNOWN_HOSTS)
    mark, names, *key = line.split()
    assert (mark, key) == ("@cert-authority", ["ssh-ed25519", "AAAA"])
    assert set(names.split(",")) == set(CLUSTER.nodes)


def test_a_node_believes_nodes_who_asks_and_nobody_else() -> None:
    assert set(block(NODE, BELIEVED)) == set(CLUSTER.nodes)
    (server,) = [each.content for each in of(NODE) if isinstance(each, File) and each.path == SERVER]
    assert {"HostbasedAuthentication yes", "IgnoreUserKnownHosts yes"} < set(server.splitlines())


@pytest.mark.parametrize("machine", ["vega-ctl", *CLUSTER.logins])
def test_the_authoritys_private_half_is_on_nodes_alone(machine: str) -> None:
    assert [each.KIND for each in of(machine)] == ["block"]


def test_root_alone_reads_the_authority() -> None:
    (file,) = [each for each in of(NODE) if isinstance(each, File) and each.path == AUTHORITY]
    assert (file.mode, file.secret) == ("0600", True)


def test_a_cluster_without_nodes_has_no_authority() -> None:
    assert resources(replace(cluster_of(CLUSTER, facts()), nodes=()), "vega-ctl", "10.0.0.7", CA) == []


def _run(words: tuple[str, ...], root: Path) -> int:
    """A command of the plan, with its files below `root`."""
    (root / "bin").mkdir(exist_ok=True)
    for name in ("sshd", "systemctl"):
        (root / "bin" / name).write_text("#!/bin/sh\n")
        (root / "bin" / name).chmod(0o755)
    argv = [word.replace("/etc/", f"{root}/") for word in words]
    environment = {**os.environ, "PATH": f"{root}/bin:{os.environ['PATH']}"}
    return subprocess.run(argv, env=environment, capture_output=True, check=False).returncode


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder in the place of /etc, with an authority's key."""
    (tmp_path / "ssh").mkdir()
    (tmp_path / "hosts").write_text("127.0.0.1 localhost\n10.0.0.7 vega-hpc-1.c.internal vega-hpc-1\n")
    _new_key(tmp_path / "ssh/cluster-provision-authority")
    return tmp_path


def _new_key(path: Path) -> None:
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, input=b"y")


def command(name: str, node: str = NODE) -> Command:
    return next(each for each in of(node) if isinstance(each, Command) and each.name == name)


def test_the_certificate_is_made_once_and_anew_for_another_key_authority_or_name(machine: Path) -> None:
    signs = command("certificate of the host key")
    assert _run(signs.unless, machine) != 0
    assert _run(signs.argv, machine) == 0
    assert _run(signs.unless, machine) == 0
    assert _run(command("certificate of the host key", "vega-hpc-2").unless, machine) != 0
    for file in ("cluster-provision-authority", "ssh_host_ed25519_key"):
        _new_key(machine / "ssh" / file)
        assert _run(signs.unless, machine) != 0
        assert _run(signs.argv, machine) == 0


def test_a_nodes_own_address_has_its_name_first_once(machine: Path) -> None:
    own = command("own address in front")
    assert own.argv[2].count(HOSTS) == 2
    for _ in range(2):
        assert _run(own.argv, machine) == 0
    assert _run(own.unless, machine) == 0
    lines = (machine / "hosts").read_text().splitlines()
    assert lines[0] == "10.0.0.7 vega-hpc-1 # cluster-provision: own"
    assert lines[1:] == ["127.0.0.1 localhost", "10.0.0.7 vega-hpc-1.c.internal vega-hpc-1"]

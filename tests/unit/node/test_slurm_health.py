"""node/slurm/health.sh: which node it drains, and that it touches nobody else's reason."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "node/slurm/health.sh"


@dataclass
class Node:
    """A root folder in place of /; what scontrol was told is kept, and `reason` is what it shows."""

    root: Path
    reason: str = ""

    def run(self, expected: str) -> list[str]:
        """Run the program where this is expected; return what scontrol was told to change."""
        (self.root / "etc/cluster-provision/health.conf").write_text(expected)
        told = self.root / "told"
        told.write_text("")
        scontrol = f'() {{ case $1 in update) echo "$*" >>{told} ;; *) echo "Reason={self.reason}" ;; esac; }}'
        environ = {k: v for k, v in os.environ.items() if not k.startswith("SLURM")}
        environ |= {"CLUSTER_PROVISION_ROOT": str(self.root), "BASH_FUNC_scontrol%%": scontrol}
        subprocess.run([str(SCRIPT)], env=environ, check=True, timeout=30)
        return told.read_text().splitlines()


@pytest.fixture
def node(tmp_path: Path) -> Node:
    for folder in ("etc/cluster-provision", "run", "dev"):
        (tmp_path / folder).mkdir(parents=True)
    return Node(tmp_path)


def test_a_node_whose_host_has_another_name_is_drained_by_its_own(node: Node) -> None:
    assert node.run("node lyra01\nmount /gone\n") == [
        "update nodename=lyra01 state=drain reason=cluster-provision: health: /gone is not mounted"
    ]


def test_what_was_said_already_is_not_said_again(node: Node) -> None:
    node.run("node lyra01\nmount /gone\n")
    assert node.run("node lyra01\nmount /gone\n") == []


def test_a_node_that_is_well_again_is_put_back_if_the_reason_is_still_ours(node: Node) -> None:
    node.run("node lyra01\nmount /gone\n")
    node.reason = "cluster-provision: health: /gone is not mounted [root@2026-01-01T00:00:00]"
    assert node.run("node lyra01\n") == ["update nodename=lyra01 state=resume"]


def test_a_node_that_somebody_else_has_drained_meanwhile_is_left_alone(node: Node) -> None:
    node.run("node lyra01\nmount /gone\n")
    node.reason = "a fan is broken"
    assert node.run("node lyra01\n") == []

"""Blocks of lines in files of others: set, compared, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import Block

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.apply.kit import Machine

HOSTS = Block("/etc/hosts", "vega", ("10.0.0.1 n-1", "10.0.0.2 n-2"))
IN_HOSTS = "# BEGIN cluster-provision vega\n10.0.0.1 n-1\n10.0.0.2 n-2\n# END cluster-provision vega\n"


def copies(machine: Machine) -> list[Path]:
    return sorted((machine.root / "etc").glob("*.before-*"))


def test_a_block_follows_what_is_there_and_goes_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(HOSTS)
    assert machine.read("etc/hosts") == "127.0.0.1 localhost\n" + IN_HOSTS
    machine.undo()
    assert machine.tree() == before


@pytest.mark.parametrize("text", ["127.0.0.1 localhost", "", "\n\n", "a\r\n"])
def test_a_block_leaves_no_trace_in_any_file(machine: Machine, text: str) -> None:
    machine.write("etc/hosts", text, 0o640)
    before = machine.tree()
    machine.apply(HOSTS)
    machine.apply(Block("/etc/hosts", "vega", ("10.0.0.9 n-9",)))
    machine.undo()
    assert machine.tree() == before


def test_lines_that_others_write_around_a_block_stay(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", "first\n" + machine.read("etc/hosts") + "last\n")
    machine.apply(Block("/etc/hosts", "vega", ("10.0.0.9 n-9",)))
    assert machine.read("etc/hosts").splitlines()[3] == "10.0.0.9 n-9"
    machine.undo()
    assert machine.read("etc/hosts") == "first\n127.0.0.1 localhost\nlast\n"


def test_a_file_made_for_a_block_goes_with_it(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Block("/etc/exports", "vega", ("/srv n-2(rw)",), mode="0640"))
    assert (machine.root / "etc/exports").stat().st_mode & 0o777 == 0o640
    machine.undo()
    assert machine.tree() == before


def test_a_file_made_for_a_block_stays_with_lines_of_others(machine: Machine) -> None:
    machine.apply(Block("/etc/exports", "vega", ("/srv n-2(rw)",)))
    machine.write("etc/exports", machine.read("etc/exports") + "/home n-3(ro)\n")
    assert machine.undo().ended["left"] == ["block /etc/exports vega"]
    assert machine.read("etc/exports") == "/home n-3(ro)\n"


def test_a_block_that_somebody_edited_is_left(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", machine.read("etc/hosts").replace("n-2", "theirs"))
    assert machine.undo().ended["left"] == ["block /etc/hosts vega"]
    assert "10.0.0.2 theirs" in machine.read("etc/hosts")


def test_a_block_that_somebody_edited_is_copied_and_set(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", machine.read("etc/hosts").replace("n-2", "theirs"))
    machine.apply(HOSTS)
    assert IN_HOSTS in machine.read("etc/hosts")
    (copy,) = copies(machine)
    assert "10.0.0.2 theirs" in copy.read_text()


def test_two_blocks_in_a_file_are_apart(machine: Machine) -> None:
    before = machine.tree()
    other = Block("/etc/hosts", "vega more", ("10.0.1.1 m-1",))
    machine.apply(HOSTS, other)
    machine.apply(other)
    assert IN_HOSTS not in machine.read("etc/hosts")
    assert "10.0.1.1 m-1" in machine.read("etc/hosts")
    machine.undo()
    assert machine.tree() == before


@pytest.mark.parametrize("block", [Block("/etc/hosts", "a\nb", ()), Block("/etc/hosts", "a", ("x\ny",))])
def test_a_line_that_would_be_two_is_refused(machine: Machine, block: Block) -> None:
    before = machine.read("etc/hosts")
    assert set(machine.apply(block).states.values()) == {"failed"}
    assert machine.read("etc/hosts") == before

"""CLOUD=existing from Create to Destroy: a cluster on machines that were there before, and are as before at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

ALL = ["head", "node1", "node2", "node3"]


def test_create_proves_itself_once_and_a_second_one_changes_nothing(existing: ExistingTool) -> None:
    created = existing.result("Create")
    assert [(n["name"], n["status"]) for n in created["nodes"]] == [(name, "ready") for name in ALL]
    assert rows(created)["proof"] == ("ok", "a job ran on 3 of 3 nodes, which met by PMIx")
    assert rows(created)["container job"] == ("ok", "a job ran in a container on 3 of 3 nodes, by --container")
    assert created["changes"]["change"] > 100
    before = existing.snapshot()
    again = existing.result("Create")
    assert again["changes"] == {"add": 0, "change": 0, "destroy": 0}
    assert rows(again)["proof"] == ("ok", "no job was run: this run changed nothing")
    assert changed(before, existing.snapshot()) == {"head:/var/lib/cluster-provision/demo/state/report.html"}


def test_destroy_leaves_the_machines_as_they_were(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create")
    existing.nothing_is_left_after_destroy()
    assert changed(before, existing.snapshot()) == set()
    assert "There is nothing to destroy" in existing.run("Destroy").stdout


def test_plan_shows_what_would_change_and_changes_nothing(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    planned = existing.run("Plan")
    assert planned.returncode == 0, planned.stderr
    assert "+SlurmctldHost=head" in planned.stderr and "packages " in planned.stderr
    assert "service slurmd: " in planned.stderr
    assert changed(before, existing.snapshot()) == set()
    told = existing.result("Plan")
    assert {(each["action"], each["kind"]) for each in told["plan"]} == {("create", "machine")}
    assert "head" in {each["name"] for each in told["plan"]}
    counted = told["changes"]
    assert counted["add"] > 100 and (counted["change"], counted["destroy"]) == (0, 0)
    created = existing.result("Create")["changes"]["change"]
    assert counted["add"] - 1 <= created <= counted["add"]  # what one list of packages brings, another need not
    assert existing.no_changes()


def test_plan_of_a_cluster_shows_a_changed_setting_as_a_diff(existing: ExistingTool) -> None:
    existing.result("Create")
    before = existing.snapshot()
    planned = existing.run("Plan", SLURM_CONF_EXTRA="KillWait=77")
    assert "-KillWait=" in planned.stderr or "+KillWait=77" in planned.stderr
    assert changed(before, existing.snapshot()) == set()
    assert existing.result("Create", SLURM_CONF_EXTRA="KillWait=77")["changes"]["change"] > 0
    assert "KillWait=77" in existing.file("head", "/etc/slurm/slurm.conf").read_text()


def test_validate_shows_no_diff_and_changes_nothing(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    said = existing.run("Validate")
    assert said.returncode == 0, said.stderr
    assert "SlurmctldHost" not in said.stderr + said.stdout
    assert "to change on 4 machines" in said.stderr
    assert changed(before, existing.snapshot()) == set()


SHARES = {"NFS_EXPORTS": "/export/shared:*(rw,sync)", "NFS_MOUNTS": "/export/shared:/mnt/shared"}


def test_data_stay_and_are_named(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create", **SHARES)
    theirs = existing.file("head", "/export/shared/results.txt")
    theirs.write_text("42\n")
    said = existing.run("Destroy", **SHARES)
    assert said.returncode == 0, said.stderr
    assert "Kept on head: folder /export/shared: it holds data" in said.stderr
    assert theirs.read_text() == "42\n"
    kept = ("/export", "/export/shared", "/export/shared/results.txt")
    assert changed(before, existing.snapshot()) == {f"head:{path}" for path in kept}
    assert existing.result("Create", **SHARES)["ok"]
    assert theirs.read_text() == "42\n"


def test_data_go_where_they_are_to_be_deleted(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    existing.result("Create", **SHARES)
    existing.file("head", "/export/shared/results.txt").write_text("42\n")
    existing.nothing_is_left_after_destroy(**SHARES, DELETE_DATA="yes")
    assert changed(before, existing.snapshot()) == set()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The files that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

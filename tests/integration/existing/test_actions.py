"""What a user does with a cluster of machines that exist already, day by day."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool


def test_status_tells_slurms_own_words(made: ExistingTool) -> None:
    found = made.result("Status")
    assert {n["name"]: (n["status"], n["machine"]) for n in found["nodes"]}["node2"] == ("ready", "idle")
    assert rows(found)["nodes in Slurm"] == ("ok", "3 of 3 up")


def test_status_ends_with_21_where_slurmctld_does_not_answer(made: ExistingTool) -> None:
    units = made.remembers("head")
    file = made.machines / "head" / "state.json"
    file.write_text(json.dumps({**units, "units": {**units["units"], "slurmctld": {"enabled": True, "active": False}}}))
    refused = made.result("Status", expected=21)
    file.write_text(json.dumps(units))
    assert "slurmctld on head does not answer" in refused["error"]["message"]
    assert refused["error"]["class"] == "NotReady"


def test_status_names_a_node_that_does_not_answer(made: ExistingTool) -> None:
    made.told("node3", starts=False)
    found = made.result("Status", expected=21)
    made.told("node3", starts=True)
    assert "node3: " in found["error"]["message"] and "node1" not in found["error"]["message"]
    assert {n["name"]: n["status"] for n in found["nodes"]} == {
        "head": "ready",
        "node1": "ready",
        "node2": "ready",
        "node3": "missing",
    }


def test_status_without_a_cluster_says_that_create_makes_one(existing: ExistingTool) -> None:
    refused = existing.result("Status", expected=21)["error"]
    assert "there is no cluster demo" in refused["message"]
    assert existing.left() == []


@pytest.mark.parametrize(
    "words",
    [("Drain", "node1"), ("Undrain", "node1"), ("Health",), ("Health", "again"), ("Benchmark",), ("UpdateHosts",)],
)
def test_slurm_of_somebody_else_is_not_touched(existing: ExistingTool, words: tuple[str, ...]) -> None:
    existing.are_there()
    refused = existing.result(*words, expected=21)["error"]
    assert refused["message"].startswith("there is no cluster demo: no state at ssh://head/")
    assert refused["advice"] == "Create makes one."


def test_connect_prints_the_way_to_each_machine(made: ExistingTool) -> None:
    assert made.run("Connect").stdout.strip().endswith("root@head")
    assert made.run("Connect", "node2").stdout.strip().endswith("root@node2")
    refused = made.result("Connect", "node9", expected=2)["error"]
    assert "there is no machine node9; there are head, node1, node2, node3" in refused["message"]


def test_run_prints_every_machines_output(made: ExistingTool) -> None:
    said = made.run("Run", "hostname")
    assert said.returncode == 0, said.stderr
    assert sorted(said.stdout.splitlines()) == [f"{name}: {name}" for name in ("head", "node1", "node2", "node3")]


def test_run_ends_with_a_failing_commands_machine(made: ExistingTool) -> None:
    failed = made.result("Run", "false", expected=24)
    assert [h["exit_code"] for h in failed["hosts"]] == [1, 1, 1, 1]


def test_gather_prints_a_file_of_every_machine(made: ExistingTool) -> None:
    said = made.run("Gather", "/etc/hostname")
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [f"{name}: {name}" for name in ("head", "node1", "node2", "node3")]


def test_drain_takes_nodes_out_and_undrain_puts_them_back(made: ExistingTool) -> None:
    said = made.run("Drain", "node[1-2]")
    assert said.returncode == 0, said.stderr
    assert "node[1-2] gets no new jobs" in said.stdout
    drained = made.result("Status")
    assert {n["name"]: n["status"] for n in drained["nodes"]}["node1"] == "drained"
    assert "drained by hand with cluster-provision" in rows(drained)["nodes in Slurm"][1]
    assert "was drained already" in made.run("Drain", "node1").stdout
    back = made.run("Undrain", "node[1-3]").stdout
    assert "node[1-2] gets jobs again" in back and "not drained: node3" in back
    assert rows(made.result("Status"))["nodes in Slurm"] == ("ok", "3 of 3 up")


@pytest.mark.parametrize("reason", ["cluster-provision: health: 7 of 8 GPUs", "cluster-provision: leaves the cluster"])
def test_undrain_leaves_the_tools_own_reasons_alone(made: ExistingTool, reason: str) -> None:
    made.run("Drain", "node1")
    remembered = made.remembers("head")
    file = made.machines / "head" / "state.json"
    file.write_text(json.dumps({**remembered, "drained": {**remembered["drained"], "node2": reason}}))
    refused = made.result("Undrain", "node[1-2]", expected=24)["error"]
    assert "node1 gets jobs again" in refused["message"] and f"node2: {reason}" in refused["message"]
    left = made.remembers("head")["drained"]
    file.write_text(json.dumps({**made.remembers("head"), "drained": {}}))
    assert left == {"node2": reason}


@pytest.mark.parametrize("action", ["Drain", "Undrain"])
def test_drain_and_undrain_refuse_what_is_no_node(made: ExistingTool, action: str) -> None:
    refused = made.result(action, "node[1-4],head", expected=2)["error"]
    assert "there is no node node4,head; there are node[1-3]" in refused["message"]


def test_health_tells_what_slurm_has_of_each_node(made: ExistingTool) -> None:
    found = made.result("Health")
    assert found["health"]["verdict"] == "healthy" and found["health"]["healthy"] == 3
    remembered = made.remembers("head")
    file = made.machines / "head" / "state.json"
    file.write_text(json.dumps({**remembered, "drained": {"node2": "cluster-provision: health: 7 of 8 GPUs"}}))
    sick = made.result("Health", expected=22)
    file.write_text(json.dumps(remembered))
    assert {n["name"]: n["verdict"] for n in sick["health"]["nodes"]}["node2"] == "unhealthy"
    assert "7 of 8 GPUs" in sick["error"]["message"]


def test_benchmark_without_a_program_is_unknown(made: ExistingTool) -> None:
    found = made.run("Benchmark")
    assert "NCCL_TESTS names no folder" in found.stderr and "Verdict: unknown" in found.stdout


def test_unlock_of_a_free_state_has_nothing_to_clear(made: ExistingTool) -> None:
    assert "nothing to clear" in made.run("Unlock").stdout


@pytest.mark.parametrize("action", ["Status", "Connect", "Drain node1", "Undrain node1", "Unlock", "Plan", "Validate"])
def test_looks_write_nothing_on_machines_without_a_cluster(existing: ExistingTool, action: str) -> None:
    existing.run(*action.split(" "))
    assert existing.left() == []


def test_update_hosts_writes_names_and_keys_alone_and_destroy_gives_them_back(made: ExistingTool) -> None:
    hosts = made.machines / "node2" / "root" / "etc" / "hosts"
    before = hosts.read_text()
    hosts.write_text("".join(line for line in before.splitlines(True) if " node1" not in line))
    done = made.run("UpdateHosts")
    assert done.returncode == 0, done.stderr
    assert "1 changed on 4 machines" in done.stderr
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"head", "node1", "node2", "node3"}
    assert hosts.read_text() == before
    again = made.result("Create")
    assert again["changes"] == {"add": 0, "change": 0, "destroy": 0}

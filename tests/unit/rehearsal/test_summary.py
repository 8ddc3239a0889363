"""A rehearsal's last lines: what becomes of its cloud, and what of the run's own machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.summary import closing_lines

ENVIRON = {"PROJECT_ID": "my-project", "NAME_PREFIX": "mine"}
KEPT = "It is kept."


def machine(name: str, project: str = "my-project", group: str = "mine-mig", *recorded: str) -> dict[str, Any]:
    loopback = f"http://127.0.0.1/{name}"
    return {"name": name, "project": project, "group": group, "loopback": loopback, "recorded": list(recorded)}


@dataclass
class Up:
    """A cloud that answers with this; what is missing it refuses."""

    answers: dict[str, Any] = field(default_factory=dict)

    def ask(self, method: str, path: str) -> Any:
        if path not in self.answers:
            raise MachineError("refused")
        return self.answers[path]


def lines(**answers: Any) -> list[str]:
    return closing_lines(cast("Any", Up({f"/{name}": value for name, value in answers.items()})), KEPT, ENVIRON)


def test_only_the_machines_of_this_runs_cluster_are_shown() -> None:
    machines = [machine("a"), machine("b", "other-project"), machine("c", "my-project", "minerva-mig")]
    shown = lines(leftovers={"empty": False}, machines={"machines": machines})
    assert shown == [
        f"Rehearsed: nothing real was created. {KEPT}",
        "a: its notebook on this machine: http://127.0.0.1/a",
    ]


def test_on_azure_a_cluster_is_its_scale_set() -> None:
    machines = [machine("a", "sub-1", "train"), machine("b", "sub-2", "train"), machine("c", "sub-1", "trains")]
    told = {"/leftovers": {"empty": False}, "/machines": {"machines": machines}}
    ways = ({"VMSS_NAME": "train", "NAME_PREFIX": "other"}, {"NAME_PREFIX": "train"})
    for named in ways:
        environ = {"CLOUD": "Azure", "ARM_SUBSCRIPTION_ID": "sub-1", "PROJECT_ID": "my-project", **named}
        shown = closing_lines(cast("Any", Up(told)), KEPT, environ)
        assert [line.partition(":")[0] for line in shown[1:]] == ["a"]


@pytest.mark.parametrize("environ", [{"PROJECT_ID": "sub-1"}, {"CLOUD": "azure", "SUBSCRIPTION_ID": "sub-1"}])
def test_a_slurm_clusters_machines_are_known_by_their_names(environ: dict[str, str]) -> None:
    machines = [machine("train-controller", "sub-1", ""), machine("train-hpc-1", "sub-1", "any")]
    machines += [machine("train-hpc-1", "sub-2", "any"), machine("trainer-controller", "sub-1", "")]
    told = {"/leftovers": {"empty": False}, "/machines": {"machines": machines}}
    environ = {**environ, "NAME_PREFIX": "train", "ORCHESTRATOR_TYPE": "Slurm"}
    shown = closing_lines(cast("Any", Up(told)), KEPT, environ)
    assert [line.partition(":")[0] for line in shown[1:]] == ["train-controller", "train-hpc-1"]


@pytest.mark.parametrize(
    ("environ", "group"),
    [
        ({"CLOUD": "azure", "SUBSCRIPTION_ID": "sub-1", "NAME_PREFIX": "train"}, "train"),
        ({"PROJECT_ID": "sub-1", "NAME_PREFIX": "train"}, "train-mig"),
        ({"PROJECT_ID": "sub-1", "NAME_PREFIX": "a", "ORCHESTRATOR_TYPE": "slurm"}, ""),
    ],
)
def test_a_plan_rehearsal_says_that_no_machine_answers(environ: dict[str, str], group: str) -> None:
    told = {"/leftovers": {"empty": False}, "/machines": {"machines": [machine("a-1", "sub-1", group)]}}
    assert "nobody answers there by SSH" in closing_lines(cast("Any", Up(told)), KEPT, environ, played=True)[-1]
    gone = {**told, "/machines": {"machines": []}}
    assert len(closing_lines(cast("Any", Up(gone)), KEPT, environ, played=True)) == 1
    assert not any("SSH" in line for line in closing_lines(cast("Any", Up(told)), KEPT, environ))


def test_commands_that_were_not_run_are_named_and_counted_and_found_on_the_node() -> None:
    told = machine("a", "my-project", "mine-mig", "nvidia-smi", "gsutil", "nvidia-smi")
    last = lines(leftovers={"empty": True}, machines={"machines": [told]})[-1]
    assert last.startswith("a: recorded, not run: nvidia-smi (2 times), gsutil; ")
    assert "/var/log/cluster/recorded.jsonl" in last


def test_each_question_stands_for_itself() -> None:
    assert len(lines(machines={"machines": [machine("a")]})) == 2
    assert lines(leftovers={"empty": True}) == ["Rehearsed: nothing real was created. Its cloud is empty again."]
    assert lines() == ["Rehearsed: nothing real was created."]

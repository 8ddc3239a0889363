"""What the last lines of a rehearsed Create name: only what works there."""

from __future__ import annotations

import pytest

from cluster_provision.node import Node
from cluster_provision.rehearsal.reached import RehearsedReach
from cluster_provision.result import Cluster, Connection, ConnectionPart, Result

GCP = {"PROJECT_ID": "my-project", "NAME_PREFIX": "mine"}
AZURE = {"CLOUD": "azure", "SUBSCRIPTION_ID": "s", "NAME_PREFIX": "mine"}


def reach(environ: dict[str, str], *, played: bool, lasts: bool = True) -> RehearsedReach:
    return RehearsedReach(environ, played=played, lasts=lasts)


def created() -> Result:
    ray = ConnectionPart("ray", {"status": "gcloud"}, "Ray: gcloud")
    slurm = ConnectionPart("slurm", {}, "sinfo")
    connection = Connection(ssh={"vm-1": "gcloud compute ssh vm-1"}, parts=(ray, slurm), key_file="/keys/mine")
    node = Node("vm-1", jupyter="https://abc.notebooks.googleusercontent.com/")
    return Result("create", cluster=Cluster("mine", "1a2b3c", "gcp", "vms"), nodes=[node], connection=connection)


def test_a_booted_node_of_google_is_reached_by_the_engine_and_its_notebook_is_named_elsewhere() -> None:
    before = created()
    shown = reach(GCP, played=False).result(before)
    assert shown.connection.ssh == {"vm-1": "docker exec -it rehearsal-vm-1 bash"}
    assert shown.nodes[0].jupyter == ""
    assert [each.key for each in shown.connection.parts] == ["slurm"]
    assert before.nodes[0].jupyter.startswith("https://")  # the JSON object has what a real run's has


def test_a_booted_node_of_azure_is_reached_as_in_life() -> None:
    before = created()
    assert reach(AZURE, played=False).result(before) is before


@pytest.mark.parametrize("environ", [GCP, AZURE])
def test_nobody_answers_on_a_played_machine(environ: dict[str, str]) -> None:
    shown = reach(environ, played=True).result(created())
    assert shown.connection.ssh is None
    assert shown.connection.key_file == "/keys/mine"


@pytest.mark.parametrize(
    ("environ", "played", "lasts", "actions"),
    [
        (GCP, True, True, ("Status", "Destroy")),
        (GCP, True, False, ()),
        ({"CLOUD": "existing"}, False, True, ("Connect", "Status", "Destroy")),
    ],
)
def test_only_actions_that_find_the_cluster_follow(
    environ: dict[str, str], actions: tuple[str, ...], *, played: bool, lasts: bool
) -> None:
    assert reach(environ, played=played, lasts=lasts).actions() == actions

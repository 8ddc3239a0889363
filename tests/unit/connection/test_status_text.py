"""Which columns the table of Status has, and what Create counts."""

from __future__ import annotations

from cluster_provision.connection.text import connection_text, status_text
from cluster_provision.node import Node
from cluster_provision.result import Cluster, Connection, ConnectionPart, Result


def headings(node: Node) -> list[str]:
    result = Result("status", cluster=Cluster("demo", "1a2b3c", "any", "any"), nodes=[node])
    return status_text(result, "here").splitlines()[2].split()


def test_machines_of_a_cloud_have_a_zone_a_step_and_a_notebook() -> None:
    there = headings(Node("vm-1", "us-central1-a"))
    assert there == ["NODE", "ZONE", "ADDRESS", "MACHINE", "SET-UP", "STEP", "NOTEBOOK"]


def test_machines_of_a_slurm_cluster_have_the_part_that_they_take() -> None:
    assert headings(Node("node1", part="node")) == ["NODE", "PART", "ADDRESS", "MACHINE", "SET-UP"]


def test_machines_whose_cloud_names_the_physical_one_have_it_in_the_table() -> None:
    assert headings(Node("vm-1", "eastus-1", host="BN4PRD"))[-2:] == ["HOST", "NOTEBOOK"]


def test_create_shows_what_an_orchestrator_adds_and_each_way_to_a_node() -> None:
    parts = (ConnectionPart("ray", {"status": "ray status"}, "Ray:\n  ray status"),)
    connection = Connection(ssh={"vm-1": "ssh vm-1"}, parts=parts, dashboard="https://example.com/gpus")
    result = Result("create", cluster=Cluster("demo", "1a2b3c", "any", "any"), connection=connection)
    result.nodes = [Node("vm-1", jupyter="https://vm-1.example.com/")]
    lines = connection_text(result, state_title="State").splitlines()
    assert {"  ssh vm-1", "  ray status", "  https://example.com/gpus", "vm-1:https://vm-1.example.com/"} <= {*lines}


def test_create_counts_machines_where_not_all_of_them_are_nodes() -> None:
    result = Result("create", cluster=Cluster("demo", "1a2b3c", "existing", "slurm"))
    result.nodes = [Node("head", part="controller"), Node("node1", part="node")]
    text = connection_text(result, state_title="State")
    assert text.startswith("Cluster demo is ready: 2 machines (label")
    assert "\nMachines:\n  head  controller" in text

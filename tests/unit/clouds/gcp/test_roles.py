"""The roles of a Slurm cluster's controller, in the embedded cloud: found by their titles, and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cluster_provision.clouds.gcp.roles import TITLE, GcpRoles, leftover_role
from tests.unit.embedded_cloud.asked_cloud import PROJECT, Session

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

ROLES = f"/v1/projects/{PROJECT}/roles"


def roles(asked: Asked) -> GcpRoles:
    for role, cluster in (("slurm_a_1", "a"), ("slurm_a_2", "a"), ("slurm_a_b_1", "a-b")):
        body = {"roleId": role, "role": {"title": TITLE.format(cluster)}}
        asked.json("POST", "iam.googleapis.com", ROLES, body)
    return GcpRoles(cast("Any", Session(asked)), PROJECT)


def test_those_of_the_cluster_are_found_and_nobody_elses(asked: Asked) -> None:
    assert roles(asked).controller_roles("a") == [f"projects/{PROJECT}/roles/slurm_a_{number}" for number in (1, 2)]


def test_a_deleted_one_is_not_found_again(asked: Asked) -> None:
    own = roles(asked)
    assert own.role_gone(f"projects/{PROJECT}/roles/slurm_a_1")
    assert own.controller_roles("a") == [f"projects/{PROJECT}/roles/slurm_a_2"]


def test_one_that_is_left_comes_with_the_command_that_deletes_it() -> None:
    found = leftover_role(f"projects/{PROJECT}/roles/slurm_a_1", PROJECT)
    assert (found.text(), found.command) == (
        "role slurm_a_1",
        f"gcloud iam roles delete slurm_a_1 --project={PROJECT}",
    )

"""What a machine's own account may do: what its roles say, under their conditions, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.google import tokens
from tests.unit.embedded_cloud.asked_cloud import COMPUTE, PROJECT, STORAGE, ZONE

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

IAM, PROJECTS = "iam.googleapis.com", "cloudresourcemanager.googleapis.com"
MAIL = f"demo-controller@{PROJECT}.iam.gserviceaccount.com"
ROLES = f"/v1/projects/{PROJECT}/roles"
ROLE = f"projects/{PROJECT}/roles/slurm_demo"
BUCKET = "state-of-demo"


@pytest.fixture
def controller(asked: Asked) -> Asked:
    """An account with a role to look at groups and to change them, and an own folder of a bucket."""
    asked.json("POST", IAM, f"/v1/projects/{PROJECT}/serviceAccounts", {"accountId": "demo-controller"})
    role = {
        "title": "t",
        "includedPermissions": [f"compute.instanceGroupManagers.{verb}" for verb in ("get", "update")],
    }
    asked.json("POST", IAM, ROLES, {"roleId": "slurm_demo", "role": role})
    bind(asked, ROLE)
    asked.template()
    asked.group(0)
    asked.bucket(BUCKET)
    expression = f'resource.name.startsWith("projects/_/buckets/{BUCKET}/objects/demo/slurm/")'
    condition = {"title": "own folder", "expression": expression}
    bound = {"role": "roles/storage.objectUser", "members": [f"serviceAccount:{MAIL}"], "condition": condition}
    asked.json("PUT", STORAGE, f"/storage/v1/b/{BUCKET}/iam", {"version": 3, "bindings": [bound]})
    return asked


def bind(asked: Asked, role: str, status: int = 200) -> Any:
    policy = {"bindings": [{"role": role, "members": [f"serviceAccount:{MAIL}"]}]}
    return asked.json("POST", PROJECTS, f"/v1/projects/{PROJECT}:setIamPolicy", {"policy": policy}, status)


def status(asked: Asked, method: str, host: str, target: str, body: Any = None) -> int:
    """The status of what the controller's own account asks."""
    return asked.ask(method, host, target, body, {"authorization": f"Bearer {tokens.token_for(MAIL)}"}).status


def test_it_may_do_with_groups_what_its_role_says(controller: Asked) -> None:
    group = f"{ZONE}/instanceGroupManagers/g"
    assert status(controller, "GET", COMPUTE, group) == 200
    assert status(controller, "POST", COMPUTE, f"{group}/listManagedInstances") == 200
    assert status(controller, "POST", COMPUTE, f"{group}/createInstances", {"instances": [{"name": "demo-1"}]}) == 200
    assert status(controller, "DELETE", COMPUTE, group) == 403
    assert status(controller, "GET", COMPUTE, f"{ZONE}/instances") == 403


def test_it_may_do_nothing_more_once_its_role_is_gone(controller: Asked) -> None:
    controller.json("DELETE", IAM, f"{ROLES}/slurm_demo")
    assert status(controller, "GET", COMPUTE, f"{ZONE}/instanceGroupManagers/g") == 403


@pytest.mark.parametrize(
    ("method", "name", "wanted"),
    [("POST", "demo/slurm/key", 200), ("POST", "demo/nodes/x", 403), ("GET", "demo/slurm/key", 404)],
)
def test_it_may_write_and_read_objects_where_the_condition_holds(
    controller: Asked, method: str, name: str, wanted: int
) -> None:
    quoted = name.replace("/", "%2F")
    upload, read = (
        f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={quoted}",
        f"/storage/v1/b/{BUCKET}/o/{quoted}",
    )
    assert status(controller, method, STORAGE, upload if method == "POST" else read, b"x") == wanted


def test_it_cant_list_the_bucket(controller: Asked) -> None:
    assert status(controller, "GET", STORAGE, f"/storage/v1/b/{BUCKET}/o") == 403


def test_a_deleted_role_keeps_its_id_and_isnt_listed(controller: Asked) -> None:
    controller.json("DELETE", IAM, f"{ROLES}/slurm_demo")
    controller.json("POST", IAM, ROLES, {"roleId": "slurm_demo", "role": {"title": "t"}}, status=409)
    assert controller.json("GET", IAM, ROLES) == {}
    assert controller.json("GET", IAM, f"{ROLES}/slurm_demo")["deleted"] is True
    controller.json("POST", IAM, f"{ROLES}/slurm_demo:undelete", {})
    assert [each["name"] for each in controller.json("GET", IAM, ROLES)["roles"]] == [ROLE]


def test_a_role_that_isnt_there_cant_be_granted(controller: Asked) -> None:
    refused = bind(controller, f"projects/{PROJECT}/roles/none", status=400)
    assert "does not exist" in refused["error"]["message"]

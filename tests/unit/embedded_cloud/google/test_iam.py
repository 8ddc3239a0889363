"""Projects, service accounts, policies, services, tokens."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from embedded_cloud.google import tokens
from tests.unit.embedded_cloud.asked_cloud import PROJECT, STORAGE

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

IAM = "iam.googleapis.com"
PROJECTS = "cloudresourcemanager.googleapis.com"
MAIL = f"node-sa@{PROJECT}.iam.gserviceaccount.com"
ACCOUNTS = f"/v1/projects/{PROJECT}/serviceAccounts"
CONDITION = {"title": "c", "expression": "resource.name.startsWith('x')"}


def account(asked: Asked) -> None:
    asked.json("POST", IAM, ACCOUNTS, {"accountId": "node-sa", "serviceAccount": {"displayName": "nodes"}})


def test_a_service_account_comes_and_goes(asked: Asked) -> None:
    account(asked)
    found = asked.json("GET", IAM, f"/v1/projects/-/serviceAccounts/{MAIL}")
    assert (found["email"], found["displayName"]) == (MAIL, "nodes")
    assert asked.json("GET", IAM, f"{ACCOUNTS}/{found['uniqueId']}")["email"] == MAIL
    change = {"serviceAccount": {"displayName": "other", "description": "d"}, "updateMask": "displayName"}
    changed = asked.json("PATCH", IAM, f"{ACCOUNTS}/{MAIL}", change)
    assert (changed["displayName"], "description" in changed) == ("other", False)
    asked.json("POST", IAM, ACCOUNTS, {"accountId": "node-sa"}, status=409)
    asked.json("DELETE", IAM, f"{ACCOUNTS}/{MAIL}")
    asked.json("GET", IAM, f"{ACCOUNTS}/{MAIL}", status=404)


@pytest.mark.parametrize(
    "mail",
    [
        "111122223333-compute@developer.gserviceaccount.com",
        f"{PROJECT}@appspot.gserviceaccount.com",
        "ml-train.example.com@appspot.gserviceaccount.com",
    ],
)
@pytest.mark.parametrize("project", ["-", PROJECT])
def test_the_accounts_that_google_makes_are_there(asked: Asked, mail: str, project: str) -> None:
    assert asked.json("GET", IAM, f"/v1/projects/{project}/serviceAccounts/{mail}")["email"] == mail


@pytest.mark.parametrize("name", ["compute@developer", "x1-compute@developer", "11-compute@example"])
def test_what_google_makes_no_account_of_is_not_there(asked: Asked, name: str) -> None:
    for project, status in ((PROJECT, 404), ("-", 403)):
        asked.json("GET", IAM, f"/v1/projects/{project}/serviceAccounts/{name}.gserviceaccount.com", status=status)


def test_an_account_of_a_domain_scoped_project_has_the_domain_behind_the_projects_name(asked: Asked) -> None:
    project, mail = "example.com:ml-train", "node-sa@ml-train.example.com.iam.gserviceaccount.com"
    made = asked.json("POST", IAM, f"/v1/projects/{project}/serviceAccounts", {"accountId": "node-sa"})
    assert (made["email"], made["projectId"]) == (mail, project)
    assert asked.json("GET", IAM, f"/v1/projects/-/serviceAccounts/{mail}") == made
    binding = {"role": "roles/viewer", "members": [f"serviceAccount:{mail}"]}
    asked.json("POST", PROJECTS, f"/v1/projects/{project}:setIamPolicy", {"policy": {"bindings": [binding]}})


def test_an_env_files_account_of_a_domain_scoped_project_was_there_before(asked: Asked) -> None:
    mail = "nodes@ml-train.example.com.iam.gserviceaccount.com"
    asked.json("POST", "rehearsal.internal", "/expect", {"project": PROJECT, "service_accounts": [mail]})
    assert asked.json("GET", IAM, f"/v1/projects/-/serviceAccounts/{mail}")["projectId"] == "example.com:ml-train"


def test_a_policy_with_a_condition_is_seen_whole_in_version_3_alone(asked: Asked) -> None:
    account(asked)
    asked.bucket("b1x")
    target = "/storage/v1/b/b1x/iam"
    policy = asked.json("GET", STORAGE, f"{target}?optionsRequestedPolicyVersion=3")
    binding = {"role": "roles/storage.objectUser", "members": [f"serviceAccount:{MAIL}"], "condition": CONDITION}
    policy["bindings"].append(binding)
    asked.json("PUT", STORAGE, target, policy, status=400)
    asked.json("PUT", STORAGE, target, {**policy, "version": 3})
    assert binding in asked.json("GET", STORAGE, f"{target}?optionsRequestedPolicyVersion=3")["bindings"]
    plain = asked.json("GET", STORAGE, target)["bindings"]
    assert [each["role"] for each in plain if "_withcond_" in each["role"]]
    assert not [each for each in plain if "condition" in each]


def test_a_policy_that_changed_meanwhile_is_not_written_over(asked: Asked) -> None:
    target = f"/v1/projects/{PROJECT}:setIamPolicy"
    first = asked.json("POST", PROJECTS, f"/v1/projects/{PROJECT}:getIamPolicy", {})
    binding = {"role": "roles/viewer", "members": ["user:a@example.com"]}
    asked.json("POST", PROJECTS, target, {"policy": {**first, "bindings": [binding]}})
    refused = asked.json("POST", PROJECTS, target, {"policy": {**first, "bindings": []}}, status=409)
    assert "concurrent policy changes" in refused["error"]["message"]


def test_a_policy_can_not_name_an_account_that_is_not_there(asked: Asked) -> None:
    binding = {"role": "roles/viewer", "members": [f"serviceAccount:{MAIL}"]}
    target = f"/v1/projects/{PROJECT}:setIamPolicy"
    refused = asked.json("POST", PROJECTS, target, {"policy": {"bindings": [binding]}}, status=400)
    assert refused["error"]["message"] == f"Service account {MAIL} does not exist."


def test_a_policy_put_back_as_it_was_leaves_nothing_over(asked: Asked) -> None:
    target = f"/v1/projects/{PROJECT}:setIamPolicy"
    before = asked.json("POST", PROJECTS, f"/v1/projects/{PROJECT}:getIamPolicy", {})
    more = [*before["bindings"], {"role": "roles/viewer", "members": ["user:a@example.com"]}]
    after = asked.json("POST", PROJECTS, target, {"policy": {**before, "bindings": more}})
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"]
    asked.json("POST", PROJECTS, target, {"policy": {**after, "bindings": before["bindings"]}})
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"] == []


def test_every_project_is_there_and_allows_everything(asked: Asked) -> None:
    assert asked.json("GET", PROJECTS, f"/v1/projects/{PROJECT}")["lifecycleState"] == "ACTIVE"
    assert asked.json("GET", PROJECTS, f"/v3/projects/{PROJECT}")["state"] == "ACTIVE"
    body = {"permissions": ["compute.instances.create"]}
    assert asked.json("POST", PROJECTS, f"/v1/projects/{PROJECT}:testIamPermissions", body) == body
    asked.json("GET", PROJECTS, "/v1/projects/Not_One", status=403)


def test_services_are_enabled_until_they_are_disabled(asked: Asked) -> None:
    host, target = "serviceusage.googleapis.com", f"/v1/projects/{PROJECT}/services/compute.googleapis.com"
    assert asked.json("GET", host, target)["state"] == "ENABLED"
    assert asked.json("POST", host, f"{target}:disable", {})["done"] is True
    assert asked.json("GET", host, target)["state"] == "DISABLED"
    asked.json("POST", host, f"{target}:enable", {})
    assert asked.json("GET", host, target)["state"] == "ENABLED"


def test_a_key_and_a_refresh_token_both_get_a_token(asked: Asked) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"iss": "me@example.com"}).encode()).decode()
    key = {"grant_type": tokens.JWT_GRANT, "assertion": f"a.{claims}.c"}
    refresh = {"grant_type": "refresh_token", "refresh_token": "r", "client_id": "c", "client_secret": "s"}
    for form, mail in ((key, "me@example.com"), (refresh, tokens.SOMEBODY)):
        got = asked.ask("POST", "oauth2.googleapis.com", "/token", urlencode(form).encode())
        token = json.loads(got.body)["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        who = asked.ask("GET", "openidconnect.googleapis.com", "/v1/userinfo", headers=headers)
        assert json.loads(who.body)["email"] == mail


def test_credentials_can_be_refused_by_a_rule(asked: Asked) -> None:
    rule = {
        "match": {"host": "oauth2.googleapis.com", "path": "^/token"},
        "times": 1,
        "status": 400,
        "body": {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
    }
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    form = urlencode({"grant_type": "refresh_token", "refresh_token": "r"}).encode()
    first = asked.ask("POST", "oauth2.googleapis.com", "/token", form)
    assert (first.status, json.loads(first.body)["error"]) == (400, "invalid_grant")
    assert asked.ask("POST", "oauth2.googleapis.com", "/token", form).status == 200


def test_a_policy_remembers_an_account_that_has_gone_as_deleted(asked: Asked) -> None:
    account(asked)
    asked.bucket("b1x")
    policy = asked.json("GET", STORAGE, "/storage/v1/b/b1x/iam")
    policy["bindings"].append({"role": "roles/storage.objectUser", "members": [f"serviceAccount:{MAIL}"]})
    asked.json("PUT", STORAGE, "/storage/v1/b/b1x/iam", policy)
    asked.json("DELETE", IAM, f"{ACCOUNTS}/{MAIL}")
    after = asked.json("GET", STORAGE, "/storage/v1/b/b1x/iam")
    assert [m for each in after["bindings"] for m in each["members"] if m.startswith(f"deleted:serviceAccount:{MAIL}?")]
    asked.json("PUT", STORAGE, "/storage/v1/b/b1x/iam", after)

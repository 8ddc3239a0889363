"""The calls that make, change and delete resources, and the provider's words where they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.iam_member import BucketIamMember
from embedded_cloud.standin.google.instance_group import InstanceGroup
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.google.router_nat import RouterNat
from embedded_cloud.standin.google.service_account import ServiceAccount
from tests.unit.embedded_cloud.standin.kit import COMPUTE, PLACE, URL, Answer, ScriptedApi, config, done, parts, refused

NETWORK, GROUP = "google_compute_network", "google_compute_instance_group_manager"
MEMBER, NAT = "google_storage_bucket_iam_member", "google_compute_router_nat"


def life(name: str, api: ScriptedApi, kind: type[Lifecycle] = Lifecycle) -> Lifecycle:
    row, _, block = parts(name)
    return kind(row, block, api, PLACE)


def operation(status: str = "DONE", **more: Any) -> dict[str, Any]:
    return {"name": "o-1", "status": status, "selfLink": f"{URL}/global/operations/o-1", **more}


def test_a_resource_is_made_waited_for_and_read() -> None:
    def answer(verb: str, path: str, body: Any) -> Answer:
        if verb == "POST":
            return 200, operation("RUNNING")
        return 200, operation() if "operations" in path else {"name": "n", "id": "9", "mtu": 1460}

    api = ScriptedApi(answer)
    state = life(NETWORK, api).create(config(NETWORK, name="n", auto_create_subnetworks=False))
    assert [(verb, path) for verb, path, _ in api.calls] == [
        ("POST", f"{COMPUTE}/global/networks"),
        ("GET", f"{COMPUTE}/global/operations/o-1"),
        ("GET", f"{COMPUTE}/global/networks/n"),
    ]
    assert api.calls[0][2] == {"name": "n", "autoCreateSubnetworks": False}
    assert (state["id"], state["network_id"], state["mtu"]) == ("projects/p-1/global/networks/n", "9", 1460)


def test_a_refusal_is_told_as_the_provider_tells_it() -> None:
    api = ScriptedApi(lambda *_: refused(403, "Required 'compute.networks.create' permission", "forbidden"))
    with pytest.raises(Failed) as failed:
        life(NETWORK, api).create(config(NETWORK, name="n"))
    text = "Error creating Network: googleapi: Error 403: Required 'compute.networks.create' permission, forbidden"
    assert (str(failed.value), failed.value.state) == (text, None)


def test_a_failed_operation_is_told_and_a_group_stays_in_the_state() -> None:
    message = "The zone 'z' does not have enough resources available to fulfill the request."
    error = {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": message}]}

    def answer(verb: str, path: str, body: Any) -> Answer:
        return 200, operation("RUNNING") if verb == "POST" else operation(error=error)

    with pytest.raises(Failed) as failed:
        life(GROUP, ScriptedApi(answer), InstanceGroup).create(config(GROUP, name="g", zone="us-central1-a"))
    assert str(failed.value) == f"Error waiting for Creating InstanceGroupManager: {message}\n"
    assert failed.value.state is not None
    assert failed.value.state["id"] == "projects/p-1/zones/us-central1-a/instanceGroupManagers/g"


def test_a_resource_that_is_gone_reads_as_gone() -> None:
    api = ScriptedApi(lambda *_: refused(404, "not found", "notFound"))
    assert life(NETWORK, api).read(config(NETWORK, name="n")) is None


def test_a_resource_that_cannot_be_read_is_not_taken_for_gone() -> None:
    api = ScriptedApi(lambda *_: refused(403, "no", "forbidden"))
    with pytest.raises(Failed, match="Error when reading or editing ComputeNetwork"):
        life(NETWORK, api).read(config(NETWORK, name="n", id="i"))


def test_only_what_changed_is_sent_and_a_size_is_a_call_of_its_own() -> None:
    item = f"{COMPUTE}/zones/us-central1-a/instanceGroupManagers/g"
    api = ScriptedApi(lambda verb, *_: (200, {"name": "g", "fingerprint": "f"}) if verb == "GET" else done())
    prior = config(GROUP, id="i", name="g", zone="us-central1-a", target_size=2, description="old", fingerprint="e")
    life(GROUP, api, InstanceGroup).update(prior, {**prior, "target_size": 3, "description": "new"})
    assert api.changes() == [("PATCH", item), ("POST", f"{item}/resize?size=3")]
    assert api.calls[1][2] == {"description": "new", "fingerprint": "f"}


def test_nothing_is_sent_where_only_terraform_s_own_values_changed() -> None:
    api = ScriptedApi(lambda *_: (200, {"name": "n"}))
    prior = config(NETWORK, id="i", name="n", deletion_policy="DELETE")
    assert life(NETWORK, api).update(prior, {**prior, "deletion_policy": "PREVENT"})["deletion_policy"] == "PREVENT"
    assert api.changes() == []


def test_a_resource_under_protection_is_not_deleted() -> None:
    api = ScriptedApi(lambda *_: done())
    with pytest.raises(Failed, match="deletion_policy"):
        life(NETWORK, api).delete(config(NETWORK, name="n", deletion_policy="PREVENT"))
    assert api.calls == []


def test_stopping_the_provider_ends_a_wait_and_a_group_remembers_its_operation() -> None:
    def answer(verb: str, path: str, body: Any) -> Answer:
        api.stopped.set()
        return 200, operation("RUNNING")

    api = ScriptedApi(answer)
    state = life(GROUP, api, InstanceGroup).create(config(GROUP, name="g", zone="us-central1-a"))
    assert state["operation"] == "o-1"
    assert len(api.calls) == 1


def test_a_nat_is_added_to_the_router_s_others_and_taken_out_again() -> None:
    router: dict[str, Any] = {"name": "r", "nats": [{"name": "theirs"}]}

    def answer(verb: str, path: str, body: Any) -> Answer:
        if verb == "PATCH":
            router.update(body)
            return done()
        return 200, router

    api = ScriptedApi(answer)
    given = {"name": "ours", "router": "r", "nat_ip_allocate_option": "AUTO_ONLY", "type": "PUBLIC"}
    state = life(NAT, api, RouterNat).create(config(NAT, **given))
    assert [nat["name"] for nat in router["nats"]] == ["theirs", "ours"]
    assert (state["id"], state["region"]) == ("p-1/us-central1/r/ours", "us-central1")
    life(NAT, api, RouterNat).delete(state)
    assert router["nats"] == [{"name": "theirs"}]
    assert set(api.changes()) == {("PATCH", f"{COMPUTE}/regions/us-central1/routers/r")}


def test_a_service_account_is_disabled_by_a_call_of_its_own() -> None:
    account = {"name": "projects/p-1/serviceAccounts/a@p", "email": "a@p", "projectId": "p-1", "uniqueId": "5"}
    api = ScriptedApi(lambda *_: (200, account))
    prior = config("google_service_account", id=account["name"], account_id="a", disabled=False)
    life("google_service_account", api, ServiceAccount).update(prior, {**prior, "disabled": True})
    assert api.changes() == [("POST", "iam.googleapis.com/v1/projects/p-1/serviceAccounts/a@p:disable")]


class Policy:
    """A bucket's policy behind an API that refuses a stale etag, as `busy` others write in between."""

    def __init__(self, busy: int = 0) -> None:
        self.bindings: list[dict[str, Any]] = [{"role": "owner", "members": ["user:x"]}]
        self.etag, self.busy = 0, busy

    def __call__(self, verb: str, path: str, body: Any) -> Answer:
        if verb == "GET":
            now = {"etag": str(self.etag), "version": 1, "bindings": [dict(each) for each in self.bindings]}
            if self.busy:
                self.busy, self.etag = self.busy - 1, self.etag + 1
            return 200, now
        if body["etag"] != str(self.etag):
            return refused(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet")
        assert body["version"] == 3
        self.bindings, self.etag = body["bindings"], self.etag + 1
        return 200, body


CONDITION = [{"title": "t", "description": None, "expression": "true"}]


def test_a_member_is_added_with_its_condition_beside_the_others() -> None:
    policy = Policy()
    member = config(MEMBER, bucket="one", role="r", member="user:me", condition=CONDITION)
    state = life(MEMBER, ScriptedApi(policy), BucketIamMember).create(member)
    assert policy.bindings == [
        {"role": "owner", "members": ["user:x"]},
        {"role": "r", "members": ["user:me"], "condition": {"title": "t", "expression": "true"}},
    ]
    assert (state["id"], state["bucket"]) == ("b/one/r/user:me/t//true", "b/one")


def test_a_policy_that_somebody_else_changed_meanwhile_is_read_anew() -> None:
    policy = Policy(busy=2)
    life(MEMBER, ScriptedApi(policy), BucketIamMember).create(
        config(MEMBER, bucket="one", role="owner", member="user:me")
    )
    assert policy.bindings == [{"role": "owner", "members": ["user:me", "user:x"]}]


def test_the_same_role_under_another_condition_is_another_binding() -> None:
    policy = Policy()
    policy.bindings = [{"role": "r", "members": ["user:me"]}]
    api = ScriptedApi(policy)
    assert (
        life(MEMBER, api, BucketIamMember).read(
            config(MEMBER, bucket="b/one", role="r", member="user:me", condition=CONDITION)
        )
        is None
    )


def test_the_last_member_takes_its_binding_along() -> None:
    policy = Policy()
    state = config(MEMBER, bucket="b/one", role="owner", member="user:x")
    life(MEMBER, ScriptedApi(policy), BucketIamMember).delete(state)
    assert policy.bindings == []


def test_an_operation_that_cannot_be_looked_at_leaves_a_group_in_the_state() -> None:
    def answer(verb: str, path: str, body: Any) -> Answer:
        return (200, operation("RUNNING")) if verb == "POST" else refused(403, "no", "forbidden")

    with pytest.raises(Failed, match="error while retrieving operation: googleapi: Error 403: no, forbidden") as failed:
        life(GROUP, ScriptedApi(answer), InstanceGroup).create(config(GROUP, name="g", zone="us-central1-a"))
    assert failed.value.state is not None


@pytest.mark.parametrize(("failed", "there"), [(None, True), ({"errors": [{"message": "no"}]}, False)])
def test_a_group_whose_making_was_interrupted_is_waited_for_when_it_is_read(failed: Any, there: bool) -> None:
    def answer(verb: str, path: str, body: Any) -> Answer:
        return 200, operation(error=failed) if "operations" in path else {"name": "g"}

    state = config(GROUP, id="i", name="g", zone="us-central1-a", operation="o-1")
    read = life(GROUP, ScriptedApi(answer), InstanceGroup).read(state)
    assert (read is not None) == there
    assert not (read or {}).get("operation")


SHARE = "google_filestore_instance"
FILE = "file.googleapis.com/v1/projects/p-1/locations"
SHARED = {
    "name": "s",
    "location": "us-central1-a",
    "tier": "BASIC_HDD",
    "file_shares": [{"name": "share", "capacity_gb": 1024}],
    "networks": [{"network": "default", "modes": ["MODE_IPV4"]}],
}


def test_a_resource_whose_api_has_other_operations_is_waited_for_where_they_lie() -> None:
    name = "projects/p-1/locations/us-central1-a/operations/o-1"

    def answer(verb: str, path: str, body: Any) -> Answer:
        if "operations" in path:
            return 200, {"name": name, "done": True}
        return 200, {"name": name} if verb == "POST" else {"tier": "BASIC_HDD"}

    api = ScriptedApi(answer)
    assert life(SHARE, api).create(config(SHARE, **SHARED))["tier"] == "BASIC_HDD"
    assert [(verb, path) for verb, path, _ in api.calls] == [
        ("POST", f"{FILE}/us-central1-a/instances?instanceId=s"),
        ("GET", f"file.googleapis.com/v1/{name}"),
        ("GET", f"{FILE}/us-central1-a/instances/s"),
    ]
    assert api.calls[0][2] == {
        "tier": "BASIC_HDD",
        "fileShares": [{"name": "share", "capacityGb": "1024"}],
        "networks": [{"network": "default", "modes": ["MODE_IPV4"]}],
    }


def test_such_an_operation_that_fails_tells_its_code_and_message() -> None:
    failed = {"name": "operations/o-1", "done": True, "error": {"code": 8, "message": "Quota limit exceeded."}}
    with pytest.raises(Failed) as refusal:
        life(SHARE, ScriptedApi(lambda *_: (200, failed))).create(config(SHARE, **SHARED))
    assert str(refusal.value) == "Error waiting to create Instance: Error code 8, message: Quota limit exceeded."


def test_a_quota_of_filestore_is_not_asked_for_again() -> None:
    api = ScriptedApi(lambda *_: refused(429, "Quota limit 'EnterpriseStorageGibPerRegion' has been exceeded.", "q"))
    with pytest.raises(Failed, match="Error creating Instance: googleapi: Error 429: Quota limit"):
        life(SHARE, api).create(config(SHARE, **SHARED))
    assert len(api.calls) == 1


def test_a_change_names_its_fields_where_the_api_wants_a_mask() -> None:
    api = ScriptedApi(lambda *_: (200, {"name": "operations/o-1", "done": True, "tier": "BASIC_HDD"}))
    prior = {**config(SHARE, **SHARED), "id": "i", "effective_labels": {}}
    larger = [{**prior["file_shares"][0], "capacity_gb": 2048}]
    life(SHARE, api).update(prior, {**prior, "file_shares": larger, "effective_labels": {"a": "b"}})
    verb, path, body = api.calls[0]
    assert (verb, path) == ("PATCH", f"{FILE}/us-central1-a/instances/s?updateMask=fileShares,labels")
    assert body == {"fileShares": [{"name": "share", "capacityGb": "2048"}], "labels": {"a": "b"}}

"""Requests are refused as the real API refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.google.discovery import api
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.validation import check, check_request, without_output_fields

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

INSERT = ("POST", ["projects", "p", "global", "networks"])


def refused(body: Any, query: dict[str, list[str]] | None = None) -> ApiError:
    compute = api("compute.v1")
    method = compute.route(*INSERT)
    assert method is not None
    with pytest.raises(ApiError) as caught:
        check_request(compute, method, query or {}, body)
    assert caught.value.code == 400
    return caught.value


def test_an_unknown_field_is_refused_by_name() -> None:
    assert "Unknown name \"nmae\" at 'resource': Cannot find field." in str(refused({"nmae": "x"}))


def test_an_unknown_field_deep_inside_is_refused_with_its_place() -> None:
    error = refused({"name": "x", "routingConfig": {"mode": "GLOBAL"}})
    assert "at 'resource.routingConfig'" in str(error)
    assert error.body["error"]["details"][0]["fieldViolations"][0]["field"] == "resource.routingConfig"


def test_an_unknown_query_parameter_is_refused() -> None:
    assert "Cannot bind query parameter" in str(refused({"name": "x"}, {"sise": ["2"]}))


def test_a_name_that_breaks_the_pattern_is_refused_with_the_pattern() -> None:
    assert "Must be a match of regex '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?'" in str(refused({"name": "Net_A"}))


def test_a_missing_name_is_refused() -> None:
    assert refused({}).body["error"]["errors"][0]["reason"] == "required"


def test_a_value_outside_of_the_enumeration_is_refused() -> None:
    assert "resource.routingConfig.routingMode" in str(refused({"name": "x", "routingConfig": {"routingMode": "X"}}))


@pytest.mark.parametrize("value", ["yes", 1, {}])
def test_what_is_no_boolean_is_refused(value: Any) -> None:
    assert "autoCreateSubnetworks" in str(refused({"name": "x", "autoCreateSubnetworks": value}))


@pytest.mark.parametrize("value", [1460, "1460"])
def test_numbers_may_come_as_text(value: Any) -> None:
    check(api("compute.v1"), {"$ref": "Network"}, {"name": "x", "mtu": value}, "resource", "")


def test_an_empty_list_of_a_field_that_is_gone_passes() -> None:
    check(api("compute.v1"), {"$ref": "Network"}, {"name": "x", "goneField": []}, "resource", "")


def test_output_fields_and_nulls_are_not_kept() -> None:
    given = {"name": "x", "id": "7", "creationTimestamp": "now", "description": None, "routingConfig": {"a": None}}
    assert without_output_fields(api("compute.v1"), "Network", given) == {"name": "x"}


def test_a_method_that_is_not_emulated_says_so(asked: Asked) -> None:
    answer = asked.compute("POST", "/compute/v1/projects/p-1/global/securityPolicies", {"name": "x"}, status=501)
    assert "does not know the method compute.securityPolicies.insert" in answer["error"]["message"]


def test_a_call_without_credentials_is_refused(asked: Asked) -> None:
    target = "/compute/v1/projects/p-1/global/networks"
    assert asked.ask("GET", "compute.googleapis.com", target, headers={"authorization": ""}).status == 401

"""Errors read like Go's, because those who read Terraform's output know them so."""

from __future__ import annotations

import json

from embedded_cloud.standin.google.wording import answer_error, duration, operation_error


def test_an_answer_with_one_error_ends_in_its_reason() -> None:
    message = "Quota 'GPUS_ALL_REGIONS' exceeded.  Limit: 0.0 globally."
    answer = {"error": {"code": 403, "message": message, "errors": [{"message": message, "reason": "quotaExceeded"}]}}
    assert answer_error(403, json.dumps(answer).encode()) == f"googleapi: Error 403: {message}, quotaExceeded"


def test_an_answer_without_a_list_of_errors_is_its_message() -> None:
    answer = {"error": {"code": 403, "message": "The caller does not have permission", "status": "PERMISSION_DENIED"}}
    assert answer_error(403, json.dumps(answer).encode()) == "googleapi: Error 403: The caller does not have permission"


def test_an_answer_that_is_no_json_is_shown_whole() -> None:
    assert answer_error(502, b"<html>") == "googleapi: got HTTP response code 502 with body: <html>"


def test_a_quota_s_details_follow_the_message() -> None:
    quota = {"metricName": "m", "limitName": "l", "limit": 16, "dimensions": {"region": "us-central1"}}
    failed = {
        "errors": [{"code": "QUOTA_EXCEEDED", "message": "Quota exceeded.", "errorDetails": [{"quotaInfo": quota}]}]
    }
    assert operation_error(failed) == (
        "Quota exceeded.\n\tmetric name = m\n\tlimit name = l\n\tlimit = 16\n\tdimensions = map[region:us-central1]\n"
    )


def test_times_are_written_as_go_writes_them() -> None:
    assert [duration(each) for each in (0.5, 20, 90)] == ["30s", "20m0s", "1h30m0s"]

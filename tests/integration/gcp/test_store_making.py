"""Making the state's place on Google Cloud: each of its calls may be cut off, and the next run goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.gcp.answers import api_error

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

BUCKET = "aiinfra-terraform-my-project-1"
CALLS = {
    "look": ("GET", rf"^/storage/v1/b/{BUCKET}(\?|$)"),
    "bucket": ("POST", r"^/storage/v1/b\?"),
    "claim": ("GET", r"/o/demo-deployment(%2F|/)cluster\.json"),
    "claim written": ("POST", rf"^/upload/storage/v1/b/{BUCKET}/o\?"),
    "files": ("GET", r"/o/demo-deployment(%2F|/)files"),
    "lock": ("POST", r"^/upload/.*default\.tflock"),
    "grants": ("GET", rf"/b/{BUCKET}/iam(\?|$)"),
    "grants written": ("PUT", rf"/b/{BUCKET}/iam(\?|$)"),
}
NOT_RETRIED = api_error(403, "cut off")
"""What is not answered is tried again for 20 seconds, and ends the same."""


@pytest.mark.parametrize("done", [False, True], ids=["not done", "answer lost"])
def test_create_goes_on_where_each_call_was_cut_off(tool: Tool, *, done: bool) -> None:
    for method, path in CALLS.values():
        match = {"method": method, "host": "storage.googleapis.com", "path": path}
        tool.goes_wrong({"match": match, **NOT_RETRIED, "after": done and "tflock" not in path})
        assert tool.run("Create").returncode in (11, 16), path
    tool.goes_wrong()
    assert [n["status"] for n in tool.result("Create")["nodes"]] == ["ready"]
    tool.nothing_is_left_after_destroy()


def test_a_lock_whose_answer_was_lost_is_told_and_unlocked(tool: Tool) -> None:
    match = {"method": "POST", "host": "storage.googleapis.com", "path": CALLS["lock"][1]}
    tool.goes_wrong({"match": match, "status": 0, "after": True, "times": 1})
    lost = tool.result("Create", expected=15)["error"]
    assert "may be this run's own" in lost["message"]
    assert "`Unlock`" in lost["advice"]
    tool.result("Unlock")
    assert [n["status"] for n in tool.result("Create")["nodes"]] == ["ready"]
    tool.nothing_is_left_after_destroy()

"""Runs that are killed outright."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.integration.conftest import killed_outright
from tests.integration.gcp.shortages import NODE
from tests.integration.gcp.state import LOCK

if TYPE_CHECKING:
    from tests.integration.conftest import Tool


def killed_when(tool: Tool, text: str, **settings: str) -> None:
    """A Create that is killed, with its Terraform, once it has said this; its lock is cleared as its message says.

    The last thing that Terraform waits for takes its time, the group or a pool's machines: however late the kill comes,
    the lock is held.
    """
    group = {"host": "compute.googleapis.com", "method": "GET", "path": "/instanceGroupManagers/demo-mig"}
    tool.goes_wrong({"match": group, "delay": 10}, {"match": {"host": NODE, "method": "BOOT"}, "delay": 10})
    process = subprocess.Popen(
        tool.command("Create"), env=tool.variables(**settings), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any(text in line for line in iter(process.stderr.readline, ""))
    killed_outright(process)
    tool.goes_wrong()
    tool.result("Create", expected=14, **settings)
    tool.bucket().blob(LOCK).delete()

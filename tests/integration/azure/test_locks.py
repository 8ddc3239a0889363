"""Locks that heal, on Azure: leases of the state's blob."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.integration.azure.tool import container
from tests.integration.conftest import killed_outright

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

STATE = "demo-deployment/terraform/state/default.tfstate"


def leased() -> bool:
    return str(container().get_blob_client(STATE).get_blob_properties().lease.state) == "leased"


def at_work(azure: AzureTool) -> subprocess.Popen[str]:
    """A Create that holds the lock and goes on holding it for a while."""
    azure.goes_wrong({"match": {"host": "machines.rehearsal.internal", "method": "BOOT"}, "delay": 10})
    process = subprocess.Popen(azure.command("Create"), env=azure.variables(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert any("scale_set" in line for line in iter(process.stderr.readline, ""))
    return process


def test_a_living_runs_lease_stays_and_a_dead_ones_goes(azure: AzureTool) -> None:
    process = at_work(azure)
    refused = azure.result("Unlock", expected=14)["error"]
    assert "that run lives" in refused["message"]
    assert leased()
    killed_outright(process)
    azure.goes_wrong()
    assert "UNLOCK_DEAD=yes" in azure.result("Create", expected=14)["error"]["advice"]
    said = azure.run("Create", UNLOCK_DEAD="yes")
    assert said.returncode == 0, said.stderr
    assert "is removed" in said.stderr
    assert not leased()
    assert "nothing to clear" in azure.run("Unlock").stdout
    azure.nothing_is_left_after_destroy()

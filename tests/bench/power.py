"""A thousand nodes resumed by one command on each cloud: the power program's processor time, calls and memory."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.rehearsal import rehearse
from tests.bench.figure import Figure
from tests.integration.conftest import Tool
from tests.integration.power import clouds
from tests.integration.power.controller import Controller
from tests.unit.node.slurm.services import running

if TYPE_CHECKING:
    import resource
    from collections.abc import Iterator

NODES = 1000
LOOKS = 4
SIZES = {"gcp": (NODES,), "azure": (100,) * (NODES // 100)}
API = {"gcp": "compute.googleapis.com", "azure": "management.azure.com"}
LISTING = {"gcp": "/listManagedInstances", "azure": "/virtualMachines"}


def figures() -> Iterator[Figure]:
    """For each cloud: calls but for listings, listings a look, processor seconds of a look and of scontrol in it, and
    the largest process."""
    for name, make in (("gcp", clouds.google), ("azure", clouds.azure)):
        with tempfile.TemporaryDirectory() as folder, running() as services:
            environment = os.environ.copy()
            (Path(folder) / "tmp").mkdir()
            try:
                with rehearse("plan", Path(folder) / "cloud", os.environ, lambda _: None):
                    tool = Tool(Path(folder), dict(os.environ))
                    made = make(tool, services, clouds.pool("big", SIZES[name], "set"))
                    yield from _resumed(name, tool, Controller(Path(folder) / "controller", made, services))
            finally:
                os.environ.clear()
                os.environ.update(environment)


def _resumed(cloud: str, tool: Tool, controller: Controller) -> Iterator[Figure]:
    used, calls = [], []
    controller.run("resume", f"vega-big-[1-{NODES}]")
    for _ in range(LOOKS):
        asked = len(_asked(tool, cloud))
        used.append(_look(controller))
        calls.append(_asked(tool, cloud)[asked:])
        controller.go_on()
    if any(not each.ready for each in controller.states().values()):
        sys.exit(f"not all {NODES} nodes are up: {controller.run('sync')}")
    listings = [sum(path.endswith(LISTING[cloud]) for path in look) for look in calls]
    others = sum(map(len, calls)) - sum(listings)
    largest = max(each.ru_maxrss for each in used) * 1024 / 1e6
    longest = max(each.ru_utime + each.ru_stime for each in used)
    yield Figure(f"{NODES} nodes resumed on {cloud}: calls a hundred nodes", others * 100 / NODES, "", 2)
    yield Figure("  calls a listing, one each 15 s", max(listings), "", len(SIZES[cloud]) + 1)
    yield Figure("  the longest look, CPU", longest, "s", 2)
    yield Figure("  the largest process", largest, "MB", 100)


def _asked(tool: Tool, cloud: str) -> list[str]:
    """The paths that the cloud's API has been asked."""
    lines = (tool.folder / "cloud/cloud.log").read_text().splitlines()
    return [line.split()[2] for line in lines if line.split()[2].startswith(API[cloud])]


def _look(controller: Controller) -> resource.struct_rusage:
    """What a look takes, its scontrol included."""
    process = controller.start("sync")
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"slurm-nodes sync failed: {said}")
    return used

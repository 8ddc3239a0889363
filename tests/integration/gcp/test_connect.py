"""Connect shows the way to a node; on a terminal, with gcloud there, it takes it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.integration.conftest import ENTRYPOINT, Tool


def test_it_shows_the_ssh_line_of_the_first_node_or_the_one_named(tool: Tool) -> None:
    created = tool.result("Create", INSTANCE_COUNT="2")
    ssh = created["connection"]["ssh"]
    first, second = sorted(ssh)
    assert tool.run("Connect", INSTANCE_COUNT="2").stdout.strip() == ssh[first]
    assert tool.run("Connect", second, INSTANCE_COUNT="2").stdout.strip() == ssh[second]
    assert tool.result("Connect", second)["connection"] == {"command": ssh[second]}


def test_a_node_that_is_not_there_is_refused_with_those_that_are(tool: Tool) -> None:
    (name,) = (n["name"] for n in tool.result("Create")["nodes"])
    error = tool.result("Connect", "demo-vm-nope", expected=2)["error"]
    assert "demo-vm-nope" in error["message"]
    assert name in error["message"]


def test_without_a_cluster_there_is_no_way(tool: Tool) -> None:
    assert "no machines" in tool.result("Connect", expected=21)["error"]["message"]


def test_other_actions_take_no_argument(tool: Tool) -> None:
    assert "Plan takes no argument" in tool.result("Plan", "demo-vm-x", expected=2)["error"]["message"]


def test_on_a_terminal_it_becomes_gcloud(tool: Tool) -> None:
    tool.result("Create")
    said = on_a_terminal(tool, gcloud(tool), "Connect")
    assert "gcloud was run with: compute ssh demo-vm-" in said
    assert "--tunnel-through-iap" in said


def test_in_a_rehearsal_it_only_shows(tool: Tool) -> None:
    tool.result("Create")
    said = on_a_terminal(tool, {**gcloud(tool), **tool.variables()}, "Connect")
    assert "gcloud compute ssh demo-vm-" in said
    assert "gcloud was run" not in said


def gcloud(tool: Tool) -> dict[str, str]:
    """The test's cloud as a real run sees it, with a gcloud that tells how it was run first on PATH."""
    program = tool.folder / "bin" / "gcloud"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "gcloud was run with: $*"\n')
    program.chmod(0o755)
    return {**tool.environment, **tool.settings, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def on_a_terminal(tool: Tool, environment: dict[str, str], action: str) -> str:
    """What the tool writes on a terminal of its own."""
    ours, its = pty.openpty()
    command = [sys.executable, str(ENTRYPOINT), action]
    process = subprocess.Popen(command, env=environment, stdin=its, stdout=its, stderr=its, cwd=Path("/"))
    os.close(its)
    written = b""
    try:
        while piece := os.read(ours, 4096):
            written += piece
    except OSError:  # its end was closed
        pass
    assert process.wait() == 0, written.decode()
    return written.decode()

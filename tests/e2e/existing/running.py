"""A run of the tool that goes on meanwhile."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.e2e.tool import Finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.tool import Tool

NAME = "vega-running"
SECONDS = 180


class Running:
    """The run, in a container of this name."""

    def __init__(self, tool: Tool, action: str, settings: Mapping[str, str]) -> None:
        self._client = tool.client
        self._said: list[str] = []
        self._process = subprocess.Popen(
            tool.command(action, settings, name=NAME), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def until(self, beginning: str) -> None:
        """Wait for a line that begins so, behind the time of day."""
        assert self._process.stderr is not None
        while not self._said or f" {beginning}" not in self._said[-1]:
            self._said.append(self._process.stderr.readline())
            assert self._said[-1], "".join(self._said)

    def is_killed(self) -> None:
        """Kill it outright (SIGKILL)."""
        subprocess.run([self._client, "kill", NAME], capture_output=True, check=True)
        self._process.communicate(timeout=SECONDS)
        assert self._process.returncode == 137

    def ends(self) -> Finished:
        """Wait for its end."""
        out, told = self._process.communicate(timeout=SECONDS)
        return Finished(self._process.returncode, out, "".join(self._said) + told)

"""The tool run with CLOUD=existing as a user runs it, on played machines of each test's own."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.integration.conftest import Tool

if TYPE_CHECKING:
    from pathlib import Path

HERE = "/existing/here"
SETTINGS = {
    "CLOUD": "existing",
    "ORCHESTRATOR_TYPE": "slurm",
    "NAME_PREFIX": "demo",
    "CONTROLLER": "head",
    "NODES": "node[1-3]",
    "SSH_HOST_KEYS": "accept-new",
}
PASSING = ("proc", "tmp", "run", "var/log/cluster", "var/lib/cluster-provision/demo/lock")
"""What of a machine's root folder isn't compared: processes, the kernel's values, which run was at work last."""


@dataclass
class ExistingTool(Tool):
    """Its machines are folders, which a test may look into and change, as somebody on the machine would."""

    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))

    @classmethod
    def of(cls, tool: Tool) -> ExistingTool:
        """The same rehearsal, asked for clusters of machines that exist already."""
        return cls(tool.folder, tool.environment, tool.mirror)

    @property
    def machines(self) -> Path:
        """A folder for each machine."""
        return self.folder / "cloud" / "machines"

    def file(self, machine: str, path: str) -> Path:
        """Where a path of the machine's lies."""
        return self.machines / machine / "root" / path.lstrip("/")

    def state(self, name: str, machine: str = "head", cluster: str = "demo") -> Path:
        """A text of the cluster's state."""
        return self.file(machine, f"/var/lib/cluster-provision/{cluster}/state/{name}")

    def kept(self, name: str) -> Any:
        """What a text of the state holds."""
        return json.loads(self.state(name).read_text())

    def remembers(self, machine: str) -> dict[str, Any]:
        """What systemd and Slurm of a machine remember."""
        found: dict[str, Any] = json.loads((self.machines / machine / "state.json").read_text())
        return found

    def told(self, machine: str, **more: Any) -> None:
        """From now on, the machine is so (embedded_cloud/existing/played/new_machine.py)."""
        file = self.machines / machine / "machine.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **more}))

    def wrong(self, **machines: dict[str, Any]) -> None:
        """From now on, this is so of these machines (docs/rehearsal-existing.md)."""
        self.has(machines=machines)

    def are_there(self) -> None:
        """Have the machines of the settings there, and nothing changed on them."""
        self.result("Validate")

    def snapshot(self, *machines: str) -> dict[str, str]:
        """All files, their modes, packages, users and units of the machines."""
        found: dict[str, str] = {}
        for name in machines or sorted(each.name for each in self.machines.iterdir()):
            root = self.machines / name / "root"
            for path in sorted(root.rglob("*")):
                own = path.relative_to(root).as_posix()
                if own.startswith(PASSING):
                    continue
                text = path.read_text(errors="replace") if path.is_file() and not path.is_symlink() else ""
                found[f"{name}:/{own}"] = f"{path.lstat().st_mode:o} {text}"
            found[f"{name} units"] = json.dumps(self.remembers(name)["units"], sort_keys=True)
        return found

    def left(self) -> list[str]:
        """The clusters that machines belong to still."""
        return [str(each) for each in self.machines.glob("*/root/var/lib/cluster-provision/*")]

    def breaks(self, machine: str, *, skip: int = 0, times: int | None = None) -> None:
        """The connection to the machine breaks in place of a command, after the first `skip` commands."""
        rule: dict[str, Any] = {"match": {"method": "RUN", "path": f"{HERE}/{machine}$"}, "skip": skip, "status": 500}
        self.goes_wrong({**rule, **({} if times is None else {"times": times})})

    def is_slow(self, machine: str, seconds: float, *, skip: int = 0, times: int = 1) -> None:
        """A command on the machine takes so long, after the first `skip` commands."""
        match = {"method": "RUN", "path": f"{HERE}/{machine}$"}
        self.goes_wrong({"match": match, "skip": skip, "times": times, "delay": seconds})

    def started(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """A run that goes on meanwhile."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.variables(**settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def no_changes(self, **settings: str) -> bool:
        """Whether Plan finds nothing to do."""
        found: dict[str, int] = self.result("Plan", **settings)["changes"]
        return not any(found.values())


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    """Wait until the run has said this."""
    assert process.stderr is not None
    said = []
    for line in iter(process.stderr.readline, ""):
        said.append(line)
        if re.search(text, line):
            return
    raise AssertionError("".join(said))

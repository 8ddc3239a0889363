"""A machine to apply plans to: a root folder whose programs are stand-ins, and runs that can be killed anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm.plan import Plan
from tests.unit.node.apply import programs

if TYPE_CHECKING:
    from cluster_provision.slurm.plan import Resource

CLUSTER = "vega"
HOME = "var/lib/cluster-provision"


@dataclass
class Ended:
    """What a run wrote: `lines` by resource, in order, and the counts."""

    output: str
    status: int
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: dict[str, Any] = field(default_factory=dict)
    journal: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in map(json.loads, self.output.splitlines()):
            if "resource" in line:
                self.lines[line["resource"]] = line
            self.ended = line.get("ended", self.ended)
            self.journal = line.get("journal", self.journal)

    @property
    def states(self) -> dict[str, str]:
        return {name: line["state"] for name, line in self.lines.items()}


class Machine:
    """A machine without anything of ours. `root` is its root folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("etc", "usr/sbin", "var/lib/dpkg", "proc/self", "proc/sys/vm", "proc/sys/kernel", "home", "srv"):
            (root / folder).mkdir(parents=True)
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\n")
        self.write("etc/shadow", "root:*:1:0:9:7:::\nann:*:1:0:9:7:::\n")
        self.write("etc/group", "root:x:0:\nann:x:1000:\ngpu:x:44:\n")
        self.write("etc/hosts", "127.0.0.1 localhost\n")
        self.write("etc/fstab", "LABEL=root / ext4 defaults 0 1\n")
        self.write("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n")
        self.write("proc/sys/vm/swappiness", "60\n")
        self.write("proc/sys/kernel/hostname", "before\n")
        self.write("etc/hostname", "before\n")
        self.write("var/lib/dpkg/status", "")
        self.packages(libc={"listed": True})
        programs.install(root, programs.read(root, "catalog.json"), {}, ["libc"])

    def write(self, path: str, text: str, mode: int = 0o644) -> Path:
        found = self.root / path.lstrip("/")
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_text(text)
        found.chmod(mode)
        return found

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()

    def packages(self, **catalog: dict[str, Any]) -> None:
        """Packages that apt has; one that isn't `listed` is known after an update alone."""
        known = programs.read(self.root, "catalog.json")
        new = {name.replace("_", "-"): {"listed": True, **about} for name, about in catalog.items()}
        programs.write(self.root, "catalog.json", {**known, **new})

    def unit(self, name: str, enabled: str = "disabled", active: str = "inactive", **more: str) -> None:
        units = programs.read(self.root, "units.json")
        programs.write(self.root, "units.json", {**units, name: {**programs.unit_state(enabled, active), **more}})

    def unit_is(self, name: str) -> str:
        """Whether it is enabled, and whether it runs."""
        unit = programs.read(self.root, "units.json")[name]
        return f"{unit['UnitFileState']} {unit['ActiveState']}"

    def fails(self, start: str, output: str, status: int = 1, times: int = 99) -> None:
        """A program whose words start so fails from now on."""
        known = programs.read(self.root, "programs.json")
        programs.write(self.root, "programs.json", {**known, start: (status, output, times)})

    def mends(self) -> None:
        (self.root / "programs.json").unlink()

    def calls(self, name: str = "") -> list[str]:
        path = self.root / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(name)]

    def forget_calls(self) -> None:
        (self.root / "calls").unlink(missing_ok=True)

    def journal(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read(f"{HOME}/{CLUSTER}/journal.json"))
        return found

    def tree(self) -> dict[str, Any]:
        """Everything that is on the machine: type, mode, and content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name in programs.OWN:
                continue
            if path.is_symlink():
                found[name] = ("link", str(path.readlink()))
            elif path.is_dir():
                found[name] = ("folder", oct(path.stat().st_mode))
            else:
                found[name] = (oct(path.stat().st_mode), path.read_text())
        return {**found, "units": programs.read(self.root, "units.json")}

    def inodes(self) -> dict[str, int]:
        """What a file that is written anew has another one of."""
        return {str(path): path.lstat().st_ino for path in self.root.rglob("*")}

    def apply(self, *resources: Resource, **more: Any) -> Ended:
        return self.run("apply", *resources, **more)

    def diff(self, *resources: Resource) -> Ended:
        return self.run("diff", *resources)

    def undo(self, **more: Any) -> Ended:
        return self.run("undo", **more)

    def run(
        self, do: str, *resources: Resource, cluster: str = CLUSTER, kill_at: int = 0, busy: str = "", **more: Any
    ) -> Ended:
        """Run the applier. It is killed before its `kill_at`th change, of the machine or the journal, if it has one.

        No file can be renamed to the name `busy`, as where a container has one mounted.
        """
        plan = Plan(cluster, "n-1", resources).to_json()
        request = {"do": do, "cluster": cluster, "plan": plan, **more}
        job = {"root": str(self.root), "request": json.dumps(request), "kill_at": kill_at, "busy": busy}
        runner = _runner()
        assert runner.stdin and runner.stdout
        runner.stdin.write(json.dumps(job) + "\n")
        runner.stdin.flush()
        return Ended(*json.loads(runner.stdout.readline()))


@cache
def _runner() -> subprocess.Popen[str]:
    """The process that runs it, one for all tests of this process; it ends with this one."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.node.apply.runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[4],
    )

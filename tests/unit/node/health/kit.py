"""A node to try the health scripts on: a root folder with /opt, stand-ins for the checkers, and a bootstrap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.node.own_python import give_python

NODE = Path(__file__).parents[4] / "node"

# Docker as far as the scripts ask it; `docker run` and AzNHC's own script do what $ROOT/aznhc says.
DOCKER = """
case "$1 $2" in
  "info ") exit "${DOCKER_STATUS:-0}" ;;
  "ps --quiet") cat "$NODE_ROOT/containers" 2>/dev/null ;;
  "image inspect") [[ -e $NODE_ROOT/pulled ]] ;;
  "pull --quiet") echo "manifest unknown" >&2; exit 1 ;;
  "run "*)
    for given in "$@"; do
      [[ $given != *:/azure-nhc/output/aznhc.log ]] || log=${given%%:*}
    done
    . "$NODE_ROOT/aznhc" "$log"
    ;;
esac
"""
# The bootstrap's part: what the record would say is kept for the test.
BOOTSTRAP = """
[[ $1 == report ]] && cat "$NODE_ROOT/var/lib/cluster/health.json" >>"$NODE_ROOT/reports" && echo >>"$NODE_ROOT/reports"
"""


@dataclass
class Node:
    """The node; its `run` runs a script of /opt to its end."""

    root: Path
    environment: dict[str, str]

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "opt" / script), *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.root / "opt" / script), *arguments], env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def command(self, name: str, text: str) -> None:
        """Puts a command on the node's PATH that notes its call and then does `text`."""
        path = self.root / "bin" / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >>"$NODE_ROOT/calls"\n{text}\n')
        path.chmod(0o755)

    def configure(self, **config: Any) -> None:
        path = self.root / "etc/cluster/config.json"
        path.write_text(json.dumps({"schema": 1, "cloud": "azure", "gpus": 8, "infiniband": True, **config}))

    def aznhc(self, log: str, output: str = "", status: int = 0) -> None:
        """AzNHC's container writes `log` into its log, prints `output`, and ends with `status`."""
        (self.root / "aznhc.log").write_text(log)
        (self.root / "aznhc.output").write_text(output)
        text = f'cat "$NODE_ROOT/aznhc.log" >>"$1"; cat "$NODE_ROOT/aznhc.output"; exit {status}'
        (self.root / "aznhc").write_text(text)

    def image_scripts(self, text: str = "") -> Path:
        """AzNHC's own scripts, as an HPC image has them; they run the container in their own way."""
        tree = self.root / "opt/azurehpc/test/azurehpc-health-checks"
        tree.mkdir(parents=True, exist_ok=True)
        script = tree / "run-health-checks.sh"
        script.write_text(text)
        return script

    def dcgm(self, output: str, status: int = 0, errors: str = "") -> None:
        (self.root / "dcgm.json").write_text(output)
        (self.root / "dcgm.errors").write_text(errors)
        diag = f'cat "$NODE_ROOT/dcgm.json"; cat "$NODE_ROOT/dcgm.errors" >&2; exit {status}'
        self.command("dcgmi", f"case $1 in discovery) ;; diag) {diag} ;; esac")

    def gpus(self, count: int) -> None:
        lines = "".join(f"echo 'GPU {i}: NVIDIA H100 80GB HBM3 (UUID: GPU-{i})'\n" for i in range(count))
        self.command("nvidia-smi", lines or "echo 'No devices were found'; exit 6")

    def status_of(self, log: str) -> str:
        """The last line's word of a log's status file."""
        return (self.root / "var/log" / f"{log}.status").read_text().splitlines()[-1].split(" ")[-1]

    def health(self) -> dict[str, Any]:
        """What the node's record would say."""
        found: dict[str, Any] = json.loads((self.root / "var/lib/cluster/health.json").read_text())
        return found

    def check(self, name: str) -> dict[str, str]:
        found: dict[str, str] = next(each for each in self.health()["checks"] if each["name"] == name)
        return found

    def reports(self) -> list[dict[str, Any]]:
        """What was sent, in order."""
        return [json.loads(line) for line in (self.root / "reports").read_text().splitlines()]

    def calls(self) -> list[str]:
        calls = self.root / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


def node_at(root: Path, cloud: str = "azure") -> Node:
    """A node of a cloud's, with 8 GPUs on which everything passes."""
    for folder in ("bin", "etc/cluster", "var/log", "var/lib/cluster", "var/lib/hyperv"):
        (root / folder).mkdir(parents=True)
    for opt in ("opt", f"{cloud}/opt"):
        shutil.copytree(NODE / opt, root / "opt", dirs_exist_ok=True)
    give_python(root)
    (root / "bin/sleep").symlink_to("/bin/sleep")
    (root / "var/lib/cluster/bootstrap.sh").write_text(BOOTSTRAP)
    (root / "pulled").touch()
    node = Node(root, {"PATH": f"{root / 'bin'}:/usr/bin:/bin", "NODE_ROOT": str(root), "HOME": os.environ["HOME"]})
    node.configure()
    node.gpus(8)
    node.command("docker", DOCKER)
    node.command("systemctl", "exit 1")
    return node

"""A machine to try the bootstrap on: a root folder, recording commands, a metadata server, and a bucket."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

NODE_FOLDER = Path(__file__).parents[3] / "node"
METADATA = "/computeMetadata/v1/instance/"
END = "END_OF_PROGRAM"


def startup_script() -> str:
    """The script of Google's machines, as terraform/modules/gcp/startup_script joins it."""
    *steps, last = ((NODE_FOLDER / name).read_text() for name in (NODE_FOLDER / "gcp/order").read_text().split())
    programs = "\n".join(
        f"program '{name.removeprefix('gcp/').removeprefix('opt/')}' <<'{END}'\n{(NODE_FOLDER / name).read_text()}{END}"
        for name in (NODE_FOLDER / "gcp/programs").read_text().split()
    )
    return "\n".join([*steps, "programs() {", programs, "}\n", last])


@dataclass
class FakeCloud:
    """The two services that a node speaks to, on one port; `refusals` uploads get HTTP 403 first, and all that are no
    records where `media_refused`."""

    metadata: dict[str, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: list[dict[str, Any]] = field(default_factory=list)
    refusals: int = 0
    media_refused: bool = False
    jupyter: bool = False
    port: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def record_when(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first uploaded record for which `holds` is true, once it is there."""
        with self.changed:
            found = self.changed.wait_for(lambda: any(holds(u["record"]) for u in self.uploads), timeout=20)
            assert found, [u["record"] for u in self.uploads]
            return next(u["record"] for u in self.uploads if holds(u["record"]))


class Handler(BaseHTTPRequestHandler):
    cloud: FakeCloud

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith(METADATA):
            value = self.cloud.metadata.get(path.removeprefix(METADATA))
            return self.answer(200, value.encode()) if value is not None else self.answer(404, b"no such value")
        if path == "/api":
            return self.answer(200 if self.cloud.jupyter else 503, b"{}")
        name = unquote(path.rpartition("/o/")[2])
        if self.headers.get("Authorization") != "Bearer node-token" or name not in self.cloud.objects:
            return self.answer(404, b"No such object")
        return self.answer(200, self.cloud.objects[name])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.cloud.changed:
            if self.cloud.refusals > 0:
                self.cloud.refusals -= 1
                return self.answer(403, b"access has not spread yet")
            query = parse_qs(urlsplit(self.path).query)
            if query["uploadType"] == ["media"] and self.cloud.media_refused:
                return self.answer(403, b"no")
            if query["uploadType"] == ["media"]:
                self.cloud.objects[query["name"][0]] = body
                return self.answer(200, b"{}")
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = BytesParser(policy=default).parsebytes(head + body).iter_parts()
            about, record = (json.loads(part.get_content()) for part in parts)
            self.cloud.uploads.append({"path": self.path, "about": about, "record": record})
            self.cloud.changed.notify_all()
        return self.answer(200, b"{}")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Machine:
    """A root folder with the bootstrap; `calls` lists what the recording commands were called with."""

    root: Path
    cloud: FakeCloud
    environment: dict[str, str]
    steps: tuple[str, ...] | None = None

    def only(self, *steps: str) -> None:
        """From now on the bootstrap has these steps alone, in its own order, and the command; a test of one step
        needs no others."""
        self.steps = steps

    def configure(self, **config: Any) -> None:
        """The configuration that the instance's metadata carries."""
        given = {
            "schema": 1,
            "bucket": "b",
            "deployment": "d/abc-deployment",
            "files": None,
            "samples": None,
            "buckets": [],
            "ray": None,
            "file_shares": [],
            "ops_agent": False,
            "gpus": 0,
            "health": {"gate": "off", "before_command": False},
        }
        self.cloud.metadata["attributes/cluster-config"] = json.dumps({**given, "notebook": False, **config})

    def start(self) -> subprocess.CompletedProcess[str]:
        """Runs the startup script, as the guest environment does at every start."""
        script = self.root / "startup-script"
        script.write_text(self.shortened(startup_script()))
        return self.run(str(script))

    def shortened(self, script: str) -> str:
        """The joined bootstrap without the steps that are not wanted."""
        if self.steps is None:
            return script
        lists = re.findall(r"^(?:REQUIRED|OPTIONAL)_STEPS=\((.*)\)$", script, re.MULTILINE)
        known = [name for each in lists for name in each.split()]
        assert set(self.steps) <= set(known), known
        for each in lists:
            kept = " ".join(name for name in each.split() if name in self.steps)
            script = script.replace(f"_STEPS=({each})\n", f"_STEPS=({kept})\n", 1)
        return script

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", *arguments], env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )

    def command(self, name: str, text: str = "") -> None:
        """Puts a command on the machine's PATH that records its call and then does `text`."""
        path = self.root / "bin" / name
        path.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >>"$CALLS"\n{text}\n')
        path.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        path = Path(self.environment["CALLS"])
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if re.match(rf"{name}\b", line)]

    def record(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.root / "var/lib/cluster/record.json").read_text())
        return loaded

    def step(self, name: str) -> dict[str, Any]:
        return next(s for s in self.record()["steps"] if s["name"] == name)


def end_units(machine: Machine) -> None:
    """Ends what the machine's units still run."""
    started = Path(f"{machine.environment['CALLS']}.units")
    for line in started.read_text().split() if started.exists() else ():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(line), signal.SIGKILL)

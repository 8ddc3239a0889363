"""The tool's image, run with Docker as users run it, in a rehearsal whose nodes really boot."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from embedded_cloud.engine import names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import docker
    from docker.models.containers import Container

RUN_SECONDS = 180


@dataclass(frozen=True)
class Finished:
    """A run of the tool that has ended."""

    code: int
    out: str
    told: str

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def lasting_nodes(self) -> list[dict[str, Any]]:
        """The result's nodes without the step that they are at: Create ends while the startup command still runs."""
        return [{key: told for key, told in node.items() if key != "step"} for node in self.result["nodes"]]


@dataclass(frozen=True)
class Tool:
    """The tool's image; each run is a container of its own, removed at its end."""

    engine: docker.DockerClient
    client: str
    image: str
    folder: Path
    mounts: Mapping[str, str] = field(default_factory=dict)  # a folder here -> where the container sees it

    def run(self, action: str, settings: Mapping[str, str], *arguments: str) -> Finished:
        command = self.command(action, settings, *arguments)
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        return Finished(done.returncode, done.stdout, done.stderr)

    def command(self, action: str, settings: Mapping[str, str], *arguments: str, name: str = "") -> list[str]:
        """The command line of a run, whose container has this name, if one is given."""
        env_file = self.folder / "env.list"
        env_file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        mounts = {"/var/run/docker.sock": "/var/run/docker.sock", **self.mounts}
        volumes = [argument for here, there in mounts.items() for argument in ("-v", f"{here}:{there}")]
        named = ["--name", name] if name else []
        command = [self.client, "run", "--rm", *named, *volumes, "--env-file", str(env_file), "-e", "REHEARSE=yes"]
        return [*command, "-e", "OUTPUT=json", self.image, action, *arguments]

    def nodes(self) -> list[Container]:
        return self.engine.containers.list(all=True, ignore_removed=True, filters={"label": f"{names.LABEL}=node"})

    def traces(self) -> list[str]:
        """The names of everything that rehearsals have left on the engine."""
        containers = self.engine.containers.list(all=True, ignore_removed=True, filters={"label": names.LABEL})
        networks = self.engine.networks.list(filters={"label": names.LABEL})
        volumes = self.engine.volumes.list(filters={"label": names.LABEL})
        return [str(thing.attrs["Name"]).lstrip("/") for thing in (*containers, *networks, *volumes)]

    def is_alive(self) -> bool:
        """Whether a rehearsal on the engine runs. One that stands still died with the engine or the machine."""
        return bool(self.engine.containers.list(filters={"label": names.LABEL}))

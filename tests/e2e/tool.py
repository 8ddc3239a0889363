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
        env_file = self.folder / "env.list"
        env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        mounts = {"/var/run/docker.sock": "/var/run/docker.sock", **self.mounts}
        volumes = [argument for here, there in mounts.items() for argument in ("-v", f"{here}:{there}")]
        command = [self.client, "run", "--rm", *volumes, "--env-file", str(env_file), "-e", "REHEARSE=yes"]
        command += ["-e", "OUTPUT=json", self.image, action, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        return Finished(done.returncode, done.stdout, done.stderr)

    def nodes(self) -> list[Container]:
        return self.engine.containers.list(all=True, filters={"label": f"{names.LABEL}=node"})

    def traces(self) -> list[str]:
        """The names of everything that rehearsals have left on the engine."""
        containers = self.engine.containers.list(all=True, filters={"label": names.LABEL})
        networks = self.engine.networks.list(filters={"label": names.LABEL})
        volumes = self.engine.volumes.list(filters={"label": names.LABEL})
        return [str(thing.attrs["Name"]).lstrip("/") for thing in (*containers, *networks, *volumes)]

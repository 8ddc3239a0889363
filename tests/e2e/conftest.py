"""End-to-end tests need a container engine; they set it up as `make demo` does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.tool import Tool

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
SET_UP_SECONDS = 600


@pytest.fixture(scope="session")
def images() -> tuple[str, str]:
    """A Docker client that reaches an engine, and the tool's image, all set up as `make demo` does."""
    script("engine.sh", "start")
    image = script("images.sh", "rehearsal", "node").splitlines()[0]
    chosen = 'source scripts/docker_client.sh; choose_docker; echo "$DOCKER"'
    client = subprocess.run(["bash", "-c", chosen], cwd=PROJECT, capture_output=True, text=True, check=True)
    return client.stdout.strip(), image


@pytest.fixture(scope="session")
def ray_image(images: tuple[str, str]) -> str:
    """The image that the nodes of a Ray cluster boot from."""
    return script("images.sh", "node-ray").strip()


@pytest.fixture(scope="session")
def azure_image(images: tuple[str, str]) -> str:
    """The image that Azure's machines boot from."""
    return script("images.sh", "node-azure").strip()


@pytest.fixture(scope="session")
def slurm_image(images: tuple[str, str]) -> str:
    """The image that the machines of a Slurm cluster boot from, on every cloud."""
    return script("images.sh", "node-slurm").strip()


@pytest.fixture(scope="session")
def existing_image(images: tuple[str, str]) -> str:
    """The image that machines boot from that exist already."""
    return script("images.sh", "node-existing").strip()


@pytest.fixture(scope="module")
def tool(images: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    """An engine without any rehearsal on it, before and after."""
    import docker

    engine = docker.from_env()
    folder, copied = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("copied")
    tool = Tool(engine, *images, folder, {str(copied): "/usr/aiinfra/copy"})
    clear_away_what_died(tool)
    if tool.traces():
        pytest.fail(f"a rehearsal is on this engine; 'make demo-down FORCE=1' removes it: {tool.traces()}")
    yield tool
    script("demo_down.sh", "--force")
    engine.close()


def clear_away_what_died(tool: Tool) -> None:
    """Removes a rehearsal of which nothing runs any more: a test run's that ended with its machine."""
    if tool.traces() and not tool.is_alive():
        script("demo_down.sh", "--force")


def script(name: str, *arguments: str, **environ: str) -> str:
    command = [str(PROJECT / "scripts" / name), *arguments]
    environment = {**os.environ, **environ}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SET_UP_SECONDS, check=False)
    if done.returncode:
        pytest.fail(f"{name} failed with code {done.returncode} ('make test-fast' needs no engine): {done.stderr}")
    return done.stdout

"""The image in containers as platforms run them: of another user, without rights, with a file system to read alone."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine

SECONDS = 120
ENV_FILE = """PROJECT_ID=my-project
NAME_PREFIX=vega
ZONE=us-central1-a
VM_TYPE=n1-standard-4
INSTANCE_COUNT=2
"""
MEMORY = ("--read-only", "--tmpfs", "/tmp:exec")  # in the container
# The profile "restricted" of Kubernetes' pod security standards, and a root file system that can't be written.
RESTRICTED = (*MEMORY, "--user", "1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


def run(images: tuple[str, str], folder: Path, action: str, *options: str) -> subprocess.CompletedProcess[str]:
    client, image = images
    env_file = folder / "env.list"
    env_file.write_text(ENV_FILE)
    command = [client, "run", "--rm", "--network", "none", *options, "--env-file", str(env_file), image, action]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.parametrize("options", [("--user", "1000"), RESTRICTED], ids=["another-user", "restricted"])
def test_a_rehearsal_goes_through_and_says_what_becomes_of_its_cloud(
    images: tuple[str, str], tmp_path: Path, options: tuple[str, ...]
) -> None:
    created = run(images, tmp_path, "Create", *options, "--env", "REHEARSE=plan")
    assert created.returncode == 0, created.stderr
    assert "Its cloud ends with this container" in created.stderr


def test_a_run_on_the_real_cloud_gets_as_far_as_its_credentials(images: tuple[str, str], tmp_path: Path) -> None:
    asked = run(images, tmp_path, "Validate", *RESTRICTED)
    assert asked.returncode == 10, asked.stderr
    assert "Traceback" not in asked.stderr


def test_who_gives_a_disk_without_programs_is_told_how_to_give_another(images: tuple[str, str], tmp_path: Path) -> None:
    created = run(images, tmp_path, "Create", "--read-only", "--tmpfs", "/tmp", "--env", "REHEARSE=plan")
    assert created.returncode == 17, created.stderr
    assert "--tmpfs /tmp:exec does" in created.stderr

"""The plugin's process ends with Terraform, however that ends, and takes its socket's folder with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from embedded_cloud.standin import install
from embedded_cloud.standin.serve import _COOKIE


@pytest.fixture
def terraform(tmp_path: Path) -> subprocess.Popen[str]:
    """A parent process of the plugin's, whose path has a space and a dollar sign in it."""
    mirror = install(tmp_path / "a $folder", "google")
    (launcher,) = (path for path in mirror.rglob("*") if path.is_file())
    environ = {**os.environ, _COOKIE[0]: _COOKIE[1], "PLUGIN_UNIX_SOCKET_DIR": str(tmp_path), "LAUNCHER": str(launcher)}
    command = ["sh", "-c", '"$LAUNCHER" & echo $!; wait']
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def started(terraform: subprocess.Popen[str]) -> tuple[int, Path]:
    """The plugin's process, and the folder of its socket."""
    assert terraform.stdout is not None
    process = int(terraform.stdout.readline())
    folder = Path(terraform.stdout.readline().split("|")[3]).parent
    assert folder.is_dir()
    return process, folder


def is_gone(folder: Path) -> bool:
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not folder.exists()


def test_it_ends_when_terraform_was_killed(terraform: subprocess.Popen[str]) -> None:
    _, folder = started(terraform)
    terraform.kill()
    terraform.wait()
    assert is_gone(folder)


def test_it_ends_when_it_is_told_to(terraform: subprocess.Popen[str]) -> None:
    process, folder = started(terraform)
    os.kill(process, signal.SIGTERM)
    assert is_gone(folder)
    assert terraform.wait(10) == 0

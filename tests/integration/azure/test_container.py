"""A rehearsal on Azure that is the first process of its container: its end is everybody's, and it keeps its state."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.azure.tool import SETTINGS

ENTRYPOINT = Path(__file__).resolve().parents[3] / "entrypoint.py"
FIRST = ("unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")


BELOW_AN_INIT = ("sh", "-c", '"$@"; exit $?', "init")


def test_what_the_first_process_of_a_container_made_is_there_for_the_next_one(tmp_path: Path, azurite: None) -> None:
    tried = subprocess.run([*FIRST, "true"], check=False, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"processes can't have numbers of their own here: {tried.stderr.strip()}")
    for folder in ("home", "tmp", "cloud"):
        (tmp_path / folder).mkdir()
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    own |= {"REHEARSE": "plan", "REHEARSE_DIR": str(tmp_path / "cloud"), "SSH_KEY_FILE": str(tmp_path / "key")}
    cloud = tmp_path / "cloud"
    for action, init in (("Create", ()), ("Status", BELOW_AN_INIT), ("Destroy", ())):
        ran = subprocess.run(
            [*FIRST, *init, sys.executable, str(ENTRYPOINT), action],
            env={**own, **SETTINGS},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{action}: {ran.stderr}"
        assert not (cloud / "cloud.json").exists()  # the cloud has come to its own end

"""The image carries its documents and env files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PROJECT = Path(__file__).resolve().parents[2]


def shown(images: tuple[str, str], *arguments: str) -> str:
    client, image = images
    command = [client, "run", "--rm", "--network", "none", image, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_a_page_and_an_env_file_are_shown_without_settings_or_network(images: tuple[str, str]) -> None:
    assert (
        shown(images, "Docs", "troubleshooting").rstrip() == (PROJECT / "docs/troubleshooting.md").read_text().rstrip()
    )
    assert "\nORCHESTRATOR_TYPE=slurm\n" in shown(images, "Init", "azure", "slurm")

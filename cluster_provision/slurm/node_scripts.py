"""The scripts of node/slurm, which are copied to the machines as they are."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "node" / "slurm"


@cache
def node_scripts(folder: str) -> dict[str, str]:
    """Return name → text of the files of a folder below node/slurm."""
    return {
        each.name: each.read_text(encoding="utf-8") for each in sorted((FOLDER / folder).iterdir()) if each.is_file()
    }


@cache
def node_script(name: str) -> str:
    """Return the text of one file of node/slurm."""
    return (FOLDER / name).read_text(encoding="utf-8")

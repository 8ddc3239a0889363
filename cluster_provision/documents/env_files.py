"""Env files to start from, by cloud and kind of cluster: those of examples/, which the tests rehearse."""

from __future__ import annotations

from pathlib import Path

from cluster_provision.errors import SettingsError

FOLDER = Path(__file__).resolve().parents[2] / "examples"
FIRST = {"gcp": "quickstart", "azure": "vms", "existing": "slurm"}
"""The kind of each cloud that is meant where none is named."""

WRITTEN_AS = "env.list"
INIT = "Init <cloud> [kind], such as Init gcp slurm >env.list"


def env_file(argument: str) -> str:
    """A commented env file for `<cloud> [kind]`, ready to be written to env.list.

    Raises SettingsError with all clouds and kinds for others.
    """
    words = argument.casefold().split()
    cloud = words[0] if words else ""
    kind = words[1] if len(words) > 1 else FIRST.get(cloud, "")
    path = FOLDER / f"{cloud}-{kind}.list"
    if len(words) > 2 or kind not in kinds(cloud):
        there = "; ".join(f"{each}: {', '.join(kinds(each))}" for each in FIRST)
        asked = f"Init {argument.strip()}: there is no such env file" if words else f"Init needs an argument: {INIT}"
        raise SettingsError((f"{asked}; the clouds and their kinds are {there}",), f"Write {INIT}.", where="")
    return path.read_text(encoding="utf-8").replace(path.name, WRITTEN_AS).rstrip()


def kinds(cloud: str) -> tuple[str, ...]:
    """The kinds of clusters that there is an env file for."""
    if cloud not in FIRST:
        return ()
    return tuple(each.stem.removeprefix(f"{cloud}-") for each in sorted(FOLDER.glob(f"{cloud}-*.list")))

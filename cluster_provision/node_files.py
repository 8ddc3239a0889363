"""The files that the tool writes on Azure's machines, by their paths there (docs/azure-nodes.md)."""

from __future__ import annotations

from pathlib import Path

NODE = Path(__file__).parents[1] / "node"
"""The folder of everything that runs on the machines."""

CONFIG_FILE = "/etc/cluster/config.json"
BOOTSTRAP = "/usr/local/lib/cluster/bootstrap.sh"
PROFILE = "/etc/profile.d/cluster.sh"


def copied_files(node: Path = NODE) -> dict[str, Path]:
    """Return the files that are copied unchanged from `node`: the shells' profile, the units, the scripts of /opt."""
    units = node / "azure/units"
    return {
        PROFILE: node / "azure/profile.sh",
        **{f"/etc/systemd/system/{each.name}": each for each in _all(units)},
        **{
            f"/opt/{each.relative_to(opt).as_posix()}": each
            for opt in (node / "opt", node / "azure/opt")
            for each in _all(opt)
        },
    }


def own_paths() -> frozenset[str]:
    """Return the paths of all of them, and of the files that are made for each cluster."""
    return frozenset((CONFIG_FILE, BOOTSTRAP, *copied_files()))


def _all(folder: Path) -> list[Path]:
    """Return the files below a folder, without compiled Python."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)

"""What this machine's record says of Slurm."""

from __future__ import annotations

from typing import Any

from node.slurm_cloud.place import FACT_FILE, read_json, write_json


def update(**changes: Any) -> bool:
    """Change some of it; returns whether that made a difference."""
    found = read_json(FACT_FILE)
    before: dict[str, Any] = found if isinstance(found, dict) else {}
    after = {**before, **changes}
    if after == before:
        return False
    write_json(FACT_FILE, after)
    return True

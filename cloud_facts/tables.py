"""The data files as they stand: each begins with what its words mean, its sources, and the day they were read."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def table(cloud: str, name: str) -> dict[str, Any]:
    """Return the content of <cloud>/<name>.toml, read once."""
    return tomllib.loads((FOLDER / cloud / f"{name}.toml").read_text(encoding="utf-8"))

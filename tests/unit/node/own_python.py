"""A Python of a trial machine's own."""

from __future__ import annotations

import sys
from pathlib import Path


def give_python(root: Path) -> None:
    """Puts a python3 on the PATH of the machine at `root`, as a virtual environment has one: the standard library, and
    no packages but those at `packages`. What a script does to the machine's Python stays there.
    """
    real = Path(sys.executable).resolve()
    (root / "bin/python3").symlink_to(real)
    (root / "pyvenv.cfg").write_text(f"home = {real.parent}\ninclude-system-site-packages = false\n")
    packages(root).mkdir(parents=True)


def packages(root: Path) -> Path:
    return root / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"

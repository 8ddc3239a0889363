"""Write the lock of node/ray.in for the nodes: reads a pylock file (PEP 751), prints node/steps/ray_packages.sh.

Instance metadata holds 256 KB, so only the hashes that a node can need are kept: wheels for Linux on x86-64 and Arm,
for Python 3.10 to 3.13. Fails where a package has none.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

HEADER = """# shellcheck shell=bash
# Written by scripts/lock.sh from node/ray.in; not to be edited. Ray and all that it needs, one package a line, with the
# hashes of its wheels.

ray_packages() {
  cat <<'PACKAGES'
"""
FOOTER = """PACKAGES
}
"""
PYTHONS = ("cp310", "cp311", "cp312", "cp313")
MACHINES = ("x86_64", "aarch64")


def main() -> None:
    lock = tomllib.loads(Path(sys.argv[1]).read_text())
    always = f"python_full_version >= '{lock['requires-python'].removeprefix('>=')}'"
    for_linux = [p for p in lock["packages"] if "sys_platform == 'win32'" not in p.get("marker", "")]
    sys.stdout.write(HEADER + "".join(line(package, always) for package in for_linux) + FOOTER)


def line(package: dict[str, Any], always: str) -> str:
    """`always` is the marker of a package that every node needs."""
    kept = [w["hashes"]["sha256"] for w in package.get("wheels", ()) if fits(w["url"].rpartition("/")[2])]
    if not kept:
        sys.exit(f"{package['name']} {package['version']} has no wheel for the nodes")
    marker = package.get("marker", always)
    when = f" ; {marker}" if marker != always else ""
    return f"{package['name']}=={package['version']}{when} {' '.join(f'--hash=sha256:{digest}' for digest in kept)}\n"


def fits(wheel: str) -> bool:
    """Whether a node may install the wheel: https://packaging.python.org/specifications/binary-distribution-format"""
    python, abi, platform = wheel.removesuffix(".whl").split("-")[-3:]
    runs = any(tag.startswith("py3") or tag in PYTHONS for tag in python.split(".")) or abi == "abi3"
    threaded = abi.startswith("cp") and abi.endswith("t")
    linux = platform == "any" or ("linux" in platform and "musl" not in platform and platform.endswith(MACHINES))
    return runs and linux and not threaded


if __name__ == "__main__":
    main()

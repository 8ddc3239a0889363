"""What a user's own servers of packages have: Slurm's packages with a raised version, signed; a stand-in of Pyxis."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.tool import Tool

ADDRESS = "http://packages.rehearsal.internal"
VERSION = "22.05.99-1"
OWNER = "Packages <packages@example.org>"
PLUGIN = "usr/lib/x86_64-linux-gnu/slurm/spank_pyxis.so"
PYXIS = "nvslurm-plugin-pyxis"
PYXIS_VERSION = "0.21.0-1"
SOURCE = Path(__file__).with_name("pyxis_standin.c")
# The distribution's own packages of Slurm, each with the same content and another version, by which they also depend
# on each other; and their index.
REPACK = r"""set -euo pipefail
cd /repository
mkdir -p pool dists/stable/main/binary-amd64
for file in /opt/packages/{slurm,libslurm,libpam-slurm}*.deb; do
  old=$(dpkg-deb --field "$file" Version)
  unpacked=$(mktemp -d)
  dpkg-deb --raw-extract "$file" "$unpacked"
  sed -i "s/$old/$1/g" "$unpacked/DEBIAN/control"
  dpkg-deb -Zgzip -z1 --build "$unpacked" "pool/$(dpkg-deb --field "$file" Package).deb" >/dev/null
done
for file in pool/*.deb; do
  dpkg-deb --field "$file"
  printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d' ' -f1)"
done >dists/stable/main/binary-amd64/Packages
chmod -R a+rX .
"""


def make_repository(tool: Tool, image: str, folder: Path) -> str:
    """Make it in this folder, of the packages that the image of machines has; returns its public key as text."""
    folder.mkdir(parents=True)
    command = [tool.client, "run", "--rm", "-v", f"{folder}:/repository", "--entrypoint", "bash", image]
    subprocess.run([*command, "-c", REPACK, "bash", VERSION], check=True, capture_output=True)
    index = folder / "dists/stable/main/binary-amd64/Packages"
    told = index.read_bytes()
    release = (
        f"Suite: stable\nCodename: stable\nDate: {formatdate(usegmt=True)}\nArchitectures: amd64\nComponents: main\n"
        f"SHA256:\n {hashlib.sha256(told).hexdigest()} {len(told)} main/binary-amd64/Packages\n"
    )
    return _signed(release, folder / "dists/stable/InRelease")


def _signed(text: str, file: Path) -> str:
    """Write it with a signature; returns the public key."""
    home = tempfile.mkdtemp(prefix="gpg")  # its sockets' paths must be short
    gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    try:
        made = [*gpg, "--quick-generate-key", OWNER, "rsa2048", "sign", "never"]
        subprocess.run(made, check=True, capture_output=True)
        signed = subprocess.run([*gpg, "--clearsign"], input=text.encode(), check=True, capture_output=True)
        key = subprocess.run([*gpg, "--armor", "--export", OWNER], check=True, capture_output=True, text=True)
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)
    file.write_bytes(signed.stdout)
    file.chmod(0o644)
    return key.stdout


def make_pyxis(folder: Path, version: int) -> str:
    """Make a package of the stand-in, for this Slurm (its SLURM_VERSION_NUMBER); returns what PYXIS_PACKAGES takes."""
    name = f"{PYXIS}_{PYXIS_VERSION}_amd64.deb"
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "root"
        plugin = root / PLUGIN
        plugin.parent.mkdir(parents=True)
        compiled = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(plugin), str(SOURCE)]
        subprocess.run([*compiled, f"-DSLURM_VERSION={version:#x}"], check=True)
        control = root / "DEBIAN" / "control"
        control.parent.mkdir()
        control.write_text(
            f"Package: {PYXIS}\nVersion: {PYXIS_VERSION}\nArchitecture: amd64\nMaintainer: {OWNER}\n"
            "Description: stand-in for Pyxis\n"
        )
        folder.mkdir(parents=True, exist_ok=True)
        built = ["dpkg-deb", "-Zgzip", "--root-owner-group", "--build", str(root), str(folder / name)]
        subprocess.run(built, check=True, capture_output=True)
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f"{ADDRESS}/{folder.name}/{name}#sha256={digest}"

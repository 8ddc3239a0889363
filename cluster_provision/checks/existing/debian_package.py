"""A package of Debian's kind: what it says of itself, and for which Slurm a plug-in in it was built (deb, elf(5))."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tarfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "dpkg-deb"
SYMBOL = b"plugin_version"
SECTION = struct.Struct("<IIQQQQIIQQ")  # Elf64_Shdr
SYMBOLS = struct.Struct("<IBBHQQ")  # Elf64_Sym
DYNSYM = 11  # SHT_DYNSYM


@dataclass(frozen=True)
class DebianPackage:
    """`plugins` are the shared objects of Slurm's plug-ins in it, by their paths: each with the release it is for,
    None where that can't be told."""

    name: str
    version: str
    architecture: str
    plugins: dict[str, Release | None] = field(default_factory=dict)


def can_read_packages() -> bool:
    """Whether dpkg-deb is here, which the tool's image has."""
    return shutil.which(PROGRAM) is not None


def read_fields(file: Path) -> DebianPackage:
    """What it says of itself, without a look at its files. Raises ValueError where it is none."""
    fields = dict(
        line.partition(": ")[::2] for line in _told("--field", str(file)).decode("utf-8", "replace").splitlines()
    )
    return DebianPackage(fields.get("Package", ""), fields.get("Version", ""), fields.get("Architecture", ""))


def read_package(file: Path) -> DebianPackage:
    """With its plug-ins, for which all of it is unpacked in memory. Raises ValueError where it is none."""
    plugins = {}
    with tarfile.open(fileobj=io.BytesIO(_told("--fsys-tarfile", str(file)))) as content:
        for member in content:
            if member.isfile() and member.name.endswith(".so") and (text := content.extractfile(member)):
                plugins[f"/{member.name.removeprefix('./').lstrip('/')}"] = plugin_release(text.read())
    return replace(read_fields(file), plugins=plugins)


def _told(*arguments: str) -> bytes:
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip() or f"{PROGRAM} ended with {done.returncode}")
    return done.stdout


def plugin_release(text: bytes) -> Release | None:
    """The release in a plug-in's `plugin_version`, None where there is none.

    It is (major << 16) + (minor << 8) + micro; of SPANK plug-ins slurmd compares the first two (SchedMD/slurm,
    src/common/plugin.c, `_verify_syms`, and slurm/slurm.h, SLURM_VERSION_NUM; read 2026-11-30).
    """
    try:
        version = _value(text, SYMBOL)
    except (struct.error, IndexError):
        return None
    return Release(version >> 16, version >> 8 & 0xFF) if version else None


def _value(text: bytes, name: bytes) -> int:
    """A dynamic symbol's 32 bits, 0 where there is none, of a 64-bit little-endian ELF file."""
    if text[:6] != b"\x7fELF\x02\x01":
        return 0
    (start,) = struct.unpack_from("<Q", text, 40)
    size, count = struct.unpack_from("<HH", text, 58)
    sections = [SECTION.unpack_from(text, start + size * at) for at in range(count)]
    for _, kind, _, _, offset, length, link, *_ in sections:
        if kind != DYNSYM:
            continue
        names = sections[link][4]
        for at in range(offset, offset + length, SYMBOLS.size):
            own, _, _, place, address, _ = SYMBOLS.unpack_from(text, at)
            if text[names + own :].startswith(name + b"\0") and 0 < place < count:
                held = sections[place]
                return int(struct.unpack_from("<I", text, held[4] + address - held[3])[0])
    return 0

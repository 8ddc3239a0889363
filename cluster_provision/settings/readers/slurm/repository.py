"""Reads a repository of packages, as a line of apt's sources.list(5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from pathlib import Path

_ARMOUR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_WORD = "[A-Za-z0-9._+~/-]+"


@dataclass(frozen=True)
class AptRepository:
    """A repository. `key` is the text of the file with its public key, empty where it is trusted without one."""

    uri: str
    suite: str
    components: tuple[str, ...]
    key_file: Path | None
    key: str = field(default="", repr=False)


class Repository:
    """One line of sources.list(5)."""

    type_name = "apt repository"
    allowed = "deb [signed-by=<file with its public key>] https://host/path suite component; trusted=yes without a key"
    spaces = "ignored"

    def read(self, text: str) -> AptRepository:
        """Return the repository. Raises BadValue."""
        if "@" in text.partition("//")[2].partition("/")[0]:
            raise BadValue("holds a user or a password in its address, which would stand on every machine", secret=True)
        line = re.fullmatch(r"(?:deb\s+)?(?:\[([^]]*)\])?(.*)", text.strip())
        if line is None or len(line.group(2).split()) < 2:
            raise BadValue(f"is no line of sources.list(5): write {self.allowed}")
        uri, suite, *components = line.group(2).split()
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~+%=/-]*)?", uri):
            raise BadValue(f"has the address {shown(uri)}; it must begin with https:// or http://")
        for word in (suite, *components):
            if not re.fullmatch(_WORD, word):
                raise BadValue(f"has {shown(word)}, which is neither a suite nor a component")
        if not components and not suite.endswith("/"):
            raise BadValue("names no component after the suite, such as main")
        key_file = _key_file((line.group(1) or "").split())
        key = key_file.read_text(encoding="utf-8") if key_file else ""
        return AptRepository(uri, suite, tuple(components), key_file, key)

    def show(self, value: Any) -> str:
        if value is None:
            return ""
        option = f"signed-by={value.key_file}" if value.key_file else "trusted=yes"
        return " ".join(("deb", f"[{option}]", value.uri, value.suite, *value.components))

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def _key_file(options: list[str]) -> Path | None:
    """Return the file of the key; None where the repository is trusted without one."""
    given = dict(option.partition("=")[::2] for option in options)
    foreign = sorted(given.keys() - {"signed-by", "arch", "trusted"})
    if foreign:
        raise BadValue(f"has the option {shown(foreign[0])}; signed-by, arch and trusted are known here")
    if given.get("signed-by"):
        return GivenFile("the repository's public key, in its text form (.asc)", check=_check_key).read(
            given["signed-by"]
        )
    if given.get("trusted") == "yes":
        return None
    raise BadValue("names no key: write [signed-by=/path/of/the/key.asc] before its address, mounted with -v")


def _check_key(text: str) -> None:
    if _ARMOUR not in text:
        raise BadValue(f"holds no public key in text form, which begins with {_ARMOUR} (gpg --armor --export makes it)")

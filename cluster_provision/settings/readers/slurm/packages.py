"""Reads packages that machines fetch: a URL with the file's SHA-256 each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.lists import read_entries, twice
from cluster_provision.settings.reading import BadValue

_URL = r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~+%@=-]+)*/[A-Za-z0-9._~+%=-]+[.]deb"
_ARCHIVE = r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~+%@=-]+)+"


@dataclass(frozen=True)
class PackageUrl:
    """A package of Debian's kind, and the SHA-256 of its file in hexadecimal digits."""

    url: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]


class PackageUrls:
    """URLs with #sha256= and the hash, separated by commas."""

    type_name = "list of packages"
    allowed = "https://host/path/name.deb#sha256=<64 hexadecimal digits>, separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[PackageUrl, ...]:
        """Return the packages in order. Raises BadValue with a reason for every bad one."""
        found = read_entries(text, _package)
        doubles = twice(each.file_name for each in found)
        if doubles:
            raise BadValue(*(f"names {name} twice" for name in doubles))
        return found

    def show(self, value: Any) -> str:
        return ",".join(f"{each.url}#sha256={each.sha256}" for each in value)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


class ArchiveUrl:
    """One URL with #sha256= and the hash, of an archive whose name says nothing of its kind."""

    type_name = "archive"
    allowed = "https://host/path#sha256=<64 hexadecimal digits>"
    spaces = "ignored"

    def read(self, text: str) -> PackageUrl:
        """Return the archive. Raises BadValue with the reason for a bad one."""
        url, _, _ = text.strip().partition("#")
        if not re.fullmatch(_ARCHIVE, url):
            raise BadValue("is not the URL of an archive: it begins with https://")
        return _hashed(text.strip())

    def show(self, value: Any) -> str:
        return "" if value is None else f"{value.url}#sha256={value.sha256}"

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def _package(entry: str) -> PackageUrl:
    if not re.fullmatch(_URL, entry.partition("#")[0]):
        raise BadValue("is not the URL of a package: it begins with https:// and ends with .deb")
    return _hashed(entry)


def _hashed(entry: str) -> PackageUrl:
    url, mark, rest = entry.partition("#")
    if not mark:
        raise BadValue("has no hash; write #sha256= and the file's SHA-256 after it (sha256sum prints it)")
    if not re.fullmatch("sha256=[0-9A-Fa-f]{64}", rest):
        raise BadValue("has no SHA-256 after the #: write #sha256= and 64 hexadecimal digits")
    return PackageUrl(url, rest.removeprefix("sha256=").lower())

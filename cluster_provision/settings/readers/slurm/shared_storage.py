"""Reads where homes and shared files of a cluster on a cloud are: a word, or an NFS server of the user's own."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any

from cloud_facts.azure.netapp import DEFAULT_TIB, LEAST_TIB, MOST_TIB
from cluster_provision.settings.readers.choices import Choice, words_in_any_case
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.readers.paths import machine_path
from cluster_provision.settings.reading import BadValue, folded, shown

ANF = "anf"
"""Azure NetApp Files."""

_NFS = "nfs:"
_CAPACITY = WholeNumber(LEAST_TIB, MOST_TIB)
# RFC 1123, 2.1: labels of a host's name.
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
_LONGEST_HOST = 253


@dataclass(frozen=True)
class SharedStorage:
    """`kind` is the word. For `nfs`, `server` exports the folder `path`; for `anf`, `tib` is the capacity in TiB."""

    kind: str
    server: str = ""
    path: str = ""
    tib: int = 0

    @property
    def text(self) -> str:
        """As it is written in the env file."""
        if self.tib:
            return f"{self.kind}:{self.tib}"
        server = f"[{self.server}]" if ":" in self.server else self.server
        return f"{self.kind}:{server}:{self.path}" if self.server else self.kind

    @property
    def place(self) -> str:
        """What stays the same as long as the cluster has its homes there."""
        return self.kind if self.tib else self.text

    @property
    def holds_more(self) -> bool:
        """Whether it is mounted as a whole, with homes in a folder of it."""
        return self.kind in ("nfs", ANF)


ON_CONTROLLER = SharedStorage("controller")


@dataclass(frozen=True)
class Storage:
    """One of the words of `choice`, or nfs:<server>:/<path>; the word anf may have a colon and a number of TiB."""

    choice: Choice[str]
    type_name: str = "one of the values"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        words = ", ".join(f"{each}[:<TiB>]" if each == ANF else each for each in self.choice.values)
        return f"{words}, or nfs:<server>:/<exported folder>"

    def read(self, text: str) -> SharedStorage:
        """Raises BadValue."""
        given = text.strip()
        if folded(given).startswith(_NFS):
            return _server(given[len(_NFS) :].strip())
        if folded(given) == _NFS[:-1]:
            raise BadValue("has no server; write nfs:<server>:/<exported folder>, such as nfs:10.0.0.4:/export/shared")
        word, colon, rest = given.partition(":")
        if colon and folded(word) == ANF in self.choice.values:
            return SharedStorage(ANF, tib=_CAPACITY.read(rest.strip()))
        if folded(given) not in map(folded, (*self.choice.values, *self.choice.later, *self.choice.refused)):
            raise BadValue(f"is none of the allowed values: {self.allowed}")
        kind = self.choice.read(given)
        return SharedStorage(kind, tib=DEFAULT_TIB if kind == ANF else 0)

    def show(self, value: Any) -> str:
        return value.text if value else ""

    def schema(self) -> dict[str, Any]:
        words = words_in_any_case(self.choice.values)
        sized = "|[Aa][Nn][Ff]:\\s*[0-9]+" if ANF in self.choice.values else ""
        return {"pattern": f"^\\s*({words}{sized}|[Nn][Ff][Ss]:.+:/.*)\\s*$"}


def _server(text: str) -> SharedStorage:
    found = re.fullmatch(r"(?:\[([^\]]*)\]|([^:/]*)):(.*)", text)
    if not found or not (server := found[1] or found[2]):
        raise BadValue("has no server and folder; write nfs:<server>:/<exported folder>; an IPv6 address in brackets")
    path = machine_path(found[3])
    if not _is_address(server):
        if re.fullmatch("[0-9.]+", server) or found[1]:
            raise BadValue(f"has the server {shown(server)}, which is no IP address")
        if len(server) > _LONGEST_HOST or not re.fullmatch(_HOST, server):
            raise BadValue(f"has the server {shown(server)}, which is neither an IP address nor a host's name")
    return SharedStorage("nfs", server, path)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True

"""Reads what is shared by NFS and what is mounted: `/path:clients(options)` and `[server:]/path:/folder[:options]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.settings.existing.nfs import NfsExport, NfsMount
from cluster_provision.settings.readers.existing.names import host_address
from cluster_provision.settings.readers.paths import machine_path
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# exports(5): a client is a host, an address, a network, @netgroup or *, and its options follow without a blank.
_CLIENT = r"(?:[A-Za-z0-9*?@_.:/-]|\[[A-Za-z0-9-]+\])+"
_OPTIONS = r"[A-Za-z0-9_=:,./@+-]*"
_MOUNT_OPTIONS = re.compile(r"[A-Za-z0-9_=:,./@+-]+")
# A share on one of these would hide what the machine runs on.
_NEEDED = frozenset(
    {"/", "/bin", "/lib", "/lib64", "/root", "/sbin", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/libexec"}  # noqa: S108
    | {"/usr/sbin", "/usr/share", "/var", "/var/cache", "/var/lib", "/var/lib/dpkg", "/var/log", "/var/spool"}
)
_NEEDED_WITH_BELOW = ("/boot", "/dev", "/etc", "/proc", "/run", "/sys")
# What Create puts on each machine, its journal first: on a share, one machine's would take the place of another's.
OWN_FOLDERS = (
    "/usr/local/lib/cluster-provision",
    "/usr/local/share/slurm-examples",
    "/var/lib/cluster-provision",
    "/var/lib/enroot",
    "/var/lib/mysql",
    "/var/lib/nfs",
    "/var/log/slurm",
    "/var/spool/slurmctld",
    "/var/spool/slurmd",
)


class NfsExports:
    """Folders with their clients, separated by semicolons."""

    type_name = "list of exports"
    allowed = "/path:client(options), several clients separated by blanks, several exports by semicolons"
    spaces = "ignored"

    def read(self, text: str) -> tuple[NfsExport, ...]:
        """Return the exports in order. Raises BadValue with a reason for every bad one."""
        found = _entries(text, _export)
        _refuse_twice([each.path for each in found], "exports")
        return found

    def show(self, value: Any) -> str:
        return ";".join(f"{each.path}:{each.options}" for each in value)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


class NfsMounts:
    """Shares with the folders to mount them on, separated by semicolons."""

    type_name = "list of NFS mounts"
    allowed = "[server:]/path:/folder[:options], several separated by semicolons"
    spaces = "ignored"

    def read(self, text: str) -> tuple[NfsMount, ...]:
        """Return the mounts in order; an empty server is NFS_SERVER. Raises BadValue with every reason."""
        found = _entries(text, _mount)
        _refuse_twice([each.mountpoint for each in found], "mounts on")
        return found

    def show(self, value: Any) -> str:
        return ";".join(
            ":".join(filter(None, (_bracketed(each.server), each.path, each.mountpoint, each.options)))
            for each in value
        )

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def export_of(path: str, options: str) -> NfsExport:
    """Return an export. Raises BadValue for a path or clients that exports(5) wouldn't read as they are meant."""
    found = machine_path(path)
    if found == "/" or any(f"{found}/".startswith(f"{tree}/") for tree in _NEEDED_WITH_BELOW):
        raise BadValue(f"shares {shown(found)}, which holds the machine's own files")
    return NfsExport(found, clients_of(options))


def clients_of(text: str) -> str:
    """Return the clients of an export with single blanks between them. Raises BadValue."""
    clients = text.split()
    if not clients:
        raise BadValue("has no clients; write which hosts may mount it, such as *(rw,sync)")
    for client in clients:
        if client.startswith("("):
            raise BadValue(
                f"has a blank before {shown(client)}: exports(5) gives such options to every host; write them right "
                "after the client"
            )
        if not re.fullmatch(rf"{_CLIENT}(?:\({_OPTIONS}\))?", client):
            raise BadValue(f"has {shown(client)}, which is no client as in exports(5), such as 10.0.0.0/24(rw,sync)")
    return " ".join(clients)


def mount_of(server: str, path: str, mountpoint: str, options: str) -> NfsMount:
    """Return a mount. Raises BadValue."""
    found = machine_path(mountpoint)
    if found in _NEEDED or any(f"{found}/".startswith(f"{tree}/") for tree in _NEEDED_WITH_BELOW):
        raise BadValue(f"mounts on {shown(found)}, and would hide what the machine runs on")
    for own in OWN_FOLDERS:
        if f"{own}/".startswith(f"{found}/") or f"{found}/".startswith(f"{own}/"):
            raise BadValue(
                f"mounts on {shown(found)}, where {own} of each machine's own has to be; mount on a folder of yours, "
                "such as /mnt/shared"
            )
    if options and not _MOUNT_OPTIONS.fullmatch(options):
        raise BadValue(f"has the options {shown(options)}; they are words separated by commas, such as async,vers=3")
    return NfsMount(found, host_address(server) if server else "", machine_path(path), options or "defaults")


def _export(entry: str) -> NfsExport:
    path, colon, options = entry.partition(":")
    if not colon:
        raise BadValue("has no colon after the path; write /path:client(options), such as /export/shared:*(rw,sync)")
    return export_of(path.strip(), options.strip())


def _mount(entry: str) -> NfsMount:
    server = ""
    if not entry.startswith("/"):
        named = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:/]+):(/.*)", entry)
        if not named:
            raise BadValue("begins neither with a path nor with a server, a colon and a path, such as filer:/vol/data")
        server, entry = named.group(1).strip("[]"), named.group(2)
    path, _, rest = entry.partition(":")
    mountpoint, _, options = rest.partition(":")
    if not mountpoint:
        raise BadValue("has no folder to mount on; write /path:/folder, such as /export/shared:/mnt/shared")
    return mount_of(server, path, mountpoint, options)


def _entries(text: str, read: Callable[[str], T]) -> tuple[T, ...]:
    found: list[T] = []
    reasons: list[str] = []
    for position, entry in enumerate(text.split(";"), start=1):
        stripped = entry.strip()
        if not stripped:
            continue
        try:
            found.append(read(stripped))
        except BadValue as bad:
            reasons += [f"entry {position} ({shown(stripped)}) {reason}" for reason in bad.reasons]
    if reasons:
        raise BadValue(*reasons)
    return tuple(found)


def _bracketed(server: str) -> str:
    return f"[{server}]" if ":" in server else server


def _refuse_twice(paths: list[str], what: str) -> None:
    doubles = dict.fromkeys(path for path in paths if paths.count(path) > 1)
    if doubles:
        raise BadValue(*(f"{what} {shown(path)} twice" for path in doubles))

"""What an inventory has the NFS server share, and what its clients mount: nfs_exports and nfs_mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.settings.readers.existing.nfs import export_of, mount_of
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cluster_provision.settings.existing.guide.connection import FoundMachine
    from cluster_provision.settings.existing.guide.values import Value, Values
    from cluster_provision.settings.existing.nfs import NfsExport, NfsMount
    from cluster_provision.settings.inventory import Host

T = TypeVar("T")


def exports_of(server: Host, values: Values) -> tuple[NfsExport, ...]:
    """Return what the server shares."""
    given = values.of(server, "nfs_exports")
    if not values.is_true(server, "slurm_enable_nfs_server", default=True):
        if given is not None:
            values.findings.note(given.place, "nothing is shared, since slurm_enable_nfs_server says so")
        return ()
    return _items(given, ("path", "options"), _export, values) if given is not None else ()


def mounts_of(clients: Sequence[Host], machines: Mapping[str, FoundMachine], values: Values) -> tuple[NfsMount, ...]:
    """Return what the clients mount. `machines` are those of the cluster, by their names in the inventory."""
    found: list[tuple[str, tuple[NfsMount, ...]]] = []
    for client in clients:
        given = values.of(client, "nfs_mounts")
        if not values.is_true(client, "slurm_enable_nfs_client_nodes", default=True):
            if given is not None:
                values.findings.note(given.place, "nothing is mounted, since slurm_enable_nfs_client_nodes says so")
            return ()
        if given is None:
            found.append((client.name, ()))
            continue
        keys = ("mountpoint", "server", "path", "options")
        found.append((client.name, _items(given, keys, lambda item: _mount(item, machines), values)))
    if not found:
        return ()
    first, mounts = found[0]
    for other, those in found[1:]:
        if those != mounts:
            values.findings.problem(None, f"nfs_mounts of {first} and of {other} differ; all clients mount the same")
            break
    return mounts


def _items(given: Value, keys: tuple[str, ...], read: Callable[[dict[str, str]], T], values: Values) -> tuple[T, ...]:
    """Return the entries of a list of maps. What is wrong with each is a problem at the variable's place."""
    if given.value in (None, "", []):
        return ()
    if not isinstance(given.value, list):
        values.findings.problem(given.place, f"{given.name} is no list of maps with {', '.join(keys)}")
        return ()
    found: list[T] = []
    for number, item in enumerate(given.value, start=1):
        if not isinstance(item, dict):
            values.findings.problem(given.place, f"{given.name}, entry {number} is no map with {', '.join(keys)}")
            continue
        extra = sorted(str(key) for key in item if key not in keys)
        if extra:
            text = f"{given.name}, entry {number}: {', '.join(map(shown, extra))} has no meaning here, and is ignored"
            values.findings.note(given.place, text)
        try:
            found.append(read({key: _text(item.get(key)) for key in keys}))
        except BadValue as bad:
            for reason in bad.reasons:
                values.findings.problem(given.place, f"{given.name}, entry {number} {reason}")
    return tuple(found)


def _export(item: dict[str, str]) -> NfsExport:
    if not item["path"]:
        raise BadValue("has no path")
    return export_of(item["path"], item["options"])


def _mount(item: dict[str, str], machines: Mapping[str, FoundMachine]) -> NfsMount:
    missing = [key for key in ("mountpoint", "server", "path") if not item[key]]
    if missing:
        raise BadValue(f"has no {' and no '.join(missing)}")
    server = item["server"].strip().rpartition("@")[2].removeprefix("[").removesuffix("]")
    return mount_of(machine_at(server, machines) or server, item["path"], item["mountpoint"], item["options"])


def machine_at(server: str, machines: Mapping[str, FoundMachine]) -> str:
    """Return the short name of the cluster's machine that a server's name or address is; empty for none."""
    for host, machine in machines.items():
        if server.lower() in (host.lower(), machine.name, machine.address.lower(), *machine.aliases):
            return machine.name
    return ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)

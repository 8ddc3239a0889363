"""Google Cloud's machine types: machine_types.toml and machine_types_without_gpus.toml.

`machine_type` says what a name tells, also of a type that isn't in the tables: it may be newer than they are.
`existing_type` says whether there is such a type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from cloud_facts.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PD = ("pd-ssd", "pd-balanced", "pd-standard")
ON_DEMAND_AND_SPOT = ("standard", "spot")
# vpc/docs/create-use-multiple-interfaces, read 2026-11-25: one card to eight, by the machine type. One card a vCPU, and
# at least two: compute/docs/network-bandwidth and the page's own table.
LEAST_NICS, MOST_NICS = 2, 8

_N1 = "n1-(?:standard|highmem|highcpu|custom)-([0-9]+)(?:-.*)?|custom-([0-9]+)-.*"
# Suffixes that change none of these facts: without local SSDs, with less memory.
_VARIANTS = "-(nolssd|lowmem)"
# compute/docs/instances/creating-instance-with-custom-machine-type: one vCPU or an even number, MiB by the 256.
_CUSTOM = "(?:([a-z0-9]+)-)?custom-([0-9]{1,3})-([0-9]{1,8})(?:-ext)?"
_MIB_STEP = 256


@dataclass(frozen=True)
class MachineType:
    """`kind`: the GPUs are `fixed` by the type, `attachable` to it, `none` fit, or the name doesn't say (`unknown`).

    `disks` are the boot disks it takes, the best default first, and `models` the provisioning models it is sold by;
    both are empty where that isn't known. `vcpus` and `memory_gib` are 0 where the name doesn't tell.
    `layout` is the network cards that its GPUs use: none of their own (`single`), `tcpx`, `tcpxo`, `rdma`, or one that
    this version can't set up (empty). `nics` is the largest number of cards, 0 where unknown.
    `placement` is what keeps machines of a group together: a placement `policy`, a `workload` policy, or nothing.
    `local_ssds` is the number of its local SSDs. Machines of a type with `racks` are placed by whole racks.
    `state` is the API's word for a type that will go: DEPRECATED.
    """

    kind: str
    gpus: int = 0
    accelerator: str = ""
    disks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    layout: str = "single"
    nics: int = 0
    placement: str = ""
    arm: bool = False
    vcpus: int = 0
    memory_gib: float = 0
    local_ssds: int = 0
    racks: bool = False
    shared: bool = False
    state: str = ""


def machine_type(name: str) -> MachineType:
    """Return the facts that `name` implies."""
    gpu_types = _with_gpus()
    known = gpu_types.types.get(re.sub(_VARIANTS, "", name))
    if known is not None:
        return known
    for series, facts in gpu_types.series.items():
        if name.startswith(f"{series}-"):  # a custom shape, a part of a GPU, or a type newer than the table
            return facts
    attachable = re.fullmatch(_N1, name)
    if attachable:
        vcpus = int((attachable.group(1) or attachable.group(2))[:6])
        return MachineType("attachable", disks=PD, models=ON_DEMAND_AND_SPOT, nics=_nics(vcpus), vcpus=vcpus)
    series = name.partition("-")[0]
    if "-" in name and series in _facts()["without_gpus"]:
        size = re.fullmatch("[a-z0-9]+-[a-z]+-([0-9]{1,4})(-.*)?", name)
        return _without_gpus(series, int(size.group(1)) if size and not name.endswith("-metal") else 0)
    return MachineType("unknown")


def existing_type(name: str) -> MachineType | None:
    """Return the machine type of this name, with vCPUs and memory; None where the tables have none."""
    found = _with_gpus().every.get(name) or _sizes().get(name)
    if found is not None:
        return found
    custom = re.fullmatch(_CUSTOM, name)
    return _custom(custom.group(1) or "n1", int(custom.group(2)), int(custom.group(3))) if custom else None


def existing_names() -> tuple[str, ...]:
    """Return the names of all types in the tables; custom types exist besides."""
    return (*_with_gpus().every, *_sizes())


def known_types() -> Mapping[str, MachineType]:
    """Return every type with GPUs, by name."""
    return _with_gpus().types


@cache
def attachable_gpus() -> Mapping[str, Mapping[int, int]]:
    """Return the GPUs for N1 machines: for each accelerator, how many → the most vCPUs of such a machine."""
    given = _facts()["attachable"]
    return {name: {int(count): vcpus for count, vcpus in counts.items()} for name, counts in given.items()}


def most_gpus(accelerator: str) -> int:
    """Return the most GPUs of this kind in one machine; 0 where no known type has any."""
    fixed = (each.gpus for each in known_types().values() if each.accelerator == accelerator)
    return max((*fixed, *attachable_gpus().get(accelerator, ())), default=0)


def table_date() -> str:
    """Return the day of the last comparison of the table of types with GPUs with its sources, as 2026-11-25."""
    return str(_facts()["read"])


@dataclass(frozen=True)
class _WithGpus:
    """All types with GPUs by name, and the facts for any other type of their series."""

    types: dict[str, MachineType]
    every: dict[str, MachineType]
    series: dict[str, MachineType]


@cache
def _with_gpus() -> _WithGpus:
    found = _WithGpus({}, {}, {})
    for name, series in _facts()["series"].items():
        found.series[name] = MachineType("unknown", disks=tuple(series["disks"]), arm=series.get("arm", False))
        types = {each: _fixed({**series, **own}) for each, own in series["types"].items()}
        found.types.update(types)
        found.every.update(types)
        found.every.update({each: _fixed({**series, **own}) for each, own in series.get("parts", {}).items()})
        if series.get("without_ssds"):
            found.every.update({f"{each}-nolssd": replace(facts, local_ssds=0) for each, facts in types.items()})
    return found


def _fixed(facts: Mapping[str, Any]) -> MachineType:
    return MachineType(
        "fixed",
        gpus=facts["gpus"],
        accelerator=facts["accelerator"],
        disks=tuple(facts["disks"]),
        models=tuple(facts["models"]),
        layout=facts.get("layout", "single"),
        nics=facts.get("nics", _nics(facts["vcpus"])),
        placement=facts["placement"],
        arm=facts.get("arm", False),
        vcpus=facts["vcpus"],
        memory_gib=facts["memory_gib"],
        local_ssds=facts.get("local_ssds", 0),
        racks=facts.get("racks", False),
    )


@cache
def _sizes() -> Mapping[str, MachineType]:
    """Return every type without GPUs, by name."""
    found = {}
    for series, facts in table("gcp", "machine_types_without_gpus")["series"].items():
        for name, vcpus, memory, *ssds in _named(facts):
            found[name] = _without_gpus(
                series,
                vcpus,
                memory_gib=memory,
                local_ssds=ssds[0] if ssds else 0,
                shared=name in facts.get("shared", ()),
                state="DEPRECATED" if name in facts.get("deprecated", ()) else "",
            )
    return found


def _named(facts: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield name, vCPUs, memory and perhaps local SSDs of each type of a series."""
    for pattern, sizes in facts.get("types", {}).items():
        for vcpus, *rest in sizes:
            yield (pattern.replace("*", str(vcpus)) if "*" in pattern else f"{pattern}-{vcpus}", vcpus, *rest)
    for name, size in facts.get("named", {}).items():
        yield name, *size


def _without_gpus(series: str, vcpus: int, **size: Any) -> MachineType:
    """A type without GPUs of its own; N1's take some, and of those with TPUs nothing more is known."""
    if series == "n1":
        return MachineType("attachable", disks=PD, models=ON_DEMAND_AND_SPOT, nics=_nics(vcpus), vcpus=vcpus, **size)
    facts = _facts()["without_gpus"].get(series)
    if facts is None:
        return MachineType("unknown", vcpus=vcpus, **size)
    return MachineType(
        "none",
        disks=tuple(facts.get("disks", ())),
        models=tuple(facts.get("models", ON_DEMAND_AND_SPOT)),
        nics=_nics(vcpus) if vcpus else 0,
        placement=facts.get("placement", ""),
        arm=facts.get("arm", False),
        vcpus=vcpus,
        **size,
    )


def _custom(series: str, vcpus: int, mib: int) -> MachineType | None:
    if mib % _MIB_STEP or not mib or not (vcpus == 1 or (vcpus and vcpus % 2 == 0)):
        return None
    memory = mib / 1024
    if series == "g2":  # with the GPUs of the standard type of as many vCPUs
        like = known_types().get(f"g2-standard-{vcpus}")
        return None if like is None else replace(like, memory_gib=memory)
    if series == "n1" or _facts()["without_gpus"].get(series, {}).get("custom"):
        return _without_gpus(series, vcpus, memory_gib=memory)
    return None


def _nics(vcpus: int) -> int:
    return min(max(vcpus, LEAST_NICS), MOST_NICS)


def _facts() -> dict[str, Any]:
    return table("gcp", "machine_types")

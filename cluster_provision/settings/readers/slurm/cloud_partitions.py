"""Reads the partitions of a Slurm cluster on a cloud: `hpc:Nodes=8,On=2;cpu:Nodes=4,MachineType=n2-standard-8`.

They have the form of any other's, but that Nodes may be a number: then the partition has machines of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.readers.slurm.hostlist import split_outside_brackets
from cluster_provision.settings.readers.slurm.partitions import (
    NAME_PATTERN,
    Partition,
    pairs_of,
    read_partition,
    show_partition,
    together,
    with_default,
)
from cluster_provision.settings.reading import BadValue, shown

# Machines are named <prefix>-<pool>-<number>: without a hyphen within, no other cluster's names are like it.
_POOL = "[a-z][a-z0-9]*"
LONGEST_POOL = 15
RESERVED = ("all", "default", "controller", "login", "mig", "vm")
"""Words that stand in the names of the cluster's other parts, or that mean something else to Slurm."""
MOST_NODES = 10_000
_OWN = {"on": "On", "machinetype": "MachineType"}
_MEANT_TYPE = ("sku", "vmtype", "vm_type", "type")
_MACHINE_TYPE = "[A-Za-z][A-Za-z0-9_-]*"


@dataclass(frozen=True)
class CloudPartition:
    """A partition with machines of its own, or with those of others.

    `count` is how many of its own there can be and `on` how many are on, None where it isn't said; `machine_type` is
    empty where it isn't said. `own` is whether it has any: then `partition` names no nodes.
    """

    partition: Partition
    own: bool
    count: int | None = None
    on: int | None = None
    machine_type: str = ""

    @property
    def name(self) -> str:
        """The partition's name, which that of its own nodes holds."""
        return self.partition.name


class CloudPartitions:
    """`name:Nodes=<number>,On=<number>,MachineType=<type>,Key=Value,...;name:...`."""

    type_name = "list of partitions"
    allowed = (
        "<name>:Key=Value,Key=Value, several separated by semicolons, such as "
        "hpc:Nodes=8,On=2,MaxTime=08:00:00;cpu:Nodes=4,MachineType=<type>; the keys are those of slurm.conf's "
        "PartitionName lines, On and MachineType"
    )
    spaces = "ignored"

    def read(self, text: str) -> tuple[CloudPartition, ...]:
        """Return the partitions in their order. Raises BadValue with a reason for everything that is wrong."""
        found: list[CloudPartition] = []
        reasons: list[str] = []
        for entry in split_outside_brackets(text, ";"):
            try:
                found.append(_cloud_partition(entry, first=not any(each.own for each in found)))
            except BadValue as bad:
                reasons += bad.reasons
        reasons += together([each.partition for each in found])
        if not reasons and not any(each.own for each in found):
            reasons.append("gives no partition nodes of its own; write Nodes=<a number> to one of them")
        if reasons:
            raise BadValue(*reasons)
        whole = with_default([each.partition for each in found])
        return tuple(
            CloudPartition(partition, each.own, each.count, each.on, each.machine_type)
            for partition, each in zip(whole, found, strict=True)
        )

    def show(self, value: Any) -> str:
        return ";".join(map(_shown, value))

    def schema(self) -> dict[str, Any]:
        """A rough form; only the tool knows the keys."""
        return {"pattern": f"^\\s*{NAME_PATTERN}\\s*(:|;|$)"}


def _cloud_partition(entry: str, *, first: bool) -> CloudPartition:
    """The partition of `entry`; the first one with nodes of its own need not say how many."""
    name, colon, rest = entry.partition(":")
    name = name.strip()
    reasons: list[str] = []
    ours, others = _sorted_keys(name, rest, reasons)
    names_nodes = any(pair.partition("=")[0].strip().lower() == "nodes" for pair in others)
    own = "Nodes" in ours or (first and not names_nodes)
    try:
        partition = read_partition(f"{name}{colon}{','.join(others)}")
    except BadValue as bad:
        raise BadValue(*reasons, *bad.reasons) from None
    count, on = _number(name, ours, "Nodes", 1, reasons), _number(name, ours, "On", 0, reasons)
    machine_type = ours.get("MachineType", "")
    if machine_type and not re.fullmatch(_MACHINE_TYPE, machine_type):
        reasons.append(f"has partition {name} with MachineType={shown(machine_type)}, which is no machine type's name")
    reasons += _own_problems(partition.name) if own else _borrowed_problems(name, ours, names_nodes=names_nodes)
    if count is not None and on is not None and on > count:
        reasons.append(f"has partition {name} with On={on}, which is more than its Nodes={count}")
    if reasons:
        raise BadValue(*reasons)
    if own:
        partition = Partition(partition.name, (), partition.default, partition.options)
    return CloudPartition(partition, own, count, on, machine_type)


def _sorted_keys(name: str, rest: str, reasons: list[str]) -> tuple[dict[str, str], list[str]]:
    """Our keys with their values, and Slurm's as they are written."""
    ours: dict[str, str] = {}
    others: list[str] = []
    for pair in pairs_of(rest, _OWN):
        key, _, value = (part.strip() for part in pair.partition("="))
        known = _own_key(key, value)
        if known in ours:
            reasons.append(f"has partition {name} with {known} twice; write it once")
        elif known:
            ours[known] = value
        elif edits(key.lower(), "machinetype") <= 3 or key.lower() in _MEANT_TYPE:
            reasons.append(
                f"has partition {name} with {shown(key)}, which is no key of a partition; is MachineType meant?"
            )
        else:
            others.append(pair)
    return ours, others


def _own_key(key: str, value: str) -> str:
    """The key as we spell it, empty for one of Slurm's. Nodes is ours where it is a number."""
    if key.lower() == "nodes" and re.fullmatch("[+-]?[0-9.]+", value):
        return "Nodes"
    return _OWN.get(key.lower(), "")


def _number(name: str, ours: dict[str, str], key: str, least: int, reasons: list[str]) -> int | None:
    text = ours.get(key)
    if text is None:
        return None
    if re.fullmatch("[0-9]{1,9}", text) and least <= int(text) <= MOST_NODES:
        return int(text)
    reasons.append(f"has partition {name} with {key}={shown(text)}; allowed are {least} to {MOST_NODES}")
    return None


def _own_problems(name: str) -> list[str]:
    """What is wrong with the name of a partition by which machines are named."""
    if name in RESERVED:
        return [f"has a partition named {name}, a word that stands in the names of other machines; choose another"]
    if re.fullmatch(_POOL, name) and len(name) <= LONGEST_POOL:
        return []
    return [
        f"has a partition named {shown(name)}, whose machines would be named after it: allowed are lower-case letters "
        f"and digits, beginning with a letter, at most {LONGEST_POOL}"
    ]


def _borrowed_problems(name: str, ours: dict[str, str], *, names_nodes: bool) -> list[str]:
    """What is wrong with a partition that has only nodes of others."""
    if not ours:
        return []
    keys = " and ".join(ours)
    if names_nodes:
        return [f"has partition {name} with {keys}, which are for machines of its own: give it Nodes=<a number>"]
    return [f"has partition {name} with {keys}, but without Nodes=<a number>, how many of them there can be"]


def _shown(each: CloudPartition) -> str:
    own = [
        *([("Nodes", str(each.count))] if each.count is not None else []),
        *([("On", str(each.on))] if each.on is not None else []),
        *([("MachineType", each.machine_type)] if each.machine_type else []),
    ]
    return show_partition(each.partition, own if each.own else None)

"""Reads Slurm's partitions: `day:Nodes=n[1-3],Default=YES,MaxTime=08:00:00;night:Nodes=ALL`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, fold_hostlist, split_outside_brackets
from cluster_provision.settings.readers.slurm.slurm_words import PARTITION_WORDS
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

# Keys of a PartitionName line by their kinds of value: src/common/read_config.c at tags slurm-22-05-8-1 to 26-05-3-1.
# Behind a release: the first that has the key.
KEYS: dict[str, tuple[str, str]] = {
    "AllocNodes": ("text", ""),
    "AllowAccounts": ("text", ""),
    "AllowGroups": ("text", ""),
    "AllowQos": ("text", ""),
    "Alternate": ("text", ""),
    "CpuBind": ("text", ""),
    "DefCPUPerGPU": ("number", ""),
    "DefMemPerCPU": ("number", ""),
    "DefMemPerGPU": ("number", ""),
    "DefMemPerNode": ("number", ""),
    "Default": ("yes or no", ""),
    "DefaultTime": ("time", ""),
    "DenyAccounts": ("text", ""),
    "DenyQos": ("text", ""),
    "DisableRootJobs": ("yes or no", ""),
    "Exclusive": ("text", "26.05"),
    "ExclusiveTopo": ("yes or no", "24.05"),
    "ExclusiveUser": ("yes or no", ""),
    "GraceTime": ("number", ""),
    "Hidden": ("yes or no", ""),
    "LLN": ("yes or no", ""),
    "MaxCPUsPerNode": ("number", ""),
    "MaxCPUsPerSocket": ("number", "23.02"),
    "MaxMemPerCPU": ("number", ""),
    "MaxMemPerNode": ("number", ""),
    "MaxNodes": ("number", ""),
    "MaxTime": ("time", ""),
    "MinNodes": ("number", ""),
    "Nodes": ("hosts", ""),
    "OverSubscribe": ("text", ""),
    "OverTimeLimit": ("number", ""),
    "PowerDownOnIdle": ("yes or no", "23.02"),
    "PreemptMode": ("text", ""),
    "Priority": ("short number", ""),
    "PriorityJobFactor": ("short number", ""),
    "PriorityTier": ("short number", ""),
    "QOS": ("text", ""),
    "ReqResv": ("yes or no", ""),
    "ResumeTimeout": ("short number", ""),
    "RootOnly": ("yes or no", ""),
    "SelectTypeParameters": ("text", ""),
    "Shared": ("text", ""),
    "State": ("text", ""),
    "SuspendTime": ("number", ""),
    "SuspendTimeout": ("short number", ""),
    "TRESBillingWeights": ("text", ""),
    "Topology": ("text", "25.05"),
}
# slurmctld ends where a partition names a quality of service that accounting doesn't have.
NEED_ACCOUNTING = ("QOS", "AllowQos", "DenyQos", "AllowAccounts", "DenyAccounts")
_BY_FOLDED = {key.lower(): key for key in KEYS}
ALL: tuple[str, ...] = ("ALL",)
# Two values above it mean "unlimited" and "not set" (slurm.h, INFINITE16 and NO_VAL16).
MOST_SHORT = 65_533

# slurm.conf(5), PartitionName; "DEFAULT" sets values for the partitions that follow.
NAME_PATTERN = "[A-Za-z0-9][A-Za-z0-9_.-]*"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
# slurm.conf(5), MaxTime: minutes, minutes:seconds, hours:minutes:seconds, days-hours and longer forms of it.
_TIME = re.compile(r"[0-9]+(:[0-9]{1,2}){0,2}|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2}|INFINITE|UNLIMITED|NONE", re.I)
_NUMBER = re.compile(r"[0-9]+|UNLIMITED|INFINITE", re.I)
_YES_OR_NO = {"yes": "YES", "no": "NO", "true": "YES", "false": "NO", "up": "YES", "down": "NO", "1": "YES", "0": "NO"}
# A comment, a quote or a line's end in a value would end it.
_PLAIN = re.compile(r"[^\s#\"'\\;]+")


@dataclass(frozen=True)
class Partition:
    """A partition. `nodes` are their names, or `("ALL",)`; `options` are the other keys, as Slurm spells them."""

    name: str
    nodes: tuple[str, ...] = ALL
    default: bool = False
    options: tuple[tuple[str, str], ...] = ()

    def option(self, key: str) -> str:
        """The value of a key as Slurm spells it, empty where it isn't set."""
        return dict(self.options).get(key, "")


# The one that the guide makes, where the settings name none.
BATCH = Partition(
    "batch",
    default=True,
    options=(("DefMemPerCPU", "0"), ("OverSubscribe", "EXCLUSIVE"), ("MaxTime", "INFINITE"), ("State", "UP")),
)


class Partitions:
    """`name:Key=Value,...;name:...`. The first is the default where none has Default=YES. Commas in brackets stay."""

    type_name = "list of partitions"
    allowed = (
        "<name>:Key=Value,Key=Value, several separated by semicolons, such as "
        "day:Nodes=n[1-3],Default=YES,MaxTime=08:00:00;night:Nodes=ALL; the keys are those of slurm.conf's "
        "PartitionName lines"
    )
    spaces = "ignored"

    def read(self, text: str) -> tuple[Partition, ...]:
        """Return the partitions in their order. Raises BadValue with a reason for everything that is wrong."""
        found: list[Partition] = []
        reasons: list[str] = []
        for entry in split_outside_brackets(text, ";"):
            try:
                found.append(read_partition(entry))
            except BadValue as bad:
                reasons += bad.reasons
        reasons += together(found)
        if not found and not reasons:
            reasons.append("names no partition")
        if reasons:
            raise BadValue(*reasons)
        return with_default(found)

    def show(self, value: Any) -> str:
        return ";".join(show_partition(each) for each in value)

    def schema(self) -> dict[str, Any]:
        """A rough form; only the tool knows the keys."""
        return {"pattern": f"^\\s*{NAME_PATTERN}\\s*(:|;|$)"}


def partition_problems(
    partitions: tuple[Partition, ...], nodes: tuple[str, ...], release: str = "", *, accounting: bool = True
) -> tuple[str, ...]:
    """Say which partitions name nodes that aren't there, keys that `release` doesn't have, or what needs accounting."""
    known = set(nodes)
    problems: list[str] = []
    for each in partitions:
        if each.nodes != ALL and (strange := [node for node in each.nodes if node not in known]):
            problems.append(
                f"partition {each.name} names {shown(fold_hostlist(strange))}, which is none of the cluster's nodes "
                f"({shown(fold_hostlist(nodes))})"
            )
        problems += [
            f"partition {each.name} sets {key}, which Slurm has from {KEYS[key][1]} on; these machines have {release}"
            for key, _ in each.options
            if release and KEYS[key][1] > release
        ]
        problems += [
            f"partition {each.name} sets {key}, which only accounting knows; leave it out, or set ACCOUNTING=local"
            for key, _ in each.options
            if not accounting and key in NEED_ACCOUNTING
        ]
    return tuple(problems)


def read_partition(entry: str) -> Partition:
    name, colon, rest = entry.partition(":")
    name = name.strip()
    if "=" in name:
        line = re.fullmatch(r"PartitionName=(\S+)\s+(.+)", entry.strip(), re.IGNORECASE)
        right = f"{line.group(1)}:{','.join(line.group(2).split())}" if line else ""
        advice = f"write {shown(right)}" if line else "such as batch:Nodes=ALL"
        raise BadValue(f"has {shown(entry)}, which doesn't begin with a name and a colon; {advice}")
    if not _NAME.fullmatch(name):
        raise BadValue(f"has a partition named {shown(name) or 'nothing'}; a name has letters, digits, - _ and .")
    if name.upper() == "DEFAULT":
        raise BadValue("has a partition named DEFAULT, by which Slurm means values for others; name each partition")
    values: dict[str, str] = {}
    reasons: list[str] = []
    for pair in pairs_of(rest) if colon else []:
        try:
            key, value = _pair(pair)
        except BadValue as bad:
            reasons += [f"has partition {name} with {reason}" for reason in bad.reasons]
            continue
        if key in values:
            reasons.append(f"has partition {name} with {key} twice; write it once")
        values[key] = value
    nodes = ALL
    if "Nodes" in values:
        try:
            nodes = _nodes(values.pop("Nodes"))
        except BadValue as bad:
            reasons += [f"has partition {name}, whose Nodes {reason}" for reason in bad.reasons]
    if reasons:
        raise BadValue(*reasons)
    default = values.pop("Default", "NO") == "YES"
    return Partition(name, nodes, default, tuple(values.items()))


def pairs_of(text: str, others: Container[str] = ()) -> list[str]:
    """The `Key=Value` of a partition: a piece after a comma that has no "=" belongs to the value before it.

    `others` are keys in lower case that there are beside Slurm's.
    """
    pairs: list[str] = []
    for piece in split_outside_brackets(text):
        if pairs and ("=" not in piece or _is_weight(pairs[-1], piece, others)):
            pairs[-1] += f",{piece}"
        else:
            pairs.append(piece)
    return pairs


def _is_weight(before: str, piece: str, others: Container[str]) -> bool:
    """Whether the piece is one of `TRESBillingWeights=CPU=1.0,Mem=0.25G`, whose value has "=" itself."""
    key = piece.partition("=")[0].strip().lower()
    return before.lower().startswith("tresbillingweights") and key not in _BY_FOLDED and key not in others


def _pair(pair: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in pair.partition("="))
    known = _BY_FOLDED.get(key.lower())
    if not equals:
        raise BadValue(f"{shown(pair)}, which is not Key=Value")
    if not known:
        nearest = min(_BY_FOLDED, key=lambda each: edits(each, key.lower()))
        near = edits(nearest, key.lower()) <= min(2, len(key) // 3)
        meant = f"; did you mean {_BY_FOLDED[nearest]}?" if near else ""
        raise BadValue(f"{shown(key)}, which is no key of a partition{meant}")
    kind = KEYS[known][0]
    if re.search(r"\s\w+=", value):
        raise BadValue(f"{known}={shown(value)}; keys are separated by commas")
    if not value or not _PLAIN.fullmatch(value):
        raise BadValue(f"{known}={shown(value)}; a value has no blanks, quotes, # or backslashes, and isn't empty")
    if kind == "yes or no":
        if value.lower() not in _YES_OR_NO:
            raise BadValue(f"{known}={shown(value)}; allowed are YES and NO")
        return known, _YES_OR_NO[value.lower()]
    if kind == "time" and not _TIME.fullmatch(value):
        raise BadValue(
            f"{known}={shown(value)}; a time is minutes, hours:minutes:seconds, days-hours[:minutes[:seconds]] or "
            "INFINITE"
        )
    if kind.endswith("number") and not _NUMBER.fullmatch(value):
        raise BadValue(f"{known}={shown(value)}; allowed is a whole number")
    if known in PARTITION_WORDS and (problem := PARTITION_WORDS[known].problem(value)):
        raise BadValue(f"{known}, which {problem}")
    if kind == "short number" and value.isdigit() and int(value) > MOST_SHORT:
        raise BadValue(f"{known}={shown(value)}; allowed are 0 to {MOST_SHORT}")
    return known, value


def _nodes(text: str) -> tuple[str, ...]:
    if text.upper() == "ALL":
        return ALL
    hosts = expand_hostlist(text)
    if any(host.upper() == "ALL" for host in hosts):
        raise BadValue("has ALL beside other names; write Nodes=ALL or the names")
    return tuple(dict.fromkeys(hosts))


def together(partitions: list[Partition]) -> list[str]:
    """What is wrong between partitions."""
    names = [each.name for each in partitions]
    doubles = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    defaults = [each.name for each in partitions if each.default]
    return [f"has partition {name} twice; name each once" for name in doubles] + (
        [f"has Default=YES in {', '.join(defaults)}; one partition is the default"] if len(defaults) > 1 else []
    )


def with_default(partitions: list[Partition]) -> tuple[Partition, ...]:
    if any(each.default for each in partitions):
        return tuple(partitions)
    first, *others = partitions
    return (Partition(first.name, first.nodes, True, first.options), *others)


def show_partition(partition: Partition, own: Sequence[tuple[str, str]] | None = None) -> str:
    """Return the partition as a user writes it; `own` are the pairs in the place of its nodes' names."""
    pairs = [("Nodes", fold_hostlist(partition.nodes))] if own is None else [*own]
    pairs += [("Default", "YES")] if partition.default else []
    return f"{partition.name}:" + ",".join(f"{key}={value}" for key, value in (*pairs, *partition.options))

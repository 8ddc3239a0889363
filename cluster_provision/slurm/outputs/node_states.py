"""The states of nodes, as `scontrol show nodes` and `sinfo` write them: the same answer from every form and release.

Forms: JSON of `sinfo --json` in 22.05 (src/plugins/openapi/v0.0.38/nodes.c: the state is a word, its flags a list,
numbers are plain) and of `scontrol show nodes --json` from 23.02 on (data_parser v0.0.39 to v0.0.42: the state is a
list, numbers are {set, infinite, number}); the text of `scontrol show nodes` on all of them. 22.05's scontrol has no
--json.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cluster_provision.slurm.outputs.gres_text import gpus_in_tres, gres_counts
from cluster_provision.slurm.outputs.not_understood import NotUnderstood

_WORKING = {"idle", "mixed", "allocated"}
# A node with one of these takes no job now. COMPLETING and RESERVED alone are fine.
_NOT_READY = {
    "down",
    "drain",
    "fail",
    "invalid_reg",
    "not_responding",
    "no_respond",
    "powered_down",
    "powering_down",
    "power_down",
    "powering_up",
    "power_up",
    "reboot_issued",
    "unknown",
    "future",
    "power_drain",
    "blocked",
}
_BASES = ("idle", "mixed", "allocated", "down", "error", "future", "unknown", "planned")
_SAME = {"no_respond": "not_responding"}
# The keys of `scontrol show node`, behind which a value goes on until the next of them; Reason, Comment and Extra are
# the last of their lines, whatever they hold.
_KEYS = (
    "NodeName|Arch|CoresPerSocket|CPUAlloc|CPUEfctv|CPUTot|CPULoad|AvailableFeatures|ActiveFeatures|Gres|NodeAddr|"
    "NodeHostName|Version|OS|RealMemory|AllocMem|FreeMem|Sockets|Boards|State|ThreadsPerCore|TmpDisk|Weight|Owner|"
    "MCS_label|Partitions|BootTime|SlurmdStartTime|LastBusyTime|ResumeAfterTime|CfgTRES|AllocTRES|CapWatts|"
    "CurrentWatts|AveWatts|Reason|Comment|Extra"
)
_PAIR = re.compile(rf"(?:^|\s)({_KEYS})=(.*?)(?=\s(?:{_KEYS})=|\s*$)")
_LAST = re.compile(r"(?:^|\s)(Reason|Comment|Extra)=(.*)$")
_WHO = re.compile(r"^(.*) \[([^\s@\[\]]+)@([0-9T:-]+)\]$")


@dataclass(frozen=True)
class NodeState:
    """A node. `base` and `flags` are Slurm's words in small letters; `reason` has no user and time in it.

    `gpus` and `gpus_used` are `None` where that isn't said; `reason_time` is in seconds since 1970, or `None`.
    """

    name: str
    base: str
    flags: tuple[str, ...] = ()
    reason: str = ""
    reason_user: str = ""
    reason_time: int | None = None
    partitions: tuple[str, ...] = ()
    address: str = ""
    version: str = ""
    gpus: int | None = None
    gpus_used: int | None = None

    @property
    def ready(self) -> bool:
        """Whether it takes jobs: idle, mixed or allocated, and nothing keeps it from it."""
        return self.base in _WORKING and not _NOT_READY & set(self.flags)

    @property
    def drained(self) -> bool:
        """Whether it gets no new jobs; those that run may go on."""
        return bool({"drain", "fail"} & set(self.flags))

    @property
    def down(self) -> bool:
        """Whether no job can be on it."""
        return self.base in {"down", "error", "future", "unknown"} or "invalid_reg" in self.flags

    @property
    def busy(self) -> bool:
        """Whether jobs are on it, or are just ending."""
        return self.base in {"allocated", "mixed"} or "completing" in self.flags

    @property
    def words(self) -> str:
        """Base and flags as Slurm joins them, words that nobody has seen before among them: idle+cloud+drain."""
        return "+".join((self.base, *self.flags))


def read_nodes(text: str) -> tuple[NodeState, ...]:
    """Return the nodes of any of the forms. Raises NotUnderstood where the text is none of them."""
    start = text.find("{")
    if start >= 0 and "NodeName=" not in text[:start]:
        return _from_json(text, start)
    nodes = tuple(_from_text(block) for block in _blocks(text))
    if not nodes and text.strip() and "No nodes in the system" not in text:
        raise NotUnderstood("scontrol show nodes", text)
    return nodes


def _from_json(text: str, start: int) -> tuple[NodeState, ...]:
    try:
        given, _ = json.JSONDecoder().raw_decode(text, start)
        return tuple(_json_node(node) for node in given["nodes"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotUnderstood("Slurm", text) from None


def _json_node(node: dict[str, Any]) -> NodeState:
    state = node["state"]
    words = [state, *(node.get("state_flags") or [])] if isinstance(state, str) else list(state)
    base, flags = _state(words)
    user = node.get("reason_set_by_user") or ""
    return NodeState(
        name=node["name"],
        base=base,
        flags=flags,
        reason=node.get("reason") or "",
        reason_user=user if isinstance(user, str) else "",
        reason_time=_number(node.get("reason_changed_at")) or None,
        partitions=tuple(node.get("partitions") or ()),
        address=node.get("address") or "",
        version=node.get("version") or node.get("slurmd_version") or "",
        gpus=_gpus(node.get("gres")),
        gpus_used=_gpus(node.get("gres_used")),
    )


def _number(value: Any) -> int | None:
    """A number of either form; negative ones and those that aren't set are unknown."""
    if isinstance(value, dict):
        value = value.get("number") if value.get("set") and not value.get("infinite") else None
    return value if isinstance(value, int) and value >= 0 else None


def _gpus(text: Any) -> int | None:
    return sum(gres_counts(text).values()) if isinstance(text, str) else None


def _state(words: list[str]) -> tuple[str, tuple[str, ...]]:
    """The base, and the flags in their order. A list may begin with a flag, or have no base that we know."""
    small = [_SAME.get(word.lower(), word.lower()) for word in words if word]
    base = next((word for word in small if word in _BASES), small[0] if small else "unknown")
    flags = list(small)
    if base in flags:
        flags.remove(base)
    return base, tuple(dict.fromkeys(flags))


def _blocks(text: str) -> list[str]:
    """One text a node: they are apart by an empty line, or each on a line of its own (`-o`)."""
    return [block for block in re.split(r"\n(?=NodeName=)", f"\n{text}") if block.lstrip().startswith("NodeName=")]


def _from_text(block: str) -> NodeState:
    values: dict[str, str] = {}
    for line in block.strip().splitlines():
        last = _LAST.search(line)
        if last:
            values[last[1]] = last[2].strip()
        before = line[: last.start()] if last else line
        values |= {key: value.strip() for key, value in _PAIR.findall(before)}
    # A state's `*` is the old text's NOT_RESPONDING.
    words = values.get("State", "").replace("*", "+NOT_RESPONDING").split("+")
    base, flags = _state(words)
    who = _WHO.match(values.get("Reason", ""))
    partitions = values.get("Partitions", "")
    return NodeState(
        name=values["NodeName"],
        base=base,
        flags=flags,
        reason=who[1] if who else values.get("Reason", ""),
        reason_user=who[2] if who else "",
        reason_time=_seconds(who[3]) if who else None,
        partitions=tuple(partitions.split(",")) if partitions else (),
        address=values.get("NodeAddr", ""),
        version=values.get("Version", ""),
        gpus=_gpus(values.get("Gres", "").replace("(null)", "")),
        gpus_used=gpus_in_tres(values.get("AllocTRES", "")),
    )


def _seconds(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return None

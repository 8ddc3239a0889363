"""The table of plain `sinfo`: partitions, and how many nodes of each are in which state.

Suffixes of a state (sinfo(1), "NODE STATE CODES"): `*` doesn't respond, `~` powered off, `#` powering up, `!` to be
powered off, `%` powering off, `$` in a maintenance reservation, `@` to be rebooted, `^` rebooting, `-` planned for
a job.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from cluster_provision.slurm.outputs.node_states import NodeState
from cluster_provision.slurm.outputs.not_understood import NotUnderstood

_SUFFIXES = {
    "*": "not_responding",
    "~": "powered_down",
    "#": "powering_up",
    "!": "power_down",
    "%": "powering_down",
    "$": "maintenance",
    "@": "reboot_requested",
    "^": "reboot_issued",
    "-": "planned",
    "+": "completing",
}
# sinfo's short and long words → base and flags (src/common/slurm_protocol_defs.c, node_state_string_compact).
_WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "alloc": ("allocated", ()),
    "allocated": ("allocated", ()),
    "comp": ("allocated", ("completing",)),
    "completing": ("allocated", ("completing",)),
    "mix": ("mixed", ()),
    "mixed": ("mixed", ()),
    "idle": ("idle", ()),
    "drain": ("idle", ("drain",)),
    "drained": ("idle", ("drain",)),
    "drng": ("allocated", ("drain",)),
    "draining": ("allocated", ("drain",)),
    "down": ("down", ()),
    "fail": ("idle", ("fail",)),
    "failing": ("allocated", ("fail",)),
    "failg": ("allocated", ("fail",)),
    "inval": ("idle", ("invalid_reg",)),
    "maint": ("idle", ("maintenance",)),
    "resv": ("idle", ("reserved",)),
    "reserved": ("idle", ("reserved",)),
    "plnd": ("idle", ("planned",)),
    "planned": ("idle", ("planned",)),
    "futr": ("future", ()),
    "future": ("future", ()),
    "unk": ("unknown", ()),
    "unknown": ("unknown", ()),
    "boot": ("idle", ("reboot_issued",)),
    "block": ("idle", ("blocked",)),
    "pow_dn": ("idle", ("powered_down",)),
    "pow_up": ("idle", ("powering_up",)),
}
_ROW = re.compile(r"(\S+?)(\*?)\s+(up|down|drain|inact)\s+(\S+)\s+([0-9]+)\s+(\S+)(?:\s+(\S+))?\s*")


@dataclass(frozen=True)
class SinfoRow:
    """A line: some nodes of a partition in one state. `nodes` is empty where the partition has none."""

    partition: str
    default: bool
    available: str
    time_limit: str
    state: str
    nodes: tuple[NodeState, ...] = ()


def read_sinfo(text: str) -> tuple[SinfoRow, ...]:
    """Return the lines of the table. Raises NotUnderstood where one is of another form."""
    rows: list[SinfoRow] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("PARTITION"):
            continue
        match = _ROW.fullmatch(line)
        if not match:
            raise NotUnderstood("sinfo", line)
        partition, star, available, limit, _, state, names = match.groups()
        base, flags = state_words(state)
        nodes = tuple(NodeState(name, base, flags, partitions=(partition,)) for name in expand_hostlist(names or ""))
        rows.append(SinfoRow(partition, bool(star), available, limit, state, nodes))
    return tuple(rows)


def state_words(state: str) -> tuple[str, tuple[str, ...]]:
    """Return base and flags of a state such as `drng@`; a word that nobody has seen before is the base itself."""
    word = state.lower()
    suffixes: list[str] = []
    while word and word[-1] in _SUFFIXES:
        suffixes.append(_SUFFIXES[word[-1]])
        word = word[:-1]
    base, flags = _WORDS.get(word, (word, ()))
    return base, (*flags, *suffixes)

"""The nodes as a person, and the machine's record, read them: equal ones together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from node.slurm_power.phases import IS_OFF, STARTING, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_power.kept import Kept


def shown_nodes(nodes: Iterable[str], states: Mapping[str, NodeState], kept: Kept) -> list[dict[str, str]]:
    """Names, state and reason of each kind, in the order of the nodes; one that Slurm doesn't know is unknown."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in nodes:
        state = states.get(name)
        told = (word_of(state), state.reason) if state else ("unknown", "not known to Slurm")
        if name in kept.ahead and told[0] == IS_OFF:
            told = (STARTING, told[1])
        found.setdefault(told, []).append(name)
    return [{"names": fold_hostlist(names), "state": word, "reason": why} for (word, why), names in found.items()]


def shown_problems(kept: Kept) -> list[dict[str, str]]:
    """Why nodes didn't come, as the cloud says it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, (code, message) in kept.problems.items():
        found.setdefault((code, message), []).append(name)
    return [{"nodes": fold_hostlist(names), "code": code, "message": why} for (code, why), names in found.items()]

"""Whether Slurm has the nodes that it should have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.outputs.node_states import read_nodes

if TYPE_CHECKING:
    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.slurm.outputs.node_states import NodeState

SHOW = ("scontrol", "--oneliner", "show", "nodes")
LOGS = "On a node, `journalctl -u slurmd` says why; on the controller, /var/log/slurm/slurmctld.log."


@dataclass(frozen=True)
class Seen:
    """The nodes that should be there, by name; None for one that Slurm doesn't know."""

    states: dict[str, NodeState | None]

    @property
    def up(self) -> tuple[str, ...]:
        """The nodes on which jobs can run, or run."""
        return tuple(name for name, state in self.states.items() if state is not None and state.ready)

    @property
    def drained(self) -> dict[str, str]:
        """Nodes that somebody has taken out, or a check: with the reason."""
        return {
            name: state.reason
            for name, state in self.states.items()
            if state is not None and not state.ready and state.drained and not state.down
        }

    @property
    def missing(self) -> dict[str, str]:
        """Nodes that don't answer, with Slurm's words."""
        return {
            name: "not known to Slurm" if state is None else _words(state)
            for name, state in self.states.items()
            if (state is None or not state.ready) and name not in self.drained
        }

    def text(self) -> str:
        """How many are up, and what is with the others."""
        told = f"{len(self.up)} of {len(self.states)} up"
        for what in (self.drained, self.missing):
            by_words: dict[str, list[str]] = {}
            for name, words in what.items():
                by_words.setdefault(words, []).append(name)
            told += "".join(f"; {fold_hostlist(names)}: {words}" for words, names in by_words.items())
        return told


def look_at_nodes(controller: Controller) -> Seen:
    """Ask slurmctld. Raises NotReady with its words where it doesn't answer."""
    asked = controller.on_controller(SHOW)
    if asked.exit_code:
        said = (asked.stderr or asked.stdout).decode(errors="replace").strip().splitlines()
        raise NotReady(
            f"slurmctld on {controller.controller_name} does not answer: {said[-1] if said else 'no word'}", LOGS
        )
    found = {state.name: state for state in read_nodes(asked.stdout.decode(errors="replace"))}
    return Seen({name: found.get(name) for name in controller.slurm_nodes})


def _words(state: NodeState) -> str:
    return state.words + (f" ({state.reason})" if state.reason else "")

"""What the SSH provisioner asks of a target, beside what every target has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from cluster_provision.targets.base import D, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.slurm.plan import Plan
    from cluster_provision.state.base import MachineStore, StateFacts, StateStore


@dataclass(frozen=True)
class Applied:
    """What came of a plan on one machine: numbers of resources, and lines on what failed.

    `left` is what stays there since it isn't as the tool wrote it, `kept` what stays since it is the users' data.
    `diff` shows what would change; `error` is why the machine could not be dealt with, or what failed there.
    """

    machine: str
    changed: int = 0
    unchanged: int = 0
    failed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    diff: tuple[str, ...] = ()
    error: ProvisionError | None = None


@dataclass(frozen=True)
class Wave:
    """Machines that are set up at once, after those of the waves before."""

    name: str
    plans: tuple[Plan, ...]


@runtime_checkable
class NamesTarget(Protocol):
    """A target whose machines know each other by what Create writes on them."""

    def update_names(self, store: StateStore, facts: StateFacts, ended: Callable[[int, int], None]) -> list[Applied]:
        """Bring names, hosts' keys and the cluster's key up to date on every machine, and nothing else.

        Raises what is wrong with a machine before one is changed.
        """


class SshTarget(Target[D], Protocol[D]):
    """A target of machines that exist already, which the tool sets up and gives back by SSH."""

    def store(self) -> MachineStore:
        """Where this cluster's state lies."""

    def members(self) -> dict[str, dict[str, Any]]:
        """The machines that the settings name, with how each is reached, for the state."""

    def begin(self, decided: D) -> None:
        """Keep what must be kept before the first machine is changed."""

    def waves(self, decided: D) -> tuple[Wave, ...]:
        """The plans of all machines, in the order in which they are applied."""

    def apply(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        """Apply the plans, each on its own machine, all at once."""

    def compare(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        """Compare the machines with their plans; changes nothing."""

    def give_back(self, names: Sequence[str], facts: StateFacts, ended: Callable[[int, int], None]) -> list[Applied]:
        """Undo on these machines what was done for the cluster, all at once."""

    def forget(self, names: Sequence[str], rest: dict[str, dict[str, Any]]) -> None:
        """Write down that these machines are given back, and that the `rest` is in the cluster still."""

    def forgotten(self) -> tuple[str, ...]:
        """Machines of the settings that were set up for this cluster, though the state doesn't know of it."""

    def order_of_return(self, facts: StateFacts) -> tuple[tuple[str, ...], ...]:
        """The machines that the state holds, in the order in which they are given back."""

    def take_leave(self, names: Sequence[str], show: Callable[[str], None]) -> None:
        """Have no job run on these machines any more: drain them, and wait. Raises NotReady where jobs run on."""

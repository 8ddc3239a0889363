"""What a target is: one kind of cluster on one cloud, behind one small Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cluster_provision.clouds.base import Identity
    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.node import Node
    from cluster_provision.result import Check, Cluster, Leftover, Result
    from cluster_provision.stage import Site, Stage, Watch
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.terraform.failures import Dialect


@dataclass(frozen=True)
class Preflight:
    """What was looked at before anything is made: `notes` are lines for the user, `failure` keeps it from going on."""

    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()
    failure: ProvisionError | None = None


@dataclass(frozen=True)
class Copied:
    """The objects that the nodes fetch: the user's `files` and the tool's `samples`; empty for none."""

    files: str = ""
    samples: str = ""


class Target(Protocol):
    """One kind of cluster. Terraform alone makes and removes; a target looks, and in its stages mends."""

    @property
    def module(self) -> str:
        """Its Terraform root module, below terraform/."""

    @property
    def cluster(self) -> Cluster:
        """Which cluster the settings name."""

    @property
    def zone(self) -> str:
        """The zone that the cluster is in, or is to be made in: the first of the settings' at first. Where a cloud's
        clusters are in no zone, it is the place that they are in."""

    @property
    def asks_once(self) -> bool:
        """Whether the cloud ends what it has no room for, rather than going on trying."""

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that the settings name, in the order in which they are tried."""

    def region_of(self, zone: str) -> str:
        """What a zone shares its quotas and networks with the others of: a cluster moves within it, and no further."""

    @property
    def dialect(self) -> Dialect:
        """How Terraform's provider and backend for this cloud tell of their failures."""

    @property
    def private_values(self) -> tuple[str, ...]:
        """What may not be shown, logged or uploaded: users' values that may hold secrets, and the tool's own."""

    def move_to(self, zone: str) -> None:
        """From now on it is this zone. Nothing is moved by that: what is made next is made there."""

    def sign_in(self, prompt: Callable[[str], None] | None) -> tuple[Identity, str]:
        """Find the credentials and the account: who asks, and a line on where. Before all other calls. `prompt` shows
        a line to a person who can log in, None where nobody is there."""

    def close(self) -> None:
        """The run is over: what was lent to it ends. Nothing to do where nobody signed in."""

    def store(self) -> StateStore:
        """Where this cluster's state lies."""

    def preflight(self, store: StateStore, facts: StateFacts) -> Preflight:
        """Look at permissions and the like, and settle what depends on them."""

    def begin(self, result: Result, say: Callable[[str], None]) -> None:
        """Create is about to make things: hand over and agree to what comes before. `say` prints a line."""

    def variables(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The root module's variables."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What Create does once Terraform is through, until the cluster is proven to work."""

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """The id by which Terraform imports a resource that is there already and was made for this cluster after
        `since`, of Terraform's type `kind` with these planned values; empty where it isn't surely one."""

    def status(self, site: Site) -> ProvisionError | None:
        """See how the cluster is: fills in nodes, connection and checks, and returns what isn't as it should be."""

    def way_in(self, node: str) -> tuple[str, ...]:
        """The command that leads to this node, to the first or the head where it is empty. Raises SettingsError with
        the nodes that there are for another name, NotReady where there is none."""

    def fleet(self, site: Site) -> Fleet:
        """The cluster's machines as SSH reaches them, in the order of the hostfile with the head first. Raises
        SettingsError where this target has no such way, NotReady where there are no machines."""

    def checked_nodes(self, site: Site) -> list[Node]:
        """The machines as they are now, where they check their own health. Raises SettingsError where they don't."""

    def replacement(self, node: str) -> str:
        """The command that takes the machine of this name away, so that Create makes a new one; empty for none."""

    def watch(self, say: Callable[[str], None]) -> Watch | None:
        """What to look at while Terraform applies, None where Terraform waits for nothing; `say` prints a line."""

    def settle(self, store: StateStore, tell: Callable[[str], None]) -> None:
        """Wait for what an earlier run left under way, before Terraform changes anything; `tell` says for what."""

    def mend(self, kind: str, instance: dict[str, Any]) -> bool:
        """Correct an instance of a resource of this Terraform type, as the state holds it, once nothing is under way;
        whether anything was changed."""

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what belongs to the cluster, isn't used any more and Terraform doesn't know; whether anything was.
        `say` prints a line."""

    def leftovers(self) -> list[Leftover]:
        """What of this cluster the cloud still has."""

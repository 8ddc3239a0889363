"""What the Terraform provisioner asks of a target, beside what every target has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol

from cluster_provision.targets.base import D, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Leftover, Result
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.base import Copied, Remains
    from cluster_provision.terraform.failures import Dialect


class Watch(Protocol):
    """Looks at a cluster while Terraform makes it."""

    def glance(self, elapsed: float) -> None:
        """Report what is in the way, `elapsed` seconds after Terraform began.

        Raises the error of what has lasted too long: then Terraform is stopped, in its own way.
        """

    def explain(self, failure: ProvisionError) -> ProvisionError:
        """The failure that Terraform ended with, or one that says more."""


class TerraformTarget(Target[D], Protocol[D]):
    """A target that Terraform makes and removes, in one of the zones that the settings name.

    Where a cloud's clusters are in no zone, the zone is the location that they are in.
    """

    module: str
    """The root module, below terraform/."""

    dialect: Dialect
    """How the cloud's provider and backend word their failures."""

    asks_once: bool
    """Whether the cloud ends a request that it has no room for, rather than going on trying."""

    zone: str
    """The zone that the cluster is in, or is to be made in: at first the first one of the settings."""

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that the settings name, in the order in which they are tried."""

    def region_of(self, zone: str) -> str:
        """The region of a zone: its zones share quotas and networks, and a cluster moves within it only."""

    def move_to(self, zone: str) -> None:
        """Go by this zone from now on. That moves nothing: what is made next is made there."""

    def undecided(self, store: StateStore) -> D:
        """What `variables` gets where no preflight came before, as in Destroy."""

    def begin(self, decided: D, result: Result, say: Callable[[str], None]) -> None:
        """Hand over and agree to what must come before anything is made; `say` prints a line."""

    def variables(self, decided: D, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The root module's variables."""

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """The id by which Terraform imports a resource that exists and was made for this cluster after `since`.

        `kind` is Terraform's type, `values` are those planned; empty where the resource isn't surely the cluster's.
        """

    def watch(self, say: Callable[[str], None]) -> Watch | None:
        """What looks at the cluster while Terraform applies; None where Terraform waits for nothing."""

    def settle(self, store: StateStore, show: Callable[[str], None]) -> None:
        """Wait for what an earlier run left under way, before Terraform changes anything; `show` says for what."""

    def mend(self, kind: str, instance: dict[str, Any]) -> bool:
        """Correct an instance of a resource of this Terraform type, as the state holds it, once nothing is under way.

        Returns whether anything was changed.
        """

    def kept(self, facts: StateFacts, say: Callable[[str], None]) -> tuple[str, ...]:
        """The addresses in the state of what Destroy leaves in the cloud, as the settings ask.

        `say` prints a line, on what stays and on data that go for good. `facts` are those of the state.
        """

    def remove_kept(self, remains: Remains, say: Callable[[str], None]) -> bool:
        """Remove what an earlier Destroy kept and the settings don't keep, where that is all that remains.

        Returns whether anything was removed; `say` prints a line on it.
        """

    def there_before(self, facts: StateFacts, since: datetime, say: Callable[[str], None]) -> tuple[str, ...]:
        """The addresses in the state of what was in the cloud before `since`, and stays where Create gives a zone up.

        `say` prints a line on what stays. `facts` are those of the state.
        """

    def keepers(self, message: str) -> list[Leftover]:
        """The protections and locks that a failure's `message` is about, each with the command that lifts it.

        Raises what a look raises.
        """

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what belongs to the cluster, isn't used any more, and Terraform doesn't know.

        Returns whether anything was removed; `say` prints a line.
        """


class TerraformDefaults(Generic[D]):
    """A target for which Terraform's own ways are enough: nothing to hand over, watch, wait for or correct."""

    provisioner: Literal["terraform"] = "terraform"

    def begin(self, decided: D, result: Result, say: Callable[[str], None]) -> None:
        """There is nothing to hand over."""

    def watch(self, say: Callable[[str], None]) -> Watch | None:
        """Terraform waits for no machine."""
        return None

    def settle(self, store: StateStore, show: Callable[[str], None]) -> None:
        """Terraform waits for whatever is under way."""

    def kept(self, facts: StateFacts, say: Callable[[str], None]) -> tuple[str, ...]:
        """Destroy leaves nothing."""
        return ()

    def there_before(self, facts: StateFacts, since: datetime, say: Callable[[str], None]) -> tuple[str, ...]:
        """All was made by the cluster's own runs."""
        return ()

    def remove_kept(self, remains: Remains, say: Callable[[str], None]) -> bool:
        """Destroy keeps nothing."""
        return False

    def keepers(self, message: str) -> list[Leftover]:
        """The cloud has none."""
        return []

    def mend(self, kind: str, instance: dict[str, Any]) -> bool:
        """Terraform corrects its state by itself."""
        return False

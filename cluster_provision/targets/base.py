"""What a target is: one kind of cluster on one cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.base import Identity
    from cluster_provision.errors import ProvisionError, SettingsError
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.health.mending import Mending
    from cluster_provision.node import Node
    from cluster_provision.result import Cluster, Leftover
    from cluster_provision.settings import Settings
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateFacts, StateStore


@dataclass(frozen=True)
class Decided:
    """What preflight decides for the steps that follow. Each target adds its own fields.

    `private_values` may not be shown, logged or uploaded, beside those of the settings. `unseen` is set where
    making the cluster shows a secret once, which nothing keeps: the error of a run whose output is no terminal's.
    """

    private_values: tuple[str, ...] = ()
    unseen: SettingsError | None = None


@dataclass(frozen=True)
class Remains:
    """What the cloud still has of a cluster, and the looks that it refused or did not answer: there, all is unknown.

    `parted` is what stays for good, on machines that are given back: it is named, and nothing of the tool's any more.
    """

    found: tuple[Leftover, ...] = ()
    unseen: tuple[ProvisionError, ...] = ()
    parted: tuple[Leftover, ...] = ()


D = TypeVar("D", bound=Decided)


@dataclass(frozen=True)
class Copied:
    """The objects that the nodes fetch: the user's `files` and the tool's `samples`; empty for none."""

    files: str = ""
    samples: str = ""


class Target(Protocol[D]):
    """One kind of cluster. Its provisioner makes and removes it; a target looks, and in its stages mends."""

    cluster: Cluster

    @property
    def provisioner(self) -> Literal["terraform", "ssh"]:
        """By what the cluster comes and goes: a key of `provisioners.PROVISIONERS`."""

    @property
    def settings(self) -> Settings:
        """The run's settings. There is no other copy: preflight puts what the cloud corrects here."""

    @property
    def place(self) -> str:
        """Where the cluster is or is to be, in the cloud's words: a zone, a location."""

    @property
    def private_values(self) -> tuple[str, ...]:
        """Values of the settings that may not be shown, logged or uploaded."""

    def sign_in(self, prompt: Callable[[str], None] | None) -> tuple[Identity, str]:
        """Find and prove the credentials; returns whose they are, and a line on where. Comes before all other calls.

        `prompt` shows a line to a person who can log in; it is None where nobody is there.
        """

    def close(self) -> None:
        """End what `sign_in` has lent to other programs."""

    def store(self) -> StateStore:
        """Where this cluster's state lies."""

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, D | None]:
        """Look at permissions and the like, and decide what depends on them; None where something failed."""

    def stages(self, decided: D | None) -> tuple[Stage, ...]:
        """What the cluster goes through until it is proven to work. None: for a look, without preflight."""

    def way_in(self, node: str) -> tuple[str, ...]:
        """The command that leads to this node; to the first or the head where `node` is empty.

        Raises SettingsError with the names of the nodes for another name, NotReady where there is no node.
        """

    def leftovers(self, facts: StateFacts) -> Remains:
        """What of this cluster the cloud still has. `facts` are those of the state before it was removed."""


@runtime_checkable
class FleetTarget(Protocol):
    """A target whose machines SSH reaches, all at once."""

    def fleet(self, site: Site) -> Fleet:
        """The machines in the order of the hostfile with the head first. Raises NotReady where there are none."""


@runtime_checkable
class CheckedTarget(FleetTarget, Protocol):
    """A target whose machines check their own health."""

    @property
    def strict_health(self) -> bool:
        """Whether HEALTH_GATE=strict takes what is unknown for a failure."""

    def checked_nodes(self, site: Site) -> list[Node]:
        """The machines as they are now."""

    def mending(self, site: Site) -> Mending:
        """What is done about machines of the last listing."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a node: `category` is the cloud's word for it, `description` the user's."""

    node: str
    category: str
    description: str


class HealthReport(Protocol):
    """What a cloud is told of a faulty physical machine, `host`."""

    @property
    def host(self) -> str:
        """The physical machine's name."""

    def body(self) -> dict[str, Any]:
        """What is sent."""


R = TypeVar("R", bound=HealthReport)


@runtime_checkable
class ReportingTarget(Protocol[R]):
    """A target whose cloud takes reports of faulty physical machines."""

    @property
    def may_send(self) -> bool:
        """Whether the user wants the report to be sent."""

    def complaint(self, argument: str) -> Complaint:
        """Read the action's argument. Raises SettingsError with the categories for one that the cloud doesn't take."""

    def health_report(self, store: StateStore, complaint: Complaint) -> R:
        """The report on this node; sends nothing. Raises SettingsError with the names of the nodes for another name,
        NotReady where its physical machine isn't known."""

    def send_report(self, name: str, report: R) -> str:
        """Send it under this name, which must be new; returns its id."""


@runtime_checkable
class MeasuredTarget(CheckedTarget, Protocol):
    """A target whose machines NCCL can be measured on."""

    def nccl_machine(self) -> MachineClass:
        """What each machine is, for NCCL. Raises SettingsError where it has no GPUs."""

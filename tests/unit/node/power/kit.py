"""A cluster for tests of the power program, with Slurm and the cloud as data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from cluster_provision.slurm.cloud import CloudCluster, NodeGroup, Pool
from cluster_provision.slurm.outputs.node_states import NodeState
from node.slurm_cloud.http import CallFailed
from node.slurm_power.cloud import FAILED, RUNNING, Instance
from node.slurm_power.decide import Look, Todo, decide
from node.slurm_power.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

HPC = tuple(f"vega-hpc-{i}" for i in range(1, 9))
HTC = tuple(f"vega-htc-{i}" for i in range(1, 5))
POOLS = (
    Pool("hpc", (NodeGroup("vega-hpc-mig", HPC),), 0, 96, 2, 24, 2, 1_000_000, "h100", 8, hourly=10.0),
    Pool("htc", (NodeGroup("vega-htc-mig", HTC),), 0, 8, 1, 4, 2, 32_000, hourly=1.0),
)
CLUSTER = CloudCluster(
    "gcp", "vega", {"project": "p", "zone": "z"}, "files/slurm/p.tar.gz", "vega-ctl", ("vega-login-1",), POOLS
)
OFF, UP = ("idle", "cloud", "drain", "powered_down"), ("idle", "cloud")
STARTING, STOPPING = ("idle", "cloud", "powering_up"), ("idle", "cloud", "powering_down")
OFF_REASON = "cluster-provision: off: not resumed"
NOW = 1_000_000.0


def state(name: str, words: tuple[str, ...] = OFF, reason: str | None = None, user: str = "root") -> NodeState:
    """A node's state: its base, and its flags. One that is off says so, unless another reason is given."""
    told = (OFF_REASON if "drain" in words else "") if reason is None else reason
    return NodeState(name, words[0], tuple(words[1:]), told, user if told else "")


def states(**changed: NodeState) -> dict[str, NodeState]:
    """All nodes off, but for those given, whose names have underscores: hpc_1=…"""
    found = {name: state(name) for name in (*HPC, *HTC)}
    return found | {each.name: each for each in changed.values()}


def of(text: str, words: tuple[str, ...], reason: str | None = None, user: str = "root") -> dict[str, NodeState]:
    """The nodes of a list in one state, the others off."""
    return {**states(), **{name: state(name, words, reason, user) for name in expand_hostlist(text)}}


def machine(node: str, its: str = RUNNING, code: str = "", message: str = "") -> Instance:
    group = next((g.name for p in POOLS for g in p.groups if node in g.nodes), POOLS[0].groups[0].name)
    return Instance(group, f"zones/z/instances/{node}", node, its, code, message)


def decided(
    slurm: dict[str, NodeState],
    machines: Sequence[Instance] | None = (),
    kept: Kept | None = None,
    now: float = NOW,
    **changes: Any,
) -> Todo:
    return decide(Look(replace(CLUSTER, **changes), slurm, machines, kept if kept is not None else Kept(), now))


def updates(todo: Todo) -> list[tuple[str, ...]]:
    """Each update as its nodes, joined by blanks, and its arguments."""
    return [(" ".join(nodes), *arguments) for nodes, arguments in todo.updates]


@dataclass
class FakeCloud:
    """Makes and deletes machines at once; with `refusal`, it refuses to make any, or any of `refused_groups`.

    Those of `no_room` never come.
    """

    machines: dict[str, Instance] = field(default_factory=dict)
    created: list[tuple[str, ...]] = field(default_factory=list)
    deleted: list[tuple[str, ...]] = field(default_factory=list)
    refusal: CallFailed | None = None
    refused_groups: set[str] = field(default_factory=set)
    no_room: set[str] = field(default_factory=set)
    is_away: bool = False

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        if self.is_away:
            raise CallFailed("listing", 0, message="no answer")
        return [*self.machines.values()]

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        self.created.append(tuple(nodes))
        if self.refusal:
            raise self.refusal
        if group.name in self.refused_groups:
            raise CallFailed("POST", 403, "quotaExceeded", "Quota 'GPUS' exceeded.")
        failed = (FAILED, "ZONE_RESOURCE_POOL_EXHAUSTED", "no room")
        self.machines |= {name: machine(name, *(failed if name in self.no_room else ())) for name in nodes}

    def delete(self, group: NodeGroup, instances: Sequence[Instance], kept: Kept) -> None:
        self.deleted.append(tuple(each.node for each in instances))
        for each in instances:
            del self.machines[each.node]

"""What machines that exist already go through: Slurm has its nodes, and a job runs on those that were changed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import NotReady, one_of_all
from cluster_provision.orchestrators.slurm.benchmark import BenchmarkedController
from cluster_provision.orchestrators.slurm.container_proof import prove_containers
from cluster_provision.orchestrators.slurm.first_benchmark import benchmark_first
from cluster_provision.orchestrators.slurm.leaving import stay
from cluster_provision.orchestrators.slurm.monitoring import monitoring_stages
from cluster_provision.orchestrators.slurm.nodes import LOGS, look_at_nodes
from cluster_provision.orchestrators.slurm.proof import prove
from cluster_provision.orchestrators.slurm.restart import is_asked_for, restart
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.orchestrators.slurm.container_proof import Way
    from cluster_provision.orchestrators.slurm.nodes import Seen
    from cluster_provision.orchestrators.slurm.proof import Proof
    from cluster_provision.result import Connection
    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.stage import Site


class StagedCluster(BenchmarkedController, Protocol):
    """What the stages ask of their target."""

    @property
    def settings(self) -> ExistingSettings:
        """The run's settings."""

    @property
    def changed_nodes(self) -> tuple[str, ...]:
        """The compute nodes that this run has changed."""

    @property
    def has_gpus(self) -> bool:
        """Whether a node has GPUs."""

    @property
    def container_jobs(self) -> Way | None:
        """How jobs run in containers, None where that isn't set up."""

    @property
    def to_restart(self) -> tuple[str, ...]:
        """The compute nodes that need a restart, as preflight has seen."""

    def note_restarted(self, names: Sequence[str]) -> None:
        """Have these nodes count as changed."""

    def partitions_of(self, nodes: Sequence[str]) -> dict[str, list[str]]:
        """The nodes by a partition that has them, each once; those that none has are under an empty name."""

    def unreached(self) -> dict[str, ProvisionError]:
        """The machines that can't be reached now, and why."""

    def not_given_back(self) -> tuple[str, ...]:
        """The machines that the settings name no more, and that are the cluster's still."""

    def nodes(self) -> list[Node]:
        """The machines, as a table shows them."""

    def connection(self, site: Site) -> Connection:
        """How users reach the cluster and work with it."""


CONTAINERS = "container job"
SHOWN = 8
"""Nodes whose tasks' words are shown."""

REGISTER_SECONDS = 180.0
"""A node that starts registers within seconds; slurmctld asks a silent one again every SlurmdTimeout/3 (100 s)."""


def stages(target: StagedCluster) -> tuple[Stage, ...]:
    """The stages, in their order."""
    return (
        Stage("nodes in Slurm", partial(wait_for_nodes, target), partial(look, target)),
        Stage("restarts", partial(restart_where_needed, target), None, no_look="Create says which machines need one"),
        Stage("proof", partial(prove_changed, target), None, no_look="a job would take the nodes from their users"),
        Stage("benchmark", partial(benchmark, target), None, no_look="it would take the nodes from their users"),
        *monitoring_stages(target),
        Stage("connection", partial(connect, target), None, "Connect shows the way", folded=True),
    )


def wait_for_nodes(target: StagedCluster, site: Site) -> None:
    """Wait until every node is up, or was taken out by somebody: that is said, and keeps nobody waiting.

    One that was to leave, and is in the settings again, is put back.
    """
    poll = Poll(min(REGISTER_SECONDS, target.settings.ready_timeout * 60))
    seen, failure = None, None
    while poll.next():
        try:
            seen, failure = look_at_nodes(target), None
        except NotReady as unanswered:
            failure = unanswered
            continue
        site.progress.update(seen.text(), len(seen.up), len(seen.states))
        if not stay(target, seen) and not seen.missing:
            break
    if failure is not None:
        raise failure
    if seen is None or seen.missing:
        raise _not_there(seen)
    _note(target, site, seen)
    site.progress.conclude(seen.text())


def look(target: StagedCluster, site: Site) -> ProvisionError | None:
    """How Slurm has its nodes now, and which machines can't be reached."""
    if not site.facts.resources:
        return None
    if left := target.not_given_back():
        told = f"{', '.join(left)} is to leave, and not given back: the next Create tries again"
        site.result.checks.append(Check("machines that leave", "unknown", told))
    silent = target.unreached()
    told = "; ".join(" ".join(each.message.split()) for each in silent.values()) or "all reached"
    site.result.checks.append(Check("machines", "failed" if silent else "ok", told))
    try:
        seen = look_at_nodes(target)
    except NotReady as failure:
        site.result.checks.append(Check("nodes in Slurm", "failed", failure.message))
        return failure
    _note(target, site, seen)
    for at, node in enumerate(site.result.nodes):
        if node.name in silent:
            site.result.nodes[at] = replace(node, status="unreachable")
    if seen.missing:
        return _not_there(seen)
    return one_of_all(list(silent.values())) if silent else None


def restart_where_needed(target: StagedCluster, site: Site) -> None:
    """Restart the nodes whose kernel needs other arguments, where REBOOT=yes says so; else say which they are."""
    wanted = target.to_restart
    if not wanted:
        site.progress.conclude("none needed")
    elif not target.settings.reboot:
        listed = fold_hostlist(wanted)
        site.result.checks.append(Check("restarts", "unknown", f"{listed} without memory limits until a restart"))
        site.say(
            f"Note: the kernel of {listed} was started without memory cgroups; its arguments are set, and hold after a "
            "restart. REBOOT=yes has Create restart the nodes, one group at a time, once their jobs have ended."
        )
        site.progress.conclude(f"{listed} needs one")
    else:
        seen = look_at_nodes(target)
        apart = [name for name in wanted if name in seen.drained and not is_asked_for(seen, name)]
        if apart:
            site.result.checks.append(
                Check("restarts", "unknown", f"{fold_hostlist(apart)} drained, and not restarted")
            )
            site.say(
                f"Note: {fold_hostlist(apart)} needs a restart, and is drained: it is left to whoever drained it. "
                "Restart it before `Undrain`, or run Create with REBOOT=yes after that."
            )
        restarted = [name for name in wanted if name not in apart]
        restart(target, restarted, target.settings.drain_timeout, target.settings.ready_timeout, site.progress.update)
        target.note_restarted(restarted)
        site.progress.conclude(fold_hostlist(restarted) or "none")


def prove_changed(target: StagedCluster, site: Site) -> None:
    """Run a job over the nodes that this run changed, or over all where the run before was cut off.

    Busy ones count as proven, by the jobs that they run.
    """
    seen = look_at_nodes(target)
    anew = site.facts.unfinished or not site.facts.settled
    changed = target.slurm_nodes if anew else target.changed_nodes
    wanted = [name for name in changed if name in seen.up]
    busy = [name for name in wanted if (state := seen.states[name]) is not None and state.busy]
    free = [name for name in wanted if name not in busy]
    by_partition = target.partitions_of(free)
    homeless = by_partition.pop("", [])
    proofs = []
    for partition, nodes in by_partition.items():
        site.progress.update(f"a job on {len(nodes)} nodes of {partition}")
        proofs.append(prove(target, partition, nodes, target.settings.proof_timeout))
        _say(site, proofs[-1])
    ran = sum(len(proof.nodes) for proof in proofs)
    without = [node for proof in proofs for node in proof.without_pmix]
    told = f"a job ran on {ran} of {len(free)} nodes" if free else "no job was run"
    told += f", {len(busy)} are busy with other jobs" if busy else ""
    told += "" if wanted else ": this run changed nothing"
    told += f"; in no partition: {fold_hostlist(homeless)}" if homeless else ""
    told += f"; PMIx can't be loaded on {fold_hostlist(without)}" if without else ", which met by PMIx" if ran else ""
    site.result.checks.append(Check("proof", "unknown" if homeless or without else "ok", told))
    contained = _prove_containers(target, site, by_partition)
    site.progress.conclude(f"{told}{contained}")


def _prove_containers(target: StagedCluster, site: Site, by_partition: Mapping[str, Sequence[str]]) -> str:
    """Run a job in a container on each of these nodes. Returns what the step's line says of it."""
    if not by_partition:
        return ""
    way = target.container_jobs
    if way is None:
        site.result.checks.append(Check(CONTAINERS, "unknown", "container jobs are not set up"))
        return "; container jobs are not set up"
    proofs = []
    for partition, nodes in by_partition.items():
        site.progress.update(f"a job in a container on {len(nodes)} nodes of {partition}")
        proofs.append(prove_containers(target, way, partition, nodes, target.settings.proof_timeout))
    ran = sum(len(proof.nodes) for proof in proofs)
    free = sum(len(nodes) for nodes in by_partition.values())
    unknown = [proof.unknown for proof in proofs if proof.unknown]
    told = f"a job ran in a container on {ran} of {free} nodes, by {way}"
    site.result.checks.append(Check(CONTAINERS, "unknown" if unknown else "ok", "; ".join([told, *unknown])))
    for each in unknown:
        site.say(f"Note: the container job: {each}")
    return f"; {told}"


def _say(site: Site, proof: Proof) -> None:
    """What the job printed, of a few nodes."""
    for line in proof.said[:SHOWN]:
        site.say(f"  {line}")
    if len(proof.said) > SHOWN:
        site.say(f"  and {len(proof.said) - SHOWN} more")


def benchmark(target: StagedCluster, site: Site) -> None:
    """Measure NCCL's all-reduce where this Create is the cluster's first one, and the nodes have GPUs."""
    if target.settings.validate == "job":
        site.progress.conclude("left out: VALIDATE=job")
    elif site.facts.settled:
        site.progress.conclude("not again; `Benchmark` measures")
    elif not target.has_gpus:
        site.progress.conclude("the nodes have no GPUs")
    else:
        benchmark_first(target, site)


def connect(target: StagedCluster, site: Site) -> None:
    """Put into the result how users work with the cluster."""
    site.result.connection = target.connection(site)
    site.progress.conclude(", ".join(target.settings.login_nodes))


def _note(target: StagedCluster, site: Site, seen: Seen) -> None:
    site.result.checks.append(Check("nodes in Slurm", "failed" if seen.missing else "ok", seen.text()))
    nodes = target.nodes()
    for at, node in enumerate(nodes):
        if node.name in seen.states:
            state = seen.states[node.name]
            ready = node.name in seen.up
            status = "ready" if ready else "drained" if node.name in seen.drained else "missing"
            nodes[at] = replace(node, machine=state.words if state is not None else "", status=status)
    site.note([], nodes)


def _not_there(seen: Seen | None) -> NotReady:
    if seen is None:
        return NotReady("slurmctld was never asked: READY_TIMEOUT=0 leaves no time", "Give READY_TIMEOUT a minute.")
    lines = "\n".join(f"  {name}: {words}" for name, words in seen.missing.items())
    return NotReady(f"these nodes are not up in Slurm:\n{lines}", LOGS)

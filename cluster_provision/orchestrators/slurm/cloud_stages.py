"""What a Slurm cluster on a cloud goes through: described to its machines, up, its nodes in Slurm, proven by a job.

All of it is read from the machines' own records: no way in is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.description import with_proof, write, written
from cluster_provision.orchestrators.slurm.monitoring import monitoring_not_seen
from cluster_provision.orchestrators.slurm.startup_command import command_stages
from cluster_provision.orchestrators.slurm.switched_off import STOPPED, is_on
from cluster_provision.readiness.group_problems import GroupProblems, problems_of
from cluster_provision.readiness.node_states import Wanted, standing
from cluster_provision.readiness.nodes import setup_failure, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.cloud import digest_of
from cluster_provision.slurm.cloud_record import TAKEN_OUT, UP, ClusterRecord
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.result import Connection
    from cluster_provision.settings.slurm_cloud import SlurmCloudSettings
    from cluster_provision.slurm.cloud import CloudCluster
    from cluster_provision.stage import Site

SHOWN = 8
"""Nodes whose tasks' words are shown."""

LOOK = "On the controller, /var/log/slurm/slurmctld.log and `journalctl -u cluster-slurm` say why."
AGAIN = "Create run again waits longer."
MENDED = "Correct the cause and run Create again: the machines that are there try it with its settings by themselves."


@dataclass(frozen=True)
class Counted:
    """The nodes that should be on: those `up`, those that somebody has `taken_out`, and `missing` ones, with words."""

    up: tuple[str, ...] = ()
    taken_out: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, record: ClusterRecord) -> Counted:
        """Count the nodes that the controller wants on."""
        refused = {name: each.text for each in record.refusals for name in each.nodes}
        up, taken_out, missing = [], {}, {}
        for name in record.wanted:
            word = record.word(name)
            words = word.state + (f" ({word.reason})" if word.reason else "")
            if word.state in UP:
                up.append(name)
            elif word.state in TAKEN_OUT:
                taken_out[name] = words
            else:
                missing[name] = f"{words}; the cloud says: {refused[name]}" if name in refused else words
        return cls(tuple(up), taken_out, missing)

    def text(self, record: ClusterRecord) -> str:
        """How many are up, what is with the others, how many are off, and what the controller could not do."""
        told = "; ".join(
            (f"{len(self.up)} of {len(record.wanted)} up", *_grouped(self.taken_out), *_grouped(self.missing))
        )
        off = [name for name, word in (record.nodes or {}).items() if word.state == "off"]
        told += f"; {len(off)} off: {fold_hostlist(off)}" if off else ""
        return told + _notes(record)


class CloudSlurmTarget(Protocol):
    """What the stages ask of their target."""

    @property
    def settings(self) -> SlurmCloudSettings:
        """The run's settings."""

    def describe(self) -> CloudCluster:
        """The cluster as the settings have it; no proof is asked for."""

    def put_program(self, site: Site) -> None:
        """Put the machines' program where the description says."""

    def machines(self) -> list[Machine]:
        """All machines that the cluster has now: controller, login nodes, and the nodes that are on."""

    def group_errors(self) -> list[GroupError]:
        """What the cloud failed at in this run while it made controller and login nodes."""

    def kind_of(self, problem: str) -> Kind:
        """The cloud's sorting of "<code>: <message>"."""

    def connection(self, site: Site) -> Connection:
        """How users reach the cluster and work with it."""


def stages(target: CloudSlurmTarget) -> tuple[Stage, ...]:
    """The stages, in their order."""
    passed: set[str] = set()  # proofs that earlier runs asked for, noted by the first stage for a later one
    return (
        Stage(
            "description",
            partial(describe, target, passed),
            None,
            no_look="the stage nodes in Slurm says whether it holds",
        ),
        Stage("controller", partial(wait_for_controller, target), partial(look_at_controller, target)),
        Stage("nodes in Slurm", partial(wait_for_nodes_in_slurm, target), partial(look_at_nodes_in_slurm, target)),
        Stage("proof", partial(wait_for_proof, target, passed), partial(look_at_proof, target)),
        *command_stages(target),
        *monitoring_not_seen(target.settings, target.settings.controller_name),
        Stage("connection", partial(connect, target), None, "Connect shows the way", folded=True),
    )


def describe(target: CloudSlurmTarget, passed: set[str], site: Site) -> None:
    """Tell the machines what the cluster is to be: those that are up wait for it, or follow within seconds."""
    cluster = target.describe()
    target.put_program(site)
    before, record = written(site.store), record_of(cluster, site)
    # What failed tries again by itself where the description changes.
    needed = {*_standing_names(cluster), *record.wanted}
    failed = any(each.status == "failed" and each.name in needed for each in site.store.node_summaries())
    wanted = with_proof(cluster, None if failed else before, record, run=_new_name())
    write(site.store, wanted)
    if record.proof.status == "ok" and record.proof.name == wanted.proof:
        passed.add(wanted.proof)
    changed = "the same as before" if before == wanted else "new" if before is None else "changed"
    site.progress.conclude(f"{changed}, {len(wanted.nodes)} nodes, {len(wanted.first_on)} of them on")


def wait_for_controller(target: CloudSlurmTarget, site: Site) -> None:
    """Wait until controller and login nodes are set up, as their own records say.

    One that failed at an earlier description tries this one by itself.
    """
    cluster, settings = target.describe(), target.settings
    found = wait_for_nodes(
        Wanted(1 + len(cluster.logins)),
        lambda: _standing_machines(target, cluster),
        site.store,
        GroupProblems(target.group_errors, target.kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        site.progress.update,
        partial(_failure, site),
    )
    site.note(found.machines, [_with_part(node, cluster) for node in found.nodes])
    site.progress.conclude(", ".join(node.name for node in found.nodes))


def look_at_controller(target: CloudSlurmTarget, site: Site) -> ProvisionError | None:
    """Whether controller and login nodes are there, and set up. A login node may be stopped (Suspend)."""
    cluster = target.describe()
    every = target.machines()
    machines = [each for each in every if each.name in _standing_names(cluster)]
    summaries = site.store.node_summaries()
    site.note(every, [_with_part(node, cluster) for node in standing(machines, summaries).nodes])
    stopped = [each.name for each in machines if each.name in cluster.logins and not is_on(each)]
    machines = [each for each in machines if each.name not in stopped]
    wanted, now = Wanted(1 + len(cluster.logins) - len(stopped)), standing(machines, summaries)
    told = f"{len(now.ready(wanted))} of {wanted.count} ready"
    if stopped:
        told += f"; {fold_hostlist(stopped)} stopped: Resume starts it, and so does Create"
    site.result.checks.append(Check("controller", "ok" if now.complete(wanted) else "failed", told))
    if now.failed():
        return setup_failure(now.failed(), site.store, MENDED)
    if now.complete(wanted):
        return None
    problems = problems_of(machines, wanted.count, target.group_errors(), target.kind_of)
    return NotReady(now.text(wanted, problems), "Create makes what is missing.")


def wait_for_nodes_in_slurm(target: CloudSlurmTarget, site: Site) -> None:
    """Wait until the controller has taken the description, and every node that should be on is up in Slurm.

    Raises what the cloud says of nodes that it doesn't make once that has lasted for CAPACITY_WAIT.
    """
    settings, cluster = target.settings, target.describe()
    digest = digest_of(_description(site).text())
    poll, record, now = Poll(settings.ready_timeout * 60), ClusterRecord(), Counted()
    since: float | None = None
    while poll.next():
        with poll.bearing_outages(site.progress.update):
            seen, record = record, record_of(cluster, site)
            now = Counted.of(record)
            if record.applied == digest and not now.missing:
                break
            _raise_setup_failures(now.missing, target, site)
            site.progress.update(_progress(record, digest, now), len(now.up), len(record.wanted) or None)
            refused = [each for each in record.refusals if set(each.nodes) & set(now.missing)]
            since = None if not refused else poll.elapsed if since is None else since
            if refused and since is not None and poll.elapsed - since >= settings.capacity_wait * 60:
                raise _refused(target, refused[0].text, now)
            if seen != record:
                poll.moved()
    else:
        raise NotReady(f"after {poll.elapsed / 60:.0f} minutes: {_progress(record, digest, now)}", LOOK)
    _note(target, site, record)
    site.progress.conclude(now.text(record))


def look_at_nodes_in_slurm(target: CloudSlurmTarget, site: Site) -> ProvisionError | None:
    """How Slurm had its nodes when the controller last looked."""
    if not site.facts.resources:
        return None
    cluster = target.describe()
    record = record_of(cluster, site)
    if not record.applied:
        site.result.checks.append(Check("nodes in Slurm", "unknown", "the controller has told nothing yet"))
        return NotReady("the controller has told nothing of its nodes yet", LOOK)
    now = Counted.of(record)
    _note(target, site, record)
    site.result.checks.append(Check("nodes in Slurm", "failed" if now.missing else "ok", now.text(record)))
    if not now.missing:
        return None
    lines = "\n".join(f"  {name}: {words}" for name, words in now.missing.items())
    return NotReady(f"these nodes should be on, and are not up in Slurm:\n{lines}{_notes(record)}", LOOK)


def wait_for_proof(target: CloudSlurmTarget, passed: set[str], site: Site) -> None:
    """Wait for the job that the controller runs over the nodes that should be on, or say that one had `passed` before.

    Raises NodeSetupError where it failed, NotReady where it did not come to run in time.
    """
    wanted = _description(site)
    if not record_of(wanted, site).wanted:
        site.progress.conclude("no job was run: no node is on")
        return
    # The controller's own limit, and a minute for its word to get here.
    poll = Poll((wanted.proof_minutes + 1) * 60)
    while poll.next():
        with poll.bearing_outages(site.progress.update):
            proof = record_of(wanted, site).proof
            if proof.name == wanted.proof and proof.status not in ("", "running"):
                break
            site.progress.update(proof.detail or "the controller has not begun")
    else:
        raise NotReady(f"no job has proven the nodes within {wanted.proof_minutes} minutes", f"{LOOK} {AGAIN}")
    if proof.status == "failed":
        raise NodeSetupError(f"the job that was to prove the nodes failed: {proof.detail}", f"{LOOK} {AGAIN}")
    if proof.status != "ok":
        raise NotReady(f"whether the nodes work is unknown: {proof.detail}", f"{LOOK} {AGAIN}")
    if proof.name in passed:
        told = f"no job was run: the settings are as they were when one ran on {len(proof.nodes)} nodes"
    else:
        _say_lines(proof.lines, site)
        told = f"a job ran on {len(proof.nodes)} nodes" + (f": {proof.detail}" if proof.detail else "")
    site.result.checks.append(Check("proof", "ok", told))
    site.progress.conclude(told)


def _say_lines(lines: tuple[str, ...], site: Site) -> None:
    for line in lines[:SHOWN]:
        site.say(f"  {line}")
    if len(lines) > SHOWN:
        site.say(f"  and {len(lines) - SHOWN} more")


def look_at_proof(target: CloudSlurmTarget, site: Site) -> None:
    """Add a check of what the last job that was to prove the nodes has shown; it isn't run again."""
    proof = record_of(target.describe(), site).proof
    if proof.name:
        status = proof.status if proof.status in ("ok", "failed") else "unknown"
        words = proof.detail or ("a job has run there" if proof.status == "ok" else proof.status)
        told = ": ".join(part for part in (fold_hostlist(proof.nodes), words) if part)
        site.result.checks.append(Check("proof", status, told))


def connect(target: CloudSlurmTarget, site: Site) -> None:
    """Put into the result how users work with the cluster."""
    site.result.connection = target.connection(site)
    site.progress.conclude("")


def record_of(cluster: CloudCluster, site: Site) -> ClusterRecord:
    """What the controller last said; nothing where it has no record yet."""
    record = site.store.node_record(cluster.controller)
    return ClusterRecord.from_json(record.slurm if record else None)


def _standing_names(cluster: CloudCluster) -> tuple[str, ...]:
    return (cluster.controller, *cluster.logins)


def _standing_machines(target: CloudSlurmTarget, cluster: CloudCluster) -> list[Machine]:
    names = _standing_names(cluster)
    return [each for each in target.machines() if each.name in names]


def _with_part(node: Node, cluster: CloudCluster) -> Node:
    if node.machine in STOPPED:
        node = replace(node, status="missing", step="")
    if node.name == cluster.controller:
        return replace(node, part="controller" if cluster.logins else "controller, login")
    return replace(node, part="login" if node.name in cluster.logins else "node")


def _description(site: Site) -> CloudCluster:
    cluster = written(site.store)
    if cluster is None:
        raise NotReady("the cluster's description is gone from the state store", "Create writes it again.")
    return cluster


def _progress(record: ClusterRecord, digest: str, now: Counted) -> str:
    if record.applied != digest:
        return f"the controller takes the cluster's description{_notes(record)}"
    return now.text(record)


def _notes(record: ClusterRecord) -> str:
    return f"; the controller says: {'; '.join(record.notes)}" if record.notes else ""


def _raise_setup_failures(missing: dict[str, str], target: CloudSlurmTarget, site: Site) -> None:
    """Raises NodeSetupError where a missing node's own record says that its set-up failed."""
    failed = [each.name for each in site.store.node_summaries() if each.status == "failed" and each.name in missing]
    if failed:
        there = standing([each for each in target.machines() if each.name in failed], site.store.node_summaries())
        if error := _failure(site, there.failed()):
            raise error


def _failure(site: Site, failed: Sequence[Node]) -> ProvisionError | None:
    """The error for those of the nodes that failed at the description as it is now; None where none did.

    A record that doesn't say what its machine has tried is of one that tries nothing more.
    """
    digest = digest_of(_description(site).text())
    final = []
    for node in failed:
        record = site.store.node_record(node.name)
        if ((record.slurm if record else None) or {}).get("tried", digest) == digest:
            final.append(node)
    return setup_failure(final, site.store, MENDED) if final else None


def _refused(target: CloudSlurmTarget, text: str, now: Counted) -> ProvisionError:
    kind = target.kind_of(text)
    message = f"the cloud does not make nodes that should be on: {'; '.join(_grouped(now.missing))}"
    return error_of(kind.error, message, f"{kind.advice_on(text)}\nThe nodes that are up stay, and cost money.")


def _grouped(nodes: dict[str, str]) -> list[str]:
    """The nodes with their words, those with equal words in one entry."""
    by_words: dict[str, list[str]] = {}
    for name, words in nodes.items():
        by_words.setdefault(words, []).append(name)
    return [f"{fold_hostlist(names)}: {words}" for words, names in by_words.items()]


def _note(target: CloudSlurmTarget, site: Site, record: ClusterRecord) -> None:
    """Put every machine that is on into the result, with Slurm's word for the nodes."""
    cluster, every = target.describe(), target.machines()
    nodes = []
    for node in standing(every, site.store.node_summaries()).nodes:
        part = _with_part(node, cluster)
        word = record.word(node.name)
        if part.part == "node":
            status = "ready" if word.state in UP else "drained" if word.state in TAKEN_OUT else "missing"
            part = replace(part, machine=word.state, status=node.status if node.status == "failed" else status)
        nodes.append(part)
    site.note(every, nodes)


def _new_name() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

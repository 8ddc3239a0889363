"""CLOUD=existing: machines that exist already, as a Slurm cluster."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cluster_provision.checks.existing.offer import offer_of
from cluster_provision.checks.existing.preflight import look
from cluster_provision.checks.existing.subject import Seen, Subject
from cluster_provision.clouds.base import Identity
from cluster_provision.errors import ProvisionError, one_of_all
from cluster_provision.fleet.programs import APPLY, FACTS
from cluster_provision.node import Node
from cluster_provision.number_of import number_of
from cluster_provision.orchestrators.slurm.leaving import take_leave
from cluster_provision.orchestrators.slurm.monitoring import monitoring_parts
from cluster_provision.result import Cluster, Connection
from cluster_provision.settings.readers.slurm.partitions import ALL
from cluster_provision.slurm.facts import MachineFacts
from cluster_provision.slurm.hardware import node_of
from cluster_provision.slurm.keys import judge_keys, taken
from cluster_provision.slurm.roles import limits, names_of, plan_of
from cluster_provision.state.existing.store import MACHINES, ControllerStore
from cluster_provision.targets.base import Decided, Remains
from cluster_provision.targets.existing.applying import applied_of
from cluster_provision.targets.existing.cluster import cluster_of, wanted_of
from cluster_provision.targets.existing.connection import slurm_part
from cluster_provision.targets.existing.journals import Journals
from cluster_provision.targets.existing.nccl import nccl_program
from cluster_provision.targets.existing.reach import Reach, kept_machine
from cluster_provision.targets.existing.secrets import keep_secrets, kept_secrets, new_secrets
from cluster_provision.targets.existing.ssh_command import way_in
from cluster_provision.targets.existing.stages import stages
from cluster_provision.targets.existing.trust import know_from_before, know_machines
from cluster_provision.targets.existing.users import keep_users, kept_users
from cluster_provision.targets.ssh_target import Wave

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.orchestrators.slurm.all_reduce import Program
    from cluster_provision.orchestrators.slurm.container_proof import Way
    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.slurm.cluster import Secrets, SlurmCluster
    from cluster_provision.slurm.plan import Plan
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.ssh_target import Applied


@dataclass(frozen=True)
class Prepared(Decided):
    """What preflight decides: the cluster that the machines make, the plan of each, and what they will share."""

    cluster: SlurmCluster | None = None
    plans: dict[str, Plan] = field(default_factory=dict)
    secrets: Secrets | None = field(default=None, repr=False)


class ExistingSlurm:
    """The cluster of the machines that `settings` name."""

    provisioner: Literal["ssh"] = "ssh"

    def __init__(self, settings: ExistingSettings) -> None:
        self.settings = settings
        self.cluster = Cluster(settings.name_prefix, label_of(settings), "existing", "slurm")
        self.reach = Reach(settings)
        self._changed: set[str] = set()
        self._members: dict[str, Any] = {}
        self._with_journal: set[str] = set()
        self._cluster: SlurmCluster | None = None
        self._facts: dict[str, MachineFacts] = {}
        self._to_restart: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The controller: the cluster is where it is."""
        return self.settings.controller

    @property
    def private_values(self) -> tuple[str, ...]:
        """The confidential values of the settings."""
        return self.settings.confidential

    # signing in

    def sign_in(self, prompt: Callable[[str], None] | None) -> tuple[Identity, str]:
        """See that every machine is the one that is known, and reach the controller, which keeps the state.

        Where the controller can't be reached, the others are tried too, so that everything wrong is told at once.
        """
        shown = know_machines(self.reach, accept=self.settings.accept_new_host_keys)
        answer = self.reach.connect_each((self.settings.controller,))[self.settings.controller]
        if answer is not None:
            others = self.reach.connect_each(self.reach.names[1:])
            raise one_of_all([answer, *(each for each in others.values() if each is not None)])
        text = self.store().read(MACHINES)
        self._members = json.loads(text) if text else {}
        self.reach.add(kept_machine(name, each, self.settings) for name, each in self._members.items())
        know_from_before(self.reach, shown, self._members)
        users = sorted({each.user for each in self.settings.machines})
        return Identity(", ".join(users), "ssh"), number_of(len(self.reach.names), "machine")

    def close(self) -> None:
        """Close the connections."""
        self.reach.close()

    @property
    def journals(self) -> Journals:
        """The machines' journals, and their copies on the controller."""
        return Journals(self.reach, self.store(), self.settings.name_prefix)

    def store(self) -> ControllerStore:
        """The folder on the controller."""
        controller, name = self.settings.controller, self.settings.name_prefix
        return ControllerStore(partial(self.reach.operate, controller, name), controller, name)

    # looking

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, Prepared | None]:
        """Look at every machine, all at once; where all is well, compile what each is to be."""
        named = {user.name for user in self.settings.users}
        former = [user for user in kept_users(self.store()) if user.name not in named]
        subject = replace(self._seen(facts), former_users=tuple(former))
        found = look(subject)
        if found.failures:
            return found, None
        seen = {name: each.facts for name, each in subject.seen.items()}
        made = [node_of(name, seen[name].ssh_address, seen[name])[0] for name in self.settings.compute]
        nodes = [node for node in made if node is not None]
        cluster = cluster_of(self.settings, seen, nodes, self.reach.host_keys(), former, subject.offer)
        secrets = kept_secrets(self.store()) or new_secrets()
        extra = taken(cluster.extra, judge_keys(cluster.extra, cluster.release))
        cluster = replace(cluster, extra=extra)
        plans = {name: plan_of(cluster, name, seen[name], secrets) for name in self.reach.names_of_settings}
        self._cluster = cluster
        self._facts = seen
        self._to_restart = tuple(n.name for n in nodes if limits.needs_restart(seen[n.name]))
        hidden = (secrets.munge_key, secrets.database_password, secrets.ssh_private_key)
        return found, Prepared(hidden, None, cluster, plans, secrets)

    def _seen(self, facts: StateFacts) -> Subject:
        began = time.time()
        names = self.reach.names_of_settings
        asked = self.reach.ask_each(FACTS, dict.fromkeys(names, wanted_of(self.settings, names)))
        middle = (began + time.time()) / 2
        seen: dict[str, Seen] = {}
        unseen: dict[str, ProvisionError] = {}
        for each in asked:
            try:
                if each.error is not None:
                    raise each.error
                found = MachineFacts.from_json(each.answers[0] if each.answers else None)
                seen[each.machine] = Seen(found, found.clock - middle)
                if self.settings.name_prefix in found.clusters:
                    self._with_journal.add(each.machine)
            except ProvisionError as failure:
                unseen[each.machine] = failure
        offer = offer_of(self.settings, {name: each.facts for name, each in seen.items()})
        return Subject(self.settings, seen, unseen, frozenset(i.key for i in facts.instances), offer=offer)

    def stages(self, decided: Prepared | None) -> tuple[Stage, ...]:
        """Slurm has its nodes, and a job ran."""
        return stages(self)

    # setting up and giving back

    def members(self) -> dict[str, dict[str, Any]]:
        """The machines of the settings, as the state keeps them: never a password."""
        keys = self.reach.host_keys()
        return {
            each.name: {
                "address": each.address,
                "user": each.user,
                "port": each.port,
                "aliases": list(each.aliases),
                "host_keys": list(keys.get(each.name, ())),
                "compute": each.name in self.settings.compute,
            }
            for each in self.settings.machines
        }

    def waves(self, decided: Prepared) -> tuple[Wave, ...]:
        """The shares' server, since all others mount its folders; the controller, the nodes, then where users log in.

        A shares' server that is a node needs the controller too, and is set up beside it.
        """
        s = self.settings
        first = tuple(dict.fromkeys((s.nfs_server, s.controller)))
        storage = () if s.nfs_server in (s.controller, *s.compute) else (s.nfs_server,)
        nodes = tuple(name for name in s.compute if name not in first)
        rest = tuple(name for name in self.reach.names_of_settings if name not in (*first, *nodes))
        named = (("storage", storage), ("controller", first[len(storage) :]), ("nodes", nodes), ("login nodes", rest))
        return tuple(
            Wave(name, tuple(decided.plans[each] for each in names if each in decided.plans)) for name, names in named
        )

    def begin(self, decided: Prepared) -> None:
        """Keep what the machines will share, before the first of them gets it."""
        if decided.secrets is not None and kept_secrets(self.store()) is None:
            keep_secrets(self.store(), decided.secrets)
        if decided.cluster is not None:
            keep_users(self.store(), decided.cluster.users)

    def apply(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        """Apply the plans; each machine's journal is copied to the controller."""
        requests = {plan.machine: {"plan": plan.to_json()} for plan in plans}
        lost = [name for name in requests if name in self._members and name not in self._with_journal]
        for name, journal in self.journals.read(lost).items():
            requests[name]["journal"] = journal
        applied = self._ask("apply", requests, ended)
        changed = [each.machine for each in applied if each.changed]
        self._changed.update(changed)
        self.journals.copy(changed)
        return applied

    def update_names(self, store: StateStore, facts: StateFacts, ended: Callable[[int, int], None]) -> list[Applied]:
        """Apply the part of each machine's plan by which the machines know each other."""
        found, prepared = self.preflight(store, facts)
        if prepared is None or prepared.cluster is None or prepared.secrets is None:
            raise one_of_all(found.failures)
        requests: dict[str, dict[str, Any]] = {}
        for name in self.reach.names_of_settings:
            plan = names_of(prepared.cluster, name, self._facts[name], prepared.secrets)
            requests[name] = {"plan": plan.to_json(), "partial": True}
        applied = self._ask("apply", requests, ended)
        self.journals.copy([each.machine for each in applied if each.changed])
        return applied

    def compare(self, plans: Sequence[Plan], ended: Callable[[int, int], None]) -> list[Applied]:
        """Compare each machine with its plan."""
        return self._ask("diff", {plan.machine: {"plan": plan.to_json()} for plan in plans}, ended)

    def give_back(self, names: Sequence[str], facts: StateFacts, ended: Callable[[int, int], None]) -> list[Applied]:
        """Undo on each machine what its journal tells, or the controller's copy where the machine has lost its own."""
        copies = self.journals.of_those_that_lost_theirs(names)
        requests: dict[str, dict[str, Any]] = {name: {"delete_data": self.settings.delete_data} for name in names}
        for name, journal in copies.items():
            requests[name]["journal"] = journal
        return self._ask("undo", requests, ended)

    def forget(self, names: Sequence[str], rest: dict[str, dict[str, Any]]) -> None:
        """Without its copy, a journal that a machine has no more isn't taken for lost."""
        self.journals.forget(names)
        self.store().keep_machines(rest)

    def forgotten(self) -> tuple[str, ...]:
        """Machines of the settings with a journal of this cluster, though the state doesn't know of it.

        Raises what keeps one from being looked at.
        """
        return self.journals.holders(self.reach.names_of_settings)

    def order_of_return(self, facts: StateFacts) -> tuple[tuple[str, ...], ...]:
        """All others before those that they depend on: the controller last."""
        held = tuple(each.key for each in facts.instances)
        last = tuple(n for n in dict.fromkeys((self.settings.nfs_server, self.settings.controller)) if n in held)
        groups = (tuple(name for name in held if name not in last), *((name,) for name in last))
        return tuple(group for group in groups if group)

    def take_leave(self, names: Sequence[str], show: Callable[[str], None]) -> None:
        """Drain these nodes, and wait until no job runs on them."""
        nodes = [name for name in names if self._members.get(name, {}).get("compute")]
        if nodes:
            take_leave(self, nodes, self.settings.drain_timeout, show)

    def leftovers(self, facts: StateFacts) -> Remains:
        """The machines stay; what of the cluster stays on them is told as each is given back."""
        return Remains()

    def _ask(
        self, action: str, requests: dict[str, dict[str, Any]], ended: Callable[[int, int], None]
    ) -> list[Applied]:
        cluster = self.settings.name_prefix
        told = {name: {"do": action, "cluster": cluster, **each} for name, each in requests.items()}
        return [applied_of(each) for each in self.reach.ask_each(APPLY, told, ended)]

    # for the stages

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program on the controller, as root."""
        return self.reach.run_as_root(self.settings.controller, shlex.join(words))

    def on_nodes(self, words: Sequence[str], ended: Callable[[int, int], None]) -> dict[str, ProvisionError | None]:
        """Run a program on every compute node, as root."""
        return self.reach.run_as_root_on(self.settings.compute, shlex.join(words), ended)

    @property
    def controller_name(self) -> str:
        """The controller's name."""
        return self.settings.controller

    @property
    def slurm_nodes(self) -> tuple[str, ...]:
        """The compute nodes."""
        return self.settings.compute

    @property
    def changed_nodes(self) -> tuple[str, ...]:
        """The compute nodes that this run has changed."""
        return tuple(name for name in self.settings.compute if name in self._changed)

    @property
    def container_jobs(self) -> Way | None:
        """How jobs run in containers, as the machines' plans set it up."""
        cluster = self._cluster
        if cluster is None or not (cluster.containers or cluster.fetched):
            return None
        return "Pyxis" if cluster.fetched else "--container"

    @property
    def to_restart(self) -> tuple[str, ...]:
        """The compute nodes whose kernel has no memory cgroups yet."""
        return self._to_restart

    def note_restarted(self, names: Sequence[str]) -> None:
        """Have these nodes count as changed, so that a job proves them."""
        self._changed.update(names)

    @property
    def has_gpus(self) -> bool:
        """Whether a node has GPUs, as preflight has seen."""
        return any(node.gpus for node in self._cluster.nodes) if self._cluster is not None else False

    @property
    def strict_health(self) -> bool:
        """HEALTH_GATE isn't a setting of machines that exist already."""
        return False

    def nccl_program(self) -> Program | None:
        """Where nccl-tests is, as the settings say."""
        return nccl_program(self.settings)

    def partitions_of(self, nodes: Sequence[str]) -> dict[str, list[str]]:
        """The nodes by a partition that has them, each once; those that none has are under an empty name."""
        found: dict[str, list[str]] = {}
        left = dict.fromkeys(nodes)
        for partition in self._cluster.partitions if self._cluster is not None else ():
            taken = [name for name in left if partition.nodes == ALL or name in partition.nodes]
            for name in taken:
                del left[name]
            if taken:
                found[partition.name] = taken
        return {**found, "": list(left)} if left else found

    def unreached(self) -> dict[str, ProvisionError]:
        """The machines of the settings that can't be reached now, and why."""
        tried = self.reach.connect_each(self.reach.names_of_settings)
        return {name: failure for name, failure in tried.items() if failure is not None}

    def not_given_back(self) -> tuple[str, ...]:
        """The machines that the settings name no more, and that are the cluster's still."""
        return tuple(name for name in self._members if name not in self.reach.names_of_settings)

    def nodes(self) -> list[Node]:
        """The machines, as a table shows them."""
        return [
            Node(each.name, address=each.address, status="ready", part=self._part(each.name))
            for each in self.settings.machines
        ]

    def _part(self, name: str) -> str:
        parts = (
            ("controller", name == self.settings.controller),
            ("login", name in self.settings.login_nodes),
            ("node", name in self.settings.compute),
        )
        return "+".join(part for part, is_so in parts if is_so) or "storage"

    def connection(self, site: Site) -> Connection:
        """How users reach it and work with it."""
        ways = {name: shlex.join(self.way_in(name)) for name in self.settings.login_nodes}
        watched = monitoring_parts(self.settings, self.settings.controller)
        parts = (slurm_part(self.settings, site.result.nodes), *watched)
        return Connection(ssh=ways, ssh_title="To log in", parts=parts)

    def way_in(self, node: str) -> tuple[str, ...]:
        """The ssh command to this machine, or to the first on which users log in."""
        return way_in(node, self.settings)

    def fleet(self, site: Site) -> Fleet:
        """The machines of the settings, the controller first."""
        return self.reach.fleet()


def label_of(settings: ExistingSettings) -> str:
    """Six hexadecimal digits, the same for a name and a controller on every run."""
    seed = f"{settings.controller}/{settings.name_prefix}"
    return hashlib.sha256(seed.encode()).hexdigest()[:6]

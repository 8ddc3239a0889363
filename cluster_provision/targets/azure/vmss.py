"""CLOUD=azure: a scale set of GPU machines, in either of its modes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.azure.preflight import look
from cluster_provision.checks.azure.subject import AzureSubject
from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import NotReady, SettingsError, one_of_all
from cluster_provision.fleet.model import Fleet, Gate, Host, Keys
from cluster_provision.node import Node
from cluster_provision.parallel import at_once
from cluster_provision.readiness.node_states import standing
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.azure.group import look_at_group
from cluster_provision.targets.azure.head import require_way_in
from cluster_provision.targets.azure.keys import Pair, hand_over, new_pair, pair_of
from cluster_provision.targets.azure.machines import in_order
from cluster_provision.targets.azure.scale_set import look_at_scale_set
from cluster_provision.targets.azure.ssh_routes import SSH_PORT, Ways
from cluster_provision.targets.azure.stages import stages
from cluster_provision.targets.azure.status import status
from cluster_provision.targets.azure.target import AzureTarget
from cluster_provision.targets.azure.variables import variables
from cluster_provision.targets.azure.watch import AzureWatch
from cluster_provision.targets.base import Preflight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.azure.catalogue import Plan
    from cluster_provision.clouds.azure.machines import ScaleSet, ScaleSetMachine
    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Result
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site, Stage, Watch
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied

POOL = "nodes"
"""The load balancer's pool that the machines are in (terraform/modules/azure/access)."""


class AzureVmss(AzureTarget):
    """The cluster that `settings` describe. Its machines are those of one scale set."""

    module = "azure/vmss"
    ray_port: int | None = None

    def __init__(self, settings: AzureSettings, kind: str = "vmss") -> None:
        super().__init__(settings, kind)
        self.expected_nodes = settings.instance_count
        self.plan: Plan | None = None
        self._makes_group: bool | None = None
        self._pair: Pair | None = None
        self._shown = False

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What Create does once Terraform is through."""
        return stages(self)

    @property
    def private_values(self) -> tuple[str, ...]:
        """The user's, and the private key of a pair that this run has made."""
        made = self._pair.private if self._pair is not None else None
        return (*super().private_values, made.decode() if made else "")

    def preflight(self, store: StateStore, facts: StateFacts) -> Preflight:
        """Look at all that can be looked at; settle who may log in, and what the image is sold under."""
        group = look_at_group(self.settings, self.cloud, self.cluster.label, facts)
        if group.failure is not None:
            return Preflight((group.check,), group.notes, group.failure)
        self._makes_group = group.make
        scale_set = self.scale_set() if group.exists else None
        subject = AzureSubject(
            settings=self.settings,
            catalogue=self.catalogue,
            present=scale_set.capacity if scale_set is not None else 0,
            group_exists=group.exists,
            makes_group=group.make,
            makes_store=self.settings.terraform_blob_path is None and not store.exists(),
        )
        found = look(subject)
        standing = look_at_scale_set(self.settings, scale_set, facts, self.state_account)
        checks = (group.check, *found.checks, *standing.checks)
        notes = (*group.notes, *found.notes, *standing.notes)
        failures = (*found.failures, *standing.failures)
        if failures:
            return Preflight(checks, notes, one_of_all(failures))
        image = None if self.settings.image.id else subject.image()
        self.plan = image.plan if image is not None else None
        self._pair = pair_of(self.settings, scale_set.public_key if scale_set is not None else "")
        return Preflight(checks, notes)

    def begin(self, result: Result, say: Callable[[str], None]) -> None:
        """Hand a new key over, and accept what the image is sold under, where the user has said so."""
        pair = self.pair()
        if pair.made and not hand_over(pair, self.settings):
            self._shown = True
            result.connection = self._with_key({})
        if self.plan is not None and self.settings.accept_terms and not self.catalogue.terms_accepted(self.plan):
            self.cloud.accept_terms(self.plan)
            say(f"  the terms of {self.plan.publisher}:{self.plan.product}:{self.plan.name} are accepted")

    def variables(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/azure/vmss."""
        return variables(self, store, copied)

    def makes_group(self) -> bool:
        """Whether the resource group is the cluster's own. Destroy, which looks at nothing before, asks here."""
        if self._makes_group is None:
            facts = self.store().facts() if self.store().exists() else StateFacts()
            self._makes_group = look_at_group(self.settings, self.cloud, self.cluster.label, facts).make
        return self._makes_group

    def pair(self) -> Pair:
        """Who may log in. Where nothing was looked at before, no machine is made either: any key does."""
        if self._pair is None:
            scale_set = self.scale_set()
            standing = scale_set.public_key if scale_set is not None else ""
            self._pair = Pair(self.settings.ssh_public_key or standing or new_pair(self.cluster.name).public)
        return self._pair

    def kind_of(self, problem: str) -> Kind:
        """Azure's sorting."""
        return kind_of(problem)

    def scale_set(self) -> ScaleSet | None:
        """The scale set as it is now, None where there is none."""
        return self.cloud.scale_set(self.settings.resource_group, self.settings.vmss_name)

    def machines(self) -> list[ScaleSetMachine]:
        """The machines that the scale set has now, the head first."""
        s = self.settings
        return in_order(self.cloud.machines(s.resource_group, s.vmss_name, s.orch_mode))

    def group_errors(self, earlier: timedelta = timedelta(0)) -> list[GroupError]:
        """What the scale set failed at in this run, and so much before it."""
        return self.cloud.group_errors(self.settings.resource_group, self.settings.vmss_name, earlier)

    def outdated(self, machines: Sequence[Machine]) -> list[ScaleSetMachine]:
        """Machines of another model than the set's, as far as Azure tells: of Flexible sets it does not."""
        named = {m.name for m in machines}
        return [m for m in self.machines() if not m.latest and m.name in named]

    def renew(self, machines: Sequence[Machine]) -> None:
        """Delete these machines, and have the scale set make others of its present model in their place."""
        s = self.settings
        named = {m.name for m in machines}
        going = [m for m in self.machines() if m.name in named]
        self.cloud.replace_machines(s.resource_group, s.vmss_name, s.orch_mode, going, self.expected_nodes)

    def renewal(self, machines: Sequence[Machine]) -> str:
        """The Azure CLI's command for the same; Create then fills the set."""
        s = self.settings
        named = {m.name: m.resource for m in self.machines()}
        ids = " ".join(named[m.name] for m in machines if m.name in named)
        where = f"--resource-group {s.resource_group} --name {s.vmss_name}"
        return f"az vmss delete-instances {where} --instance-ids {ids}, then Create again"

    def ways(self, machines: Sequence[ScaleSetMachine]) -> Ways:
        """How the machines are reached now; the head's port is the one that the load balancer gave it."""
        s, head = self.settings, machines[0]
        key = s.ssh_private_key or (s.ssh_key_file if s.ssh_key_file and s.ssh_key_file.exists() else None)
        if s.access == "private":
            return Ways(s.admin, Gate(head.address, SSH_PORT), public=False, key=key)
        address = self.cloud.public_address(s.resource_group, f"{s.name_prefix}-ip")
        try:
            port = self.cloud.port(s.resource_group, f"{s.name_prefix}-lb", POOL, head.configuration) if address else 0
        except NotFound:
            port = 0
        if not port:
            return Ways(s.admin, Gate(head.address, SSH_PORT), public=False, key=key)
        return Ways(s.admin, Gate(address, port), public=True, key=key)

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """How to connect: ssh to the head and through it to the others; a new key, once."""
        machines = self.machines()
        named = {n.name: n for n in nodes}
        head = named.get(machines[0].name) if machines else None
        return self._with_key(self.ways(machines).connection(nodes, head) if head is not None else {"ssh": {}})

    def _with_key(self, connection: dict[str, Any]) -> dict[str, Any]:
        """With the private half of a pair that this run has made, where the result is what hands it over."""
        pair = self._pair
        if not self._shown or pair is None or pair.private is None:
            return connection
        return {**connection, "private_key": pair.private.decode()}

    def status(self, site: Site) -> ProvisionError | None:
        """One look at what Create waits for."""
        return status(self, site)

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to the head, or through it to another node."""
        machines = self._there()
        found = next((m for m in machines if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in machines)
            raise SettingsError((f"there is no node {node!r}; the nodes are {names}",), "Name one of them, or none.")
        require_way_in(self, machines)
        return self.ways(machines).command(_node(found), _node(machines[0]))

    def fleet(self, site: Site) -> Fleet:
        """The machines with the host keys that they have reported themselves, the head first."""
        machines = self._there()
        require_way_in(self, machines)
        records = at_once([partial(site.store.node_record, m.name) for m in machines])
        hosts = tuple(
            Host(m.name, m.address, r.host_keys if r is not None and r.instance_id == m.instance_id else ())
            for m, r in zip(machines, records, strict=True)
        )
        ways = self.ways(machines)
        private = self._pair.private if self._pair is not None else None
        keys = Keys(private, ways.key)
        return Fleet(hosts[0], hosts, ways.gate, ways.user, keys, self.settings.sku)

    def checked_nodes(self, site: Site) -> list[Node]:
        """The machines as they are now."""
        return list(standing(self.machines(), site.store.node_summaries()).nodes)

    def replacement(self, node: str) -> str:
        """The Azure CLI's command that takes the machine away; Create then makes another one."""
        machine = next((m for m in self.machines() if m.name == node), None)
        return self.renewal([machine]).partition(",")[0] if machine is not None else ""

    def watch(self, say: Callable[[str], None]) -> Watch | None:
        """The scale set's machines, which the provider waits for."""
        return AzureWatch(self, say)

    def _there(self) -> list[ScaleSetMachine]:
        machines = self.machines()
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        return machines


def _node(machine: ScaleSetMachine) -> Node:
    return Node(machine.name, machine.zone, machine.address)

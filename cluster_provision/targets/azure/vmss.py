"""CLOUD=azure: a scale set of GPU machines, in either of its modes, with an orchestrator or without."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cloud_facts.azure.machine_types import size
from cluster_provision.checks.azure.preflight import look
from cluster_provision.checks.azure.subject import AzureSubject
from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.errors import NotReady, SettingsError
from cluster_provision.fleet.model import Fleet, Keys
from cluster_provision.health.gate import Gate as HealthGate
from cluster_provision.health.mending import Mending
from cluster_provision.node import Node
from cluster_provision.orchestrators.base import Head
from cluster_provision.readiness.node_states import standing
from cluster_provision.result import Connection
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.azure.beginning import accept_terms, hand_over_key
from cluster_provision.targets.azure.custom_data import custom_data
from cluster_provision.targets.azure.group import look_at_group
from cluster_provision.targets.azure.keys import Pair, new_pair, pair_of, unseen
from cluster_provision.targets.azure.machines import in_order, listed, of_scale_set
from cluster_provision.targets.azure.nccl import nccl_machine
from cluster_provision.targets.azure.node_config import Fetched, NodeConfig
from cluster_provision.targets.azure.scale_set import look_at_scale_set
from cluster_provision.targets.azure.ssh_routes import SshShell
from cluster_provision.targets.azure.stages import stages
from cluster_provision.targets.azure.target import AzureTarget
from cluster_provision.targets.azure.variables import made_identity, scale_set_variables
from cluster_provision.targets.azure.watch import AzureWatch
from cluster_provision.targets.base import Decided
from cluster_provision.targets.health import health_stage
from cluster_provision.targets.recorded_hosts import hosts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.azure.catalogue import MarketplacePlan
    from cluster_provision.clouds.azure.machines import ScaleSet, ScaleSetMachine
    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.orchestrators.base import Orchestrator
    from cluster_provision.result import Result
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied
    from cluster_provision.targets.terraform_target import Watch


@dataclass(frozen=True, kw_only=True)
class VmssDecided(Decided):
    """`makes_group`: the resource group is the cluster's own. `pair` says who may log in, `plan` what the image is sold
    under."""

    makes_group: bool
    pair: Pair
    plan: MarketplacePlan | None = None


class AzureVmss(AzureTarget[VmssDecided]):
    """The cluster that `settings` describe. Its machines are those of one scale set."""

    module = "azure/vmss"
    samples = "/opt/aiinfra-sample"

    def __init__(self, settings: AzureSettings, orchestrator: Orchestrator) -> None:
        super().__init__(settings, "vmss" if orchestrator.name == "none" else orchestrator.name)
        self.orchestrator = orchestrator
        self.expected_nodes = settings.instance_count

    def stages(self, decided: VmssDecided | None) -> tuple[Stage, ...]:
        """Nodes ready, the orchestrator running, the head open, hosts known to each other, health, a last look."""
        private = decided.pair.private if decided else None
        return stages(
            self,
            self.orchestrator,
            lambda: self.head_rule,
            partial(self._fleet, private),
            health_stage(self.settings.health_gate, self._health_gate),
            public=self.settings.access == "head",
        )

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, VmssDecided | None]:
        """Look at all that can be looked at; decide who may log in, and what the image is sold under."""
        group = look_at_group(self.settings, self.cloud, self.cluster.label, facts)
        if group.finding.failures:
            return group.finding, None
        scale_set = self.scale_set() if group.exists else None
        subject = AzureSubject(
            settings=self.settings,
            catalogue=self.catalogue,
            present=scale_set.capacity if scale_set is not None else 0,
            group_exists=group.exists,
            makes_group=group.make,
            makes_store=self.settings.terraform_blob_path is None and not store.exists(),
        )
        found = group.finding + look(subject)
        found += look_at_scale_set(self.settings, scale_set, facts, self.state_account, self.unlisted)
        if found.failures:
            return found, None
        image = None if self.settings.image.id else subject.image()
        pair = pair_of(self.settings, scale_set.public_key if scale_set is not None else "")
        return found, VmssDecided(
            private_values=(pair.private.decode(),) if pair.private else (),
            makes_group=group.make,
            unseen=unseen(pair, self.settings),
            pair=pair,
            plan=image.plan if image is not None else None,
        )

    def undecided(self, store: StateStore) -> VmssDecided:
        """Whose the resource group is, as a look tells. Any key does, since no machine is made either."""
        facts = store.facts() if store.exists() else StateFacts()
        scale_set = self.scale_set()
        present = scale_set.public_key if scale_set is not None else ""
        return VmssDecided(
            makes_group=look_at_group(self.settings, self.cloud, self.cluster.label, facts).make,
            pair=Pair(self.settings.ssh_public_key or present or new_pair(self.cluster.name).public),
        )

    def begin(self, decided: VmssDecided, result: Result, say: Callable[[str], None]) -> None:
        """Hand a new key over, and accept what the image is sold under, where the user has said so."""
        hand_over_key(decided.pair, self.settings, result, say)
        accept_terms(decided.plan, self.settings, (self.cloud, self.catalogue), say)

    def variables(self, decided: VmssDecided, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/azure/vmss. Raises SettingsError where custom data are more than Azure takes."""
        s = self.settings
        machines = self.machines() if self.head_rule.public else []
        return {
            "subscription_id": s.subscription_id,
            "location": self.zone,
            "name_prefix": s.name_prefix,
            "tags": self.tags,
            "resource_group": {"name": s.resource_group, "create": decided.makes_group},
            "access": {
                "public": self.head_rule.public,
                "allowed_cidrs": list(s.allowed_cidrs),
                "head": self.head_rule.address(machines),
            },
            "scale_set": scale_set_variables(s, decided.pair.public, decided.plan),
            "identity": {"id": s.node_identity},
            "state": {
                "account_id": self.state_account or None,
                "container": store.container,
                "deployment": store.deployment,
            },
            "custom_data": custom_data(self.node_config(store, copied), s.cloud_init_text),
        }

    def node_config(self, store: StateStore, copied: Copied) -> NodeConfig:
        """What the machines' bootstrap is to do."""
        s = self.settings
        known = size(s.sku)
        return NodeConfig(
            account=self.state_place.account,
            container=store.container,
            deployment=store.deployment,
            admin=s.admin,
            identity=s.node_identity or made_identity(s),
            sku=s.sku,
            gpus=known.gpus if known else None,
            nvme_disks=known.nvme_disks if known else 0,
            infiniband=s.infiniband,
            files=Fetched(copied.files, s.vm_localfile_dest_path) if copied.files else None,
            samples=Fetched(copied.samples, self.samples) if copied.samples else None,
            orchestrator=self.orchestrator.node_config(),
            startup_command=s.startup_command,
            health_gate=s.health_gate,
        )

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
        return [m for m in of_scale_set(machines) if not m.latest]

    def renew(self, machines: Sequence[Machine]) -> None:
        """Delete these machines, and have the scale set make others of its present model in their place."""
        s = self.settings
        going = of_scale_set(machines)
        self.cloud.replace_machines(s.resource_group, s.vmss_name, s.orch_mode, going, self.expected_nodes)

    def renewal(self, machines: Sequence[Machine]) -> str:
        """The Azure CLI's command that takes them away; Create then fills the set."""
        s = self.settings
        ids = shlex.join(m.resource for m in of_scale_set(machines))
        where = f"--resource-group {shlex.quote(s.resource_group)} --name {shlex.quote(s.vmss_name)}"
        return f"az vmss delete-instances {where} --instance-ids {ids} --subscription {s.subscription_id}"

    def connection(self, site: Site) -> Connection:
        """How to connect: ssh to the head and through it to the others, and the orchestrator."""
        machines = listed(site)
        named = {n.name: n for n in site.result.nodes}
        head = named.get(machines[0].name) if machines else None
        if head is None:
            return Connection(ssh={})
        found = self.routes(machines).connection(site.result.nodes, head)
        site.result.connection = found  # an orchestrator's part goes by the same shells
        return replace(found, parts=self.orchestrator.connection(self, site))

    def find_head(self, site: Site) -> Head:
        """The first machine: Terraform has waited for the machines."""
        machines = self.machines()
        if not machines:
            raise NotReady(f"scale set {self.settings.vmss_name} has no machines", "Run Create again, or Destroy.")
        return Head(machines[0].name, machines[0].address)

    def head(self, nodes: list[Node]) -> Node | None:
        """The head among the nodes: they are in the order of the machines."""
        return nodes[0] if nodes else None

    def shell(self, node: Node, site: Site) -> SshShell:
        """The way to a shell on a node of the result."""
        return SshShell((site.result.connection.ssh or {})[node.name])

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to the head, or through it to another node."""
        machines = self._require(self.machines())
        found = next((m for m in machines if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in machines)
            raise SettingsError((f"there is no node {node!r}; the nodes are {names}",), "Name one of them, or none.")
        self.head_rule.require(machines)
        return self.routes(machines).command(_node(found), _node(machines[0]))

    def fleet(self, site: Site) -> Fleet:
        """The machines with the host keys that they have reported themselves, the head first."""
        return self._fleet(None, site)

    def _fleet(self, private: bytes | None, site: Site) -> Fleet:
        """The same, for a run that has the private key itself."""
        machines = self._require(listed(site) or self.machines())
        self.head_rule.require(machines)
        hosts = hosts_of(machines, site.store.node_record)
        routes = self.routes(machines)
        return Fleet(hosts[0], hosts, routes.endpoint, routes.user, Keys(private, routes.key), self.settings.sku)

    @property
    def strict_health(self) -> bool:
        """HEALTH_GATE=strict."""
        return self.settings.health_gate == "strict"

    def checked_nodes(self, site: Site) -> list[Node]:
        """The machines as they are now."""
        machines = self.machines()
        site.note(machines, standing(machines, site.store.node_summaries()).nodes)
        return site.result.nodes

    def mending(self, site: Site) -> Mending:
        """Azure repairs the physical machine; the Azure CLI takes ours away, and Create then makes another one."""
        return Mending(
            "Azure",
            ("/var/log/aznhc-health.log", "/var/log/dcgmi-diag.log"),
            "delete it, and run Create again, which makes a new one",
            partial(self._replacement, site),
        )

    def _replacement(self, site: Site, node: str) -> str:
        machine = next((m for m in listed(site) if m.name == node), None)
        return self.renewal([machine]) if machine is not None else ""

    def _health_gate(self, site: Site) -> HealthGate:
        s = self.settings
        return HealthGate(s.health_gate, s.health_timeout, self.mending(site))

    def nccl_machine(self) -> MachineClass:
        """What each machine is, as far as the table of sizes knows."""
        return nccl_machine(self.settings.sku)

    def watch(self, say: Callable[[str], None]) -> Watch | None:
        """The scale set's machines, which the provider waits for."""
        return AzureWatch(self, say)


def _node(machine: ScaleSetMachine) -> Node:
    return Node(machine.name, machine.zone, machine.address)

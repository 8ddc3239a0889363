"""CLOUD=azure, ORCHESTRATOR_TYPE=slurm: a controller, login nodes, and nodes that come and go."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cloud_facts.azure.machine_types import has_infiniband, size
from cluster_provision.checks.azure.demand import slurm_demands
from cluster_provision.checks.azure.preflight import look
from cluster_provision.checks.azure.subject import AzureSubject
from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.model import Endpoint, Fleet, Keys
from cluster_provision.fleet.root import run_as_root, run_on_each_as_root
from cluster_provision.node import Node
from cluster_provision.orchestrators.slurm.cloud_cluster import put_program
from cluster_provision.orchestrators.slurm.description import look_at_nodes_that_go
from cluster_provision.orchestrators.slurm.first_commands import slurm_parts
from cluster_provision.orchestrators.slurm.switched_off import head_first, is_on, require_on
from cluster_provision.slurm.cloud_record import ClusterRecord
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.azure.beginning import accept_terms, hand_over_key
from cluster_provision.targets.azure.custom_data import custom_data
from cluster_provision.targets.azure.group import look_at_group
from cluster_provision.targets.azure.keys import Pair, new_pair, pair_of, unseen
from cluster_provision.targets.azure.machines import listed, of_scale_set
from cluster_provision.targets.azure.node_config import Fetched, NodeConfig, SlurmPart
from cluster_provision.targets.azure.removal import Removal
from cluster_provision.targets.azure.slurm import logins as login_nodes
from cluster_provision.targets.azure.slurm import surroundings
from cluster_provision.targets.azure.slurm.bastion_routes import bastion_routes
from cluster_provision.targets.azure.slurm.bastion_way import relayed
from cluster_provision.targets.azure.slurm.data_disk import disk_id, earlier_disks, kept
from cluster_provision.targets.azure.slurm.description import described
from cluster_provision.targets.azure.slurm.machines import names_in, nodes_of, present
from cluster_provision.targets.azure.slurm.monitor import grafana_address
from cluster_provision.targets.azure.slurm.nccl import nccl_program
from cluster_provision.targets.azure.slurm.pools import pools_of
from cluster_provision.targets.azure.slurm.stages import stages
from cluster_provision.targets.azure.slurm.standing import look_at_place
from cluster_provision.targets.azure.slurm.variables import (
    controller_variables,
    login_variables,
    machines_variables,
    scale_sets_variables,
)
from cluster_provision.targets.azure.slurm.vault import Purge
from cluster_provision.targets.azure.target import AzureTarget
from cluster_provision.targets.azure.variables import made_identity, power_role
from cluster_provision.targets.base import Decided
from cluster_provision.targets.recorded_hosts import hosts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.azure.catalogue import MarketplacePlan
    from cluster_provision.clouds.azure.machines import ScaleSet, ScaleSetMachine
    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.orchestrators.slurm.all_reduce import Program
    from cluster_provision.result import Connection, Result
    from cluster_provision.settings import AzureSettings
    from cluster_provision.slurm.cloud import CloudCluster, Pool
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied, Remains

STOPPED = ("DEALLOCATED", "STOPPED")


@dataclass(frozen=True, kw_only=True)
class AzureSlurmDecided(Decided):
    """`makes_group`: the resource group is the cluster's own. `pair` says who may log in, `plan` what the image is sold
    under."""

    makes_group: bool
    pair: Pair
    plan: MarketplacePlan | None = None


class AzureSlurm(AzureTarget[AzureSlurmDecided]):
    """The cluster that `settings` describe."""

    module = "azure/slurm"
    samples = "/opt/aiinfra-sample"

    def __init__(self, settings: AzureSettings) -> None:
        super().__init__(settings, "slurm")
        self._purge = Purge()

    def stages(self, decided: AzureSlurmDecided | None) -> tuple[Stage, ...]:
        """Those of all clouds, and Azure's own."""
        return stages(self, decided.pair if decided is not None else None)

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, AzureSlurmDecided | None]:
        """Look at all that can be looked at; decide who may log in, and what the image is sold under."""
        s = self.settings
        group = look_at_group(s, self.cloud, self.cluster.label, facts)
        if group.finding.failures:
            return group.finding, None
        scale_set = self.scale_set() if group.exists else None
        subject = AzureSubject(
            settings=s,
            catalogue=self.catalogue,
            demands=slurm_demands(s, present(self.cloud, s, pools_of(s)) if group.exists else {}),
            slurm=True,
            group_exists=group.exists,
            makes_group=group.make,
            makes_store=s.terraform_blob_path is None and not store.exists(),
        )
        found = group.finding + look(subject)
        earlier = earlier_disks(s, self.cloud, self.cluster.label, facts)
        found += look_at_place(s, scale_set, facts, self.state_account, self.unlisted, earlier)
        found += look_at_nodes_that_go(store, self.slurm_nodes, partial(self._nodes_there, store))
        found += surroundings.look_at_data(store, s)
        if found.failures:
            return found, None
        image = None if s.image.id else subject.image()
        pair = pair_of(s, scale_set.public_key if scale_set is not None else "")
        return found, AzureSlurmDecided(
            private_values=(pair.private.decode(),) if pair.private else (),
            makes_group=group.make,
            unseen=unseen(pair, s),
            pair=pair,
            plan=image.plan if image is not None else None,
        )

    def undecided(self, store: StateStore) -> AzureSlurmDecided:
        """Whose the resource group is, as a look tells. Any key does, since no machine is made either."""
        facts = store.facts() if store.exists() else StateFacts()
        scale_set = self.scale_set()
        present = scale_set.public_key if scale_set is not None else ""
        return AzureSlurmDecided(
            makes_group=look_at_group(self.settings, self.cloud, self.cluster.label, facts).make,
            pair=Pair(self.settings.ssh_public_key or present or new_pair(self.cluster.name).public),
        )

    def begin(self, decided: AzureSlurmDecided, result: Result, say: Callable[[str], None]) -> None:
        """Hand a new key over, accept what the image is sold under, and start what is stopped: Create makes the cluster
        as the settings have it."""
        hand_over_key(decided.pair, self.settings, result, say)
        accept_terms(decided.plan, self.settings, (self.cloud, self.catalogue), say)
        for each in self.standing_machines():
            if each.status in STOPPED:
                self.cloud.start_machine(self.settings.resource_group, each.name)
                say(f"  {each.name} starts again")

    def variables(self, decided: AzureSlurmDecided, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/azure/slurm. Raises SettingsError where custom data are more than Azure takes."""
        s = self.settings
        machines = self.standing_machines() if self.head_rule.public else []
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
                "bastion": s.access == "bastion",
            },
            **surroundings.variables(s, self.cloud),
            "machines": machines_variables(s, decided.pair.public, decided.plan),
            "controller": controller_variables(s),
            "login": login_variables(s),
            "scale_sets": scale_sets_variables(s),
            "state": {
                "account_id": self.state_account,
                "container": store.container,
                "deployment": store.deployment,
            },
            "custom_data": {
                "controller": self._custom_data(store, copied, "controller", s.controller_machine_type),
                "login": self._custom_data(store, copied, "login", s.login_machine_type),
                "pools": {
                    pool.name: self._custom_data(store, copied, "node", pool.machine_type) for pool in s.slurm_pools
                },
            },
        }

    def _custom_data(self, store: StateStore, copied: Copied, part: str, sku: str) -> str:
        return custom_data(self.node_config(store, copied, part, sku), self.settings.cloud_init_text)

    def node_config(self, store: StateStore, copied: Copied, part: str, sku: str) -> NodeConfig:
        """What the bootstrap of a machine with this part and size is to do. Its NODE_COMMAND comes by the cluster's
        description."""
        s = self.settings
        known = size(sku)
        return NodeConfig(
            account=self.state_place.account,
            container=store.container,
            deployment=store.deployment,
            admin=s.admin,
            identity=made_identity(s, s.controller_name if part == "controller" else ""),
            sku=sku,
            gpus=known.gpus if known else None,
            nvme_disks=known.nvme_disks if known else 0,
            infiniband=has_infiniband(sku),
            files=Fetched(copied.files, s.vm_localfile_dest_path) if copied.files else None,
            samples=Fetched(copied.samples, self.samples) if copied.samples else None,
            slurm=SlurmPart(part, s.controller_name),
            health_gate=s.health_gate,
        )

    # what the stages ask for

    def describe(self) -> CloudCluster:
        """The cluster as the settings have it."""
        return described(self.settings, self.cloud)

    def put_program(self, site: Site) -> None:
        """Put the machines' program where the description says."""
        put_program(site.store)

    def machines(self) -> list[Machine]:
        """Login nodes, controller, and the nodes that are on, by their names in Slurm."""
        s = self.settings
        nodes = nodes_of(self.cloud, s.resource_group, pools_of(s), names_in(self.store()))
        return [*self.standing_machines(), *nodes]

    def standing_machines(self) -> list[ScaleSetMachine]:
        """Those of them that stand whatever Slurm does, the head first: login nodes, the controller, and what is
        switched off."""
        s = self.settings
        return head_first(self.cloud.single_machines(s.resource_group, (*s.login_names, s.controller_name)))

    def group_errors(self) -> list[GroupError]:
        """Terraform waits for these machines, and ends with Azure's words."""
        return []

    def kind_of(self, problem: str) -> Kind:
        """Azure's sorting."""
        return kind_of(problem)

    def connection(self, site: Site) -> Connection:
        """How to connect: ssh to the head and through it to the others, and Slurm."""
        machines = self._require(self.standing_machines())
        named = {n.name: n for n in site.result.nodes}
        if self.settings.access == "bastion":
            every = [each for each in of_scale_set(self.machines()) if each.name in named]
            found = bastion_routes(self.settings, self.key).connection(every, machines[0])
        else:
            head = named.get(machines[0].name, _node(machines[0]))
            found = self.routes(machines).connection(site.result.nodes, head)
        return replace(
            found,
            private_key=site.result.connection.private_key,
            parts=slurm_parts(
                self.settings,
                [node.name for node in site.result.nodes],
                grafana_address(self.settings, self.cloud),
            ),
        )

    # the way in

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to the head, or through it to another machine; with ACCESS=bastion the Azure CLI's way to each."""
        standing = self._require(self.standing_machines())
        every = standing if any(m.name == node or not node for m in standing) else of_scale_set(self.machines())
        found = next((m for m in every if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in every)
            raise SettingsError((f"there is no node {node!r}; those that are on are {names}",), "Name one of them.")
        require_on(found)
        if self.settings.access == "bastion":
            return bastion_routes(self.settings, self.key).command(found)
        self.head_rule.require(standing)
        return self.routes(standing).command(_node(found), _node(standing[0]))

    def fleet(self, site: Site) -> Fleet:
        """All machines that are on, with the host keys that they have reported themselves, the controller first; SSH
        goes through the head."""
        machines = [each for each in listed(site) or of_scale_set(self.machines()) if is_on(each)]
        standing = self._require([m for m in machines if m.name in (*self.login_names, self.controller_name)])
        self.head_rule.require(standing)
        return self._fleet(site.store, standing[0], sorted(machines, key=lambda m: m.name != self.controller_name))

    def _fleet(self, store: StateStore, head: ScaleSetMachine, machines: Sequence[ScaleSetMachine]) -> Fleet:
        recorded = {each.name: each.computer_name for each in machines}
        hosts = hosts_of(machines, lambda name: store.node_record(recorded[name]))
        through = next(host for host in hosts if host.name == head.name)
        keys, s = Keys(None, self.key), self.settings
        if s.access == "bastion":
            relay = relayed(bastion_routes(s, self.key), self.cloud, head, self.access_token)
            return Fleet(through, hosts, Endpoint(head.address), s.admin, keys, s.sku, relay=relay)
        return Fleet(through, hosts, self.routes([head]).endpoint, s.admin, keys, s.sku)

    # what the orchestrator asks for

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program on the controller, as root."""
        machines = self._require(self.standing_machines())
        self.head_rule.require(machines)
        fleet = self._fleet(self.store(), machines[0], machines)
        return run_as_root(fleet, self.controller_name, shlex.join(words), feed)

    def on_nodes(self, words: Sequence[str], ended: Callable[[int, int], None]) -> dict[str, ProvisionError | None]:
        """Run a program on every compute node that is on, as root."""
        standing, every = self._require(self.standing_machines()), of_scale_set(self.machines())
        nodes = [each for each in every if each.name in self.slurm_nodes]
        self.head_rule.require(standing)
        if not nodes:
            return {}
        fleet = self._fleet(self.store(), standing[0], [standing[0], *nodes])
        only = replace(fleet, hosts=tuple(host for host in fleet.hosts if host.name in self.slurm_nodes))
        return run_on_each_as_root(only, shlex.join(words), ended)

    def nccl_program(self) -> Program | None:
        """Where nccl-tests is, with what the network of each partition needs."""
        return nccl_program(self.settings)

    @property
    def strict_health(self) -> bool:
        """HEALTH_GATE=strict."""
        return self.settings.health_gate == "strict"

    def cluster_record(self) -> ClusterRecord:
        """What the controller last said of its nodes."""
        record = self.store().node_record(self.controller_name)
        return ClusterRecord.from_json(record.slurm if record else None)

    @property
    def controller_name(self) -> str:
        """The controller's name."""
        return self.settings.controller_name

    @property
    def slurm_nodes(self) -> tuple[str, ...]:
        """All compute nodes that there can be."""
        return self.settings.slurm_nodes

    @property
    def login_names(self) -> tuple[str, ...]:
        """The login nodes."""
        return self.settings.login_names

    def start(self, logins: Sequence[str]) -> str:
        """Start these login nodes; the way in leads to the first one that is on then."""
        return login_nodes.start(logins, self.settings, self.cloud, self.head_rule)

    def stop(self, logins: Sequence[str]) -> str:
        """Stop these login nodes, whose disks stay; the way in leads to the next one, else the controller."""
        return login_nodes.stop(logins, self.settings, self.cloud, self.head_rule)

    # the cluster as it is

    def _nodes_there(self, store: StateStore, pools: tuple[Pool, ...]) -> list[str]:
        return [each.name for each in nodes_of(self.cloud, self.settings.resource_group, pools, names_in(store))]

    def kept(self, facts: StateFacts, say: Callable[[str], None]) -> tuple[str, ...]:
        """The controller's data disk and what holds it, where DELETE_FILE_SHARES=no."""
        surroundings.tell_what_goes(self.settings, self.cloud, say)
        return kept(self.settings, self.cloud, facts, say)

    def remove_kept(self, remains: Remains, say: Callable[[str], None]) -> bool:
        """The data disk that an earlier Destroy kept goes where this one doesn't."""
        return self.removal.remove_kept(remains, say)

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """What Terraform doesn't know goes, and a deleted vault for good."""
        removed = super().sweep(store, say)
        return self._purge(self.settings, self.cloud, self.cluster.label, say) or removed

    @property
    def removal(self) -> Removal:
        """How the cluster goes."""
        names = [each.name for pool in pools_of(self.settings) for each in pool.groups]
        return Removal(
            self.settings,
            self.cloud,
            self.cluster.label,
            self.state_container,
            self.unlisted,
            scale_sets=names,
            power_role=power_role(self.settings, self.cluster.label),
            data_disk=disk_id(self.settings),
            keeps_disk=self.settings.keep_data_disk,
        )

    def scale_set(self) -> ScaleSet | None:
        """The first scale set as it is now, None where there is none; all have the same key."""
        s = self.settings
        groups = [each for pool in pools_of(s) for each in pool.groups]
        return self.cloud.scale_set(s.resource_group, groups[0].name) if groups else None


def _node(machine: ScaleSetMachine) -> Node:
    return Node(machine.name, machine.zone, machine.address)

"""CLOUD=gcp, ORCHESTRATOR_TYPE=slurm: a controller, login nodes, and nodes that come and go."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shlex
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.gcp.slurm_price import hourly, standing_hourly
from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CANNOT_LOOK, NotReady, PermissionDenied, SettingsError
from cluster_provision.fleet.root import run_as_root, run_on_each_as_root
from cluster_provision.orchestrators.slurm import cloud_stages
from cluster_provision.orchestrators.slurm.cloud_cluster import cloud_cluster, put_program
from cluster_provision.orchestrators.slurm.description import look_at_nodes_that_go, look_at_storage
from cluster_provision.orchestrators.slurm.first_commands import slurm_parts
from cluster_provision.orchestrators.slurm.switched_off import head_first, is_on, require_on
from cluster_provision.result import Connection
from cluster_provision.settings.gcp.slurm_machines import controller_machine, login_machine, node_machine
from cluster_provision.settings.readers.linux import HOMES
from cluster_provision.slurm.cloud_record import ClusterRecord
from cluster_provision.slurm.cluster import ClusterUser, Share
from cluster_provision.stage import Stage
from cluster_provision.targets.gcp.account import choose_account, no_account
from cluster_provision.targets.gcp.agents import choose_means
from cluster_provision.targets.gcp.default_network import additions_for
from cluster_provision.targets.gcp.health import expected_config, health_config
from cluster_provision.targets.gcp.leftovers import ROLE
from cluster_provision.targets.gcp.own_ssh import OwnSsh
from cluster_provision.targets.gcp.shell import GcloudShell
from cluster_provision.targets.gcp.slurm.data_disk import SlurmDataDisk
from cluster_provision.targets.gcp.slurm.managed_prometheus import NAME, look_at_agents, managed_parts, with_ops_agent
from cluster_provision.targets.gcp.slurm.nccl import nccl_program
from cluster_provision.targets.gcp.slurm.pools import pool_group, pools_of
from cluster_provision.targets.gcp.slurm.variables import (
    controller_variables,
    login_variables,
    pool_variables,
    slurm_network_variables,
)
from cluster_provision.targets.gcp.vms import VmsDecided

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.orchestrators.slurm.all_reduce import Program
    from cluster_provision.settings import FileShare, GcpSettings
    from cluster_provision.settings.gcp.slurm_machines import SlurmMachine
    from cluster_provision.slurm.cloud import CloudCluster, Pool
    from cluster_provision.stage import Site
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.base import Copied

REGIONAL = ("REGIONAL", "ENTERPRISE")
USER = "slurm-tool"
"""As whom the tool signs in on the machines: Google's guest agent lets its keys in."""
ADMINS = "google-sudoers"
"""The group of all accounts that Google's guest agent makes, of the tool's and of who comes by gcloud: they may use
sudo (google_guest_agent/non_windows_accounts.go in github.com/GoogleCloudPlatform/guest-agent)."""
USER_ID = 59_999
"""The same on every machine, since homes are shared; below what Debian's policy gives away itself (60,000 on)."""


class GcpSlurm(SlurmDataDisk):
    """The cluster that `settings` describe."""

    module = "gcp/slurm"
    samples = "/opt/aiinfra-sample"

    def __init__(self, settings: GcpSettings) -> None:
        super().__init__(settings, "slurm")

    def stages(self, decided: VmsDecided | None) -> tuple[Stage, ...]:
        """Described to its machines, up, its nodes in Slurm, and proven by a job."""
        *before, connection = cloud_stages.stages(self)
        agents = (Stage(NAME, None, look_at_agents),) if self.settings.monitoring == "managed" else ()
        return (*before, *agents, connection)

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, VmsDecided | None]:
        """Look at all that can be looked at; decide which accounts the machines get, and with what means."""
        found = self.look(store, facts, data_disk_gb=self.data_disk_there_gb())
        found += look_at_nodes_that_go(store, self.slurm_nodes, self._nodes_there)
        found += look_at_storage(store, self.settings.shared_storage)
        if found.failures:
            return found, None
        try:
            account, chosen = choose_account(self, store, facts)
        except (PermissionDenied, SettingsError) as refused:
            return found + no_account(refused), None
        means, agents = choose_means(self, facts, own_account=not account)
        additions, network = additions_for(self.settings, self.region, self.cloud)
        decided = VmsDecided(account=account, means=means, additions=additions, facts=facts)
        return found + chosen + agents + network, decided

    def undecided(self, store: StateStore) -> VmsDecided:
        """The account that the settings name, and nothing besides."""
        return VmsDecided(account=self.settings.service_account or "")

    def variables(self, decided: VmsDecided, store: StateStore, copied: Copied) -> dict[str, Any]:
        """The variables of terraform/gcp/slurm."""
        s = self.settings
        configs = {
            "controller": self.node_config(store, copied, "controller", controller_machine(s)),
            "login": self.node_config(store, copied, "login", login_machine(s)),
            **{p.name: self.node_config(store, copied, "node", node_machine(s, p)) for p in s.slurm_pools},
        }
        return {
            "project_id": s.project_id,
            "region": self.region,
            "zone": self.zone,
            "name_prefix": s.name_prefix,
            "labels": self.labels,
            "metadata": s.metadata,
            "controller": controller_variables(s),
            "logins": login_variables(s),
            "pools": pool_variables(s, decided.facts),
            **slurm_network_variables(s, self.zone, decided.additions),
            "service_account": decided.account,
            "state_bucket": store.container,
            "deployment": store.deployment,
            "agent_roles": decided.means.roles,
            "dashboard": decided.means.dashboard,
            "file_shares": [{"path": m.path, "tier": m.tier, "size_gb": m.size_gb} for m in s.nfs_fileshare_list],
            "mount_buckets": sorted({m.bucket for m in s.gcs_mount_list}),
            "node_config": {name: json.dumps(each, sort_keys=True) for name, each in configs.items()},
        }

    def node_config(self, store: StateStore, copied: Copied, part: str, machine: SlurmMachine) -> dict[str, Any]:
        """What the bootstrap of a machine with this part is to do. Its NODE_COMMAND comes by the cluster's
        description."""
        s = self.settings
        return {
            "schema": 1,
            "bucket": store.container,
            "deployment": store.deployment,
            "files": {"object": copied.files, "destination": s.vm_localfile_dest_path} if copied.files else None,
            "samples": {"object": copied.samples, "destination": self.samples} if copied.samples else None,
            "buckets": [{"bucket": m.bucket, "path": m.path} for m in s.gcs_mount_list],
            "notebook": False,
            "ray": None,
            "slurm": {"part": part, "controller": s.controller_name},
            "ops_agent": not s.disable_ops_agent,
            "gpus": machine.gpus,
            "health": health_config("off"),
            "expected": expected_config(machine.machine_type, machine.accelerator),
        }

    # what the stages ask for

    def describe(self) -> CloudCluster:
        """The cluster as the settings have it."""
        s = self.settings
        described = cloud_cluster(
            s,
            {"project": s.project_id, "zone": self.zone},
            pools_of(s, partial(hourly, s, self.region)),
            shares=self._home_shares(),
            fixed_hourly=standing_hourly(s, self.region),
        )
        tool = ClusterUser(USER, USER_ID, USER_ID, sudo=True)
        let_in = (USER, *described.ssh_exceptions)
        return replace(
            described,
            users=(*described.users, tool),
            ssh_exceptions=let_in,
            ssh_groups=(ADMINS,),
            monitoring=with_ops_agent(described.monitoring, s),
        )

    def put_program(self, site: Site) -> None:
        """Put the machines' program where the description says."""
        put_program(site.store)

    def machines(self) -> list[Machine]:
        """Login nodes, controller, and the nodes that are on."""
        s = self.settings
        groups = [pool_group(s, pool) for pool in s.slurm_pools]
        order = {name: number for number, name in enumerate(self.slurm_nodes)}
        nodes = self.cloud.machines(self.zone, groups, self.cluster.label)
        nodes.sort(key=lambda each: order.get(each.name, len(order)))
        return [*self.standing_machines(), *nodes]

    def standing_machines(self) -> list[Machine]:
        """Those of them that stand whatever Slurm does, the head first: login nodes, the controller, and what is
        switched off."""
        names = (*self.settings.login_names, self.settings.controller_name)
        return head_first(self.cloud.single_machines(self.zone, names, self.cluster.label))

    def group_errors(self) -> list[GroupError]:
        """Terraform waits for these machines, and ends with Google's words."""
        return []

    def kind_of(self, problem: str) -> Kind:
        """Google's sorting."""
        return kind_of(problem)

    def connection(self, site: Site) -> Connection:
        """How to connect: ssh through IAP for each machine, and Slurm."""
        ssh = {node.name: self._shell(node.name).line() for node in site.result.nodes}
        return Connection(ssh=ssh, parts=(*slurm_parts(self.settings, ssh), *managed_parts(self.settings)))

    # the way in

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to the first login node, else the controller, or to another machine, through IAP."""
        machines = self._require(self.machines())
        found = next((m for m in machines if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in machines)
            raise SettingsError((f"there is no node {node!r}; those that are on are {names}",), "Name one of them.")
        require_on(found)
        return self._shell(found.name).words()

    def _shell(self, name: str) -> GcloudShell:
        return GcloudShell(name, self.settings.project_id, self.zone)

    def fleet(self, site: Site) -> Fleet:
        """All machines that are on, with the host keys that they have reported themselves, the controller first."""
        machines = self._require([m for m in list(site.machines) or self.machines() if is_on(m)])
        return self._ssh.fleet(sorted(machines, key=lambda m: m.name != self.controller_name), self.settings.vm_type)

    # what the orchestrator asks for

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        """Run a program on the controller, as root."""
        standing = self._require([m for m in self.standing_machines() if m.name == self.controller_name])
        return run_as_root(self._ssh.fleet(standing), self.controller_name, shlex.join(words), feed)

    def on_nodes(self, words: Sequence[str], ended: Callable[[int, int], None]) -> dict[str, ProvisionError | None]:
        """Run a program on every compute node that is on, as root."""
        nodes = [each for each in self.machines() if each.name in self.slurm_nodes]
        return run_on_each_as_root(self._ssh.fleet(nodes), shlex.join(words), ended) if nodes else {}

    def nccl_program(self) -> Program | None:
        """Where nccl-tests is, with what the GPUs' network of each partition needs."""
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
        """Start these login nodes. Each machine is reached by itself."""
        for name in logins:
            self.cloud.start_machine(self.zone, name)
        return ""

    def stop(self, logins: Sequence[str]) -> str:
        """Stop these login nodes, whose disks stay."""
        for name in logins:
            self.cloud.stop_machine(self.zone, name)
        return ""

    # the cluster as it is

    def _nodes_there(self, pools: tuple[Pool, ...]) -> list[str]:
        groups = [each.name for pool in pools for each in pool.groups]
        return [each.name for each in self.cloud.machines(self.zone, groups, self.cluster.label)]

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what a killed run made under a name that it made up, the controller's roles too.

        Who brings an account of their own may not list roles: whether that leaves one unseen, `leftovers` tells.
        """
        removed = super().sweep(store, say)
        held = {str(each.attributes.get("name")) for each in store.facts().of_kind(ROLE)} if store.exists() else set()
        there: list[str] = []
        with contextlib.suppress(*CANNOT_LOOK, NotFound):
            there = self.cloud.controller_roles(self.settings.name_prefix)
        for name in there:
            if name not in held and self.cloud.role_gone(name):
                say(f"  removed role {name.rpartition('/')[2]}, which a killed run had left")
                removed = True
        return removed

    def _home_shares(self) -> tuple[Share, ...]:
        """The share of homes, where a file server has them."""
        s = self.settings
        homes = next((each for each in s.nfs_fileshare_list if each.path == HOMES), None)
        if s.shared_storage.kind != "filestore" or homes is None:
            return ()
        address, share = self.cloud.share_of(self._location(homes), _server(s, homes))
        return (Share(address, f"/{share}", HOMES, own=True),)

    def _location(self, share: FileShare) -> str:
        return self.region if share.tier in REGIONAL else self.zone

    def _require(self, machines: list[Machine]) -> list[Machine]:
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        return machines

    @cached_property
    def _ssh(self) -> OwnSsh:
        """With one key, which lives as long as the run does."""
        return OwnSsh(self.cloud, self.settings.project_id, USER, self.token, self.store().node_record)


def _server(settings: GcpSettings, share: FileShare) -> str:
    """The file server's name, as terraform/modules/gcp/file_shares makes it of the path."""
    return f"{settings.name_prefix}-nfs-{hashlib.sha256(share.path.encode()).hexdigest()[:6]}"

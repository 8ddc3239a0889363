"""CLOUD=gcp: a managed instance group of GPU machines, with an orchestrator or without."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.os_login import OsLogin
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import CANNOT_LOOK, NotReady, PermissionDenied, SettingsError
from cluster_provision.readiness.node_states import standing
from cluster_provision.result import Connection
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.base import Decided, Remains
from cluster_provision.targets.gcp.account import choose_account, no_account
from cluster_provision.targets.gcp.agents import Means, choose_means
from cluster_provision.targets.gcp.default_network import Additions, additions_for
from cluster_provision.targets.gcp.head import find_head, head_group, is_head
from cluster_provision.targets.gcp.health import expected_config, gate_of, gate_word, health_config, mending_of
from cluster_provision.targets.gcp.leftovers import leftovers
from cluster_provision.targets.gcp.nccl import nccl_machine
from cluster_provision.targets.gcp.networks import network_variables
from cluster_provision.targets.gcp.os_login_ssh import OsLoginSsh
from cluster_provision.targets.gcp.provisioning import provisioning_variables
from cluster_provision.targets.gcp.shell import GcloudShell
from cluster_provision.targets.gcp.stages import stages
from cluster_provision.targets.gcp.target import GcpTarget
from cluster_provision.targets.health import health_stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.checks.base import Finding
    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.fleet.model import Fleet
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.health.mending import Mending
    from cluster_provision.node import Node
    from cluster_provision.orchestrators.base import Head, Orchestrator
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied

NOTEBOOK_PORT = 8080


@dataclass(frozen=True)
class VmsDecided(Decided):
    """`account` is the machines' service account, empty for one that Terraform makes; `facts` are those of the state
    that preflight went by."""

    account: str = ""
    means: Means = field(default_factory=Means)
    additions: Additions = field(default_factory=Additions)
    facts: StateFacts = field(default_factory=StateFacts)


class GcpVms(GcpTarget[VmsDecided]):
    """The cluster that `settings` describe. Its machines are those of its groups."""

    module = "gcp/vms"

    samples = "/home/jupyter/aiinfra-sample"
    """Where the training scripts have always been, whether or not the image has the notebook's user."""

    def __init__(self, settings: GcpSettings, orchestrator: Orchestrator) -> None:
        super().__init__(settings, "vms" if orchestrator.name == "none" else orchestrator.name)
        self.orchestrator = orchestrator
        self.expected_nodes = settings.instance_count

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of its managed instance groups, all in its zone: the head's comes first, where there is one."""
        prefix = self.settings.name_prefix
        heads = (head_group(prefix),) if self.orchestrator.has_head else ()
        return (*heads, f"{prefix}-mig")

    def stages(self, decided: VmsDecided | None) -> tuple[Stage, ...]:
        """Nodes ready, the orchestrator running, health, notebooks answering, a last look."""
        return stages(self, self.orchestrator, health_stage(gate_word(self.settings), partial(gate_of, self)))

    def preflight(self, store: StateStore, facts: StateFacts) -> tuple[Finding, VmsDecided | None]:
        """Look at all that can be looked at; decide which service account the machines get, and with what means."""
        found = self.look(store, facts)
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
        """The variables of terraform/gcp/vms."""
        s = self.settings
        return {
            "project_id": s.project_id,
            "region": self.region,
            "zone": self.zone,
            "name_prefix": s.name_prefix,
            "labels": self.labels,
            "metadata": s.metadata,
            "enable_notebook": s.enable_notebook,
            "machine_type": s.vm_type,
            "accelerator_type": s.accelerator_type,
            "accelerator_count": s.gpu_count,
            "image": s.image,
            "disk_size_gb": s.disk_size_gb,
            "disk_type": s.disk_type,
            "instance_count": s.instance_count,
            **network_variables(s, self.zone, decided.additions),
            **provisioning_variables(s, decided.facts),
            "service_account": decided.account,
            "state_bucket": store.container,
            "deployment": store.deployment,
            "agent_roles": decided.means.roles,
            "dashboard": decided.means.dashboard,
            "file_shares": [{"path": m.path, "tier": m.tier, "size_gb": m.size_gb} for m in s.nfs_fileshare_list],
            "mount_buckets": sorted({m.bucket for m in s.gcs_mount_list}),
            "node_config": json.dumps(self.node_config(store, copied), sort_keys=True),
            "startup_command": s.startup_command,
            "ray": self.orchestrator.has_head,
        }

    def node_config(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """What the machines' bootstrap is to do (docs/node-status.md)."""
        s = self.settings
        files = {"object": copied.files, "destination": s.vm_localfile_dest_path} if copied.files else None
        samples = {"object": copied.samples, "destination": self.samples} if copied.samples else None
        return {
            "schema": 1,
            "bucket": store.container,
            "deployment": store.deployment,
            "files": files,
            "samples": samples,
            "buckets": [{"bucket": m.bucket, "path": m.path} for m in s.gcs_mount_list],
            "notebook": s.enable_notebook,
            **self.orchestrator.node_config(),
            "ops_agent": not s.disable_ops_agent,
            "gpus": s.gpu_count,
            "health": health_config(s.health_gate, before_command=bool(s.startup_command)),
            "expected": expected_config(s.vm_type, s.accelerator_type),
        }

    def kind_of(self, problem: str) -> Kind:
        """Google's sorting."""
        return kind_of(problem)

    def machines(self) -> list[Machine]:
        """The machines that the groups have now."""
        return self.cloud.machines(self.zone, self.groups, self.cluster.label)

    def group_errors(self, earlier: timedelta = timedelta(0)) -> list[GroupError]:
        """What the groups failed at in this run, and so much before it."""
        return [error for group in self.groups for error in self.cloud.group_errors(self.zone, group, earlier)]

    def outdated(self, machines: Sequence[Machine]) -> list[Machine]:
        """Machines of another template than their group's: it leaves running ones alone."""
        current = {group: name_of(self.cloud.group_template(self.zone, group)) for group in self.groups}
        return [m for m in machines if m.template and name_of(m.template) != current[m.group]]

    def renew(self, machines: Sequence[Machine]) -> None:
        """Have their groups make these machines anew, under their own names."""
        for group in self.groups:
            mine = [m for m in machines if m.group == group]
            if mine:
                self.cloud.recreate(self.zone, group, mine)

    def renewal(self, machines: Sequence[Machine]) -> str:
        """gcloud's commands for the same, a line for each group."""
        place = f"--project={self.settings.project_id} --zone={self.zone}"
        named = {group: ",".join(m.name for m in machines if m.group == group) for group in self.groups}
        return "\n".join(
            f"gcloud compute instance-groups managed recreate-instances {group} {place} --instances={names}"
            for group, names in named.items()
            if names
        )

    def connection(self, site: Site) -> Connection:
        """How to connect: ssh through IAP for each node, the orchestrator, and where the machines' GPUs are shown."""
        wanted = self.settings.gpu_count and not self.settings.disable_ops_agent
        return Connection(
            ssh={n.name: self.shell(n, site).line() for n in site.result.nodes},
            dashboard=self._dashboard() if wanted else "",
            parts=self.orchestrator.connection(self, site),
        )

    def _dashboard(self) -> str:
        """Where the dashboard is; empty where it can't be found."""
        try:
            return next((each.url for each in self.cloud.dashboards(self.cluster.label)), "")
        except CANNOT_LOOK:
            return ""

    def tunnel(self, node: Node) -> str:
        """The line that leads to a node's notebook."""
        return self._shell(node.name, node.zone).tunnel(NOTEBOOK_PORT)

    def shell(self, node: Node, site: Site) -> GcloudShell:
        """The way to a shell on a node."""
        return self._shell(node.name, node.zone)

    def _shell(self, name: str, zone: str) -> GcloudShell:
        return GcloudShell(name, self.settings.project_id, zone)

    def find_head(self, site: Site) -> Head:
        """The head, as soon as its group has named it."""
        return find_head(self, self.settings, site)

    def head(self, nodes: list[Node]) -> Node | None:
        """The head among the nodes, None where there is none."""
        return next((node for node in nodes if is_head(node.name, self.settings.name_prefix)), None)

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to a node through IAP."""
        machines = self.machines()
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        found = next((m for m in machines if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in machines)
            raise SettingsError((f"there is no node {node!r}; the nodes are {names}",), "Name one of them, or none.")
        return self._shell(found.name, found.zone).words()

    def fleet(self, site: Site) -> Fleet:
        """The machines with the host keys that they have reported themselves, the head first."""
        machines = site.machines or self.machines()
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        prefix = self.settings.name_prefix
        ordered = sorted(machines, key=lambda each: not is_head(each.name, prefix))
        return self._ssh.fleet(ordered, self.region, self.settings.vm_type)

    @cached_property
    def _ssh(self) -> OsLoginSsh:
        """With one key, which lives as long as the run does."""
        assert self._session is not None, "sign_in comes first"  # noqa: S101
        project = self.settings.project_id
        return OsLoginSsh(OsLogin(self._session, project), project, self._email, self.token, self.store().node_record)

    @property
    def strict_health(self) -> bool:
        """HEALTH_GATE=strict."""
        return self.settings.health_gate == "strict"

    def checked_nodes(self, site: Site) -> list[Node]:
        """The machines as they are now."""
        machines = self.machines()
        site.note(machines, standing(machines, site.store.node_summaries()).nodes)
        return site.result.nodes

    def nccl_machine(self) -> MachineClass:
        """What each machine is, for NCCL."""
        s = self.settings
        return nccl_machine(s.vm_type, s.accelerator_type, s.gpu_count)

    def mending(self, site: Site) -> Mending:
        """What is done about sick machines."""
        return mending_of(self, site)

    def close(self) -> None:
        """Take the run's key away again."""
        if "_ssh" in self.__dict__:
            self._ssh.close()

    def leftovers(self, facts: StateFacts) -> Remains:
        """What carries the cluster's label, and by their names what takes no labels."""
        return leftovers(self, facts)

"""CLOUD=gcp without an orchestrator: a managed instance group of GPU machines."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import (
    NotReady,
    PermissionDenied,
    SettingsError,
    UnexpectedError,
    Unreachable,
    one_of_all,
)
from cluster_provision.node import Node
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.base import Preflight
from cluster_provision.targets.gcp.account import choose_account, no_account
from cluster_provision.targets.gcp.agents import Means, choose_means
from cluster_provision.targets.gcp.default_network import Ways, ways_of
from cluster_provision.targets.gcp.leftovers import leftovers
from cluster_provision.targets.gcp.networks import network_variables
from cluster_provision.targets.gcp.provisioning import provisioning_variables
from cluster_provision.targets.gcp.stages import stages
from cluster_provision.targets.gcp.status import status
from cluster_provision.targets.gcp.target import GcpTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Leftover
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site, Stage
    from cluster_provision.state.base import StateStore
    from cluster_provision.targets.base import Copied

NOTEBOOK_PORT = 8080
SAMPLES = "/home/jupyter/aiinfra-sample"
"""Where the training scripts have always been, whether or not the image has the notebook's user."""


class GcpVms(GcpTarget):
    """The cluster that `settings` describe. Its machines are those of its groups."""

    module = "gcp/vms"

    def __init__(self, settings: GcpSettings, kind: str = "vms") -> None:
        super().__init__(settings, kind)
        self.expected_nodes = settings.instance_count
        self._account = settings.service_account or ""
        self._means = Means()
        self._ways: dict[str, Ways] = {}
        self._facts = StateFacts()

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of its managed instance groups, all in its zone."""
        return (f"{self.settings.name_prefix}-mig",)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Machines made anew, nodes ready, notebooks answering, a last look."""
        return stages(self)

    def preflight(self, store: StateStore, facts: StateFacts) -> Preflight:
        """Look at all that can be looked at; settle which service account the machines get."""
        found = self.look(store, facts)
        if found.failures:
            return Preflight(found.checks, found.notes, one_of_all(found.failures))
        try:
            self._account, chosen = choose_account(self, store, facts)
        except (PermissionDenied, SettingsError) as refused:
            return Preflight((*found.checks, no_account(refused)), found.notes, refused)
        self._means, agents = choose_means(self, facts, own_account=not self._account)
        self._facts = facts
        self._ways[self.region], ways = ways_of(self.settings, self.region, self.cloud)
        checks = (*found.checks, *chosen.checks, *agents.checks, *ways.checks)
        return Preflight(checks, (*found.notes, *chosen.notes, *agents.notes, *ways.notes))

    def variables(self, store: StateStore, copied: Copied) -> dict[str, Any]:
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
            **network_variables(s, self.zone, self._ways_here()),
            **provisioning_variables(s, self._facts),
            "service_account": self._account,
            "state_bucket": store.container,
            "deployment": store.deployment,
            "agent_roles": self._means.roles,
            "dashboard": self._means.dashboard,
            "file_shares": [{"path": m.path, "tier": m.tier, "size_gb": m.size_gb} for m in s.nfs_fileshare_list],
            "mount_buckets": sorted({m.bucket for m in s.gcs_mount_list}),
            "node_config": json.dumps(self.node_config(store, copied), sort_keys=True),
            "startup_command": s.startup_command,
        }

    def _ways_here(self) -> Ways:
        """What the default network needs in the region that is tried: another than the look before Apply was for,
        where a zone had no room. Destroy looks at nothing, and needs nothing."""
        if self._ways and self.region not in self._ways:
            self._ways[self.region], _ = ways_of(self.settings, self.region, self.cloud)
        return self._ways.get(self.region, Ways())

    def node_config(self, store: StateStore, copied: Copied) -> dict[str, Any]:
        """What the machines' bootstrap is to do (docs/node-status.md)."""
        s = self.settings
        files = {"object": copied.files, "destination": s.vm_localfile_dest_path} if copied.files else None
        samples = {"object": copied.samples, "destination": SAMPLES} if copied.samples else None
        return {
            "schema": 1,
            "bucket": store.container,
            "deployment": store.deployment,
            "files": files,
            "samples": samples,
            "buckets": [{"bucket": m.bucket, "path": m.path} for m in s.gcs_mount_list],
            "notebook": s.enable_notebook,
            "ray": None,
            "ops_agent": not s.disable_ops_agent,
            "gpus": s.gpu_count,
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
        recreate = "gcloud compute instance-groups managed recreate-instances"
        named = {group: ",".join(m.name for m in machines if m.group == group) for group in self.groups}
        return "\n".join(f"{recreate} {group} {place} --instances={names}" for group, names in named.items() if names)

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """How to connect: ssh through IAP for each node, and where the machines' GPUs are shown."""
        found: dict[str, Any] = {"ssh": {n.name: self.ssh(n) for n in nodes}}
        wanted = self.settings.gpu_count and not self.settings.disable_ops_agent
        if wanted and (url := self._dashboard()):
            found["dashboard"] = url
        return found

    def _dashboard(self) -> str:
        """Where the dashboard is; empty where it can't be found."""
        try:
            return next((each.url for each in self.cloud.dashboards(self.cluster.label)), "")
        except (PermissionDenied, Unreachable, UnexpectedError):
            return ""

    def tunnel(self, node: Node) -> str:
        """An ssh forward through IAP: the notebook may listen on the machine's loopback alone, and no external
        address is needed (https://cloud.google.com/deep-learning-vm/docs/jupyter)."""
        return f"{self.ssh(node)} -- -N -L {NOTEBOOK_PORT}:localhost:{NOTEBOOK_PORT}"

    def ssh(self, node: Node) -> str:
        """The command that opens a shell on a node, or runs what follows there."""
        place = f"--project={self.settings.project_id} --zone={node.zone}"
        return f"gcloud compute ssh {node.name} {place} --tunnel-through-iap"

    def status(self, site: Site) -> ProvisionError | None:
        """One look at what Create waits for."""
        return status(self, site)

    def way_in(self, node: str) -> tuple[str, ...]:
        """ssh to a node through IAP."""
        machines = self.machines()
        if not machines:
            raise NotReady(f"cluster {self.cluster.name} has no machines in {self.zone}", "Run Create first.")
        found = next((m for m in machines if m.name == node or not node), None)
        if found is None:
            names = ", ".join(m.name for m in machines)
            raise SettingsError((f"there is no node {node!r}; the nodes are {names}",), "Name one of them, or none.")
        return tuple(shlex.split(self.ssh(Node(found.name, found.zone))))

    def leftovers(self) -> list[Leftover]:
        """What carries the cluster's label, and by their names what takes no labels."""
        return leftovers(self)

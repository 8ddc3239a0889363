"""What a Slurm cluster on Azure goes through besides what all clouds' do: its vault, and the way in for users."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.clouds.azure.grafana import SCOPE
from cluster_provision.orchestrators.slurm import cloud_stages
from cluster_provision.stage import Stage
from cluster_provision.targets.azure.keys import Pair
from cluster_provision.targets.azure.slurm.bastion_way import look_at_bastion, reach_bastion
from cluster_provision.targets.azure.slurm.monitor import STAGE, look_at_dashboards, put_dashboards
from cluster_provision.targets.azure.slurm.vault import NAME, keep_pair, look_at_vault

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings
    from cluster_provision.targets.azure.head import HeadRule

WAY_IN = "way in"


class Staged(cloud_stages.CloudSlurmTarget, Protocol):
    """What the stages ask of their target."""

    @property
    def settings(self) -> AzureSettings:
        """The run's settings."""

    @property
    def cloud(self) -> Azure:
        """Azure, once the run has signed in."""

    @property
    def key(self) -> Path | None:
        """The private key's file, where it is known."""

    @property
    def head_rule(self) -> HeadRule:
        """What the way to the head needs."""

    def access_token(self, scope: str) -> str:
        """A token for this scope."""

    def standing_machines(self) -> list[ScaleSetMachine]:
        """Controller and login nodes, the head first."""


def stages(target: Staged, pair: Pair | None) -> tuple[Stage, ...]:
    """Described to its machines, up, its secrets in the vault, its nodes in Slurm, proven by a job, open to users
    where that is ACCESS's to do, with dashboards in a Grafana of Azure's. `pair` is who may log in, None in a run that
    only looks."""
    s, known = target.settings, pair or Pair("")
    described, controller, *more, connection = cloud_stages.stages(target)
    vault = Stage(
        NAME,
        lambda site: keep_pair(s, target.cloud, known, site),
        lambda site: look_at_vault(s, target.cloud, site),
    )
    open_head = Stage(
        WAY_IN,
        lambda site: target.head_rule.open(target.standing_machines(), site),
        lambda site: target.head_rule.look(target.standing_machines(), site),
    )
    bastion = Stage(
        WAY_IN,
        lambda site: reach_bastion(s, target.cloud, target.key, site),
        lambda site: look_at_bastion(s, target.cloud, site),
    )
    way_in = {"head": (open_head,), "bastion": (bastion,)}.get(s.access, ())
    dashboards = Stage(
        STAGE,
        lambda site: put_dashboards(s, target.cloud, partial(target.access_token, SCOPE), site),
        lambda site: look_at_dashboards(s, target.cloud, partial(target.access_token, SCOPE), site),
    )
    around = (*way_in, *((dashboards,) if s.monitoring == "managed" else ()))
    return (described, *((vault,) if s.key_vault else ()), controller, *more, *around, connection)

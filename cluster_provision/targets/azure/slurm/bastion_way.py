"""The way in through Azure Bastion: the tool's own, and what Create and Status do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.bastion.dial import NAME, OPENS_SECONDS, dial_to
from cluster_provision.clouds.azure.bastion.host import find_bastion
from cluster_provision.errors import NotReady, ProvisionError, Refused, UnexpectedError
from cluster_provision.fleet.model import Relayed
from cluster_provision.result import Check
from cluster_provision.targets.azure.slurm.bastion_routes import bastion_name, bastion_routes
from cluster_provision.targets.azure.slurm.bastion_scripts import bastion_scripts, write_scripts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cluster_provision.clouds.azure.api import AzureApi
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site
    from cluster_provision.targets.azure.slurm.bastion_routes import BastionRoutes

CHECK = "way in"


def relayed(routes: BastionRoutes, cloud: AzureApi, head: ScaleSetMachine, access_token: Callable[[], str]) -> Relayed:
    """The tool's own way to the head, which leads to the others. Raises NotReady where the Bastion isn't up."""
    bastion = find_bastion(cloud, routes.group, routes.bastion).require()
    dial = dial_to(bastion.host, {head.name: routes.id_of(head)}, access_token)
    return Relayed(NAME, dial, opens=OPENS_SECONDS)


def reach_bastion(settings: AzureSettings, cloud: AzureApi, key: Path | None, site: Site) -> None:
    """Require a Bastion that tunnels lead through, and write the scripts that lead there to OUTPUT_DIR."""
    s = settings
    routes = bastion_routes(s, key)
    told = find_bastion(cloud, s.resource_group, routes.bastion).require().name
    if s.output_dir is not None:
        scripts = bastion_scripts(routes, s.name_prefix, s.controller_name, s.login_names)
        write_scripts(s.output_dir, scripts)
        told += f"; {', '.join(scripts)} are in {s.output_dir}"
    site.progress.conclude(told)


def look_at_bastion(settings: AzureSettings, cloud: AzureApi, site: Site) -> ProvisionError | None:
    """Add a check of whether tunnels lead through the Bastion."""
    try:
        found = find_bastion(cloud, settings.resource_group, bastion_name(settings)).require()
    except (NotReady, Refused, UnexpectedError) as failure:
        site.result.checks.append(Check(CHECK, "failed", failure.message))
        return failure
    site.result.checks.append(Check(CHECK, "ok", f"Bastion {found.name} at {found.host}"))
    return None

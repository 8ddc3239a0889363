"""The machines of a Slurm cluster on Azure, by the names that Slurm has for them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.checks.azure.demand import CONTROLLER, LOGIN
from cluster_provision.clouds.azure.machines import UNIFORM
from cluster_provision.parallel import at_once
from cluster_provision.slurm.cloud import NAMES_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings
    from cluster_provision.slurm.cloud import Pool
    from cluster_provision.state.base import StateStore


def names_in(store: StateStore) -> dict[str, str]:
    """The nodes' names by their machines' computer names, as the controller has written them; none before that."""
    try:
        given = json.loads(store.read(NAMES_FILE) or "{}") if store.exists() else {}
    except ValueError:
        given = {}
    return {str(name): str(node) for name, node in given.items()} if isinstance(given, dict) else {}


def nodes_of(cloud: Azure, group: str, pools: Sequence[Pool], names: Mapping[str, str]) -> list[ScaleSetMachine]:
    """The compute nodes that are there, by their names in Slurm, in Slurm's order; one that has none yet comes last, by
    its computer name."""
    sets = [each.name for pool in pools for each in pool.groups]
    listed = at_once([partial(cloud.machines, group, name, UNIFORM) for name in sets])
    order = {name: number for number, name in enumerate(name for pool in pools for name in pool.nodes)}
    found = [replace(each, name=names.get(each.name, each.name)) for machines in listed for each in machines]
    return sorted(found, key=lambda each: (order.get(each.name, len(order)), each.name))


def present(cloud: Azure, settings: AzureSettings, pools: Sequence[Pool]) -> dict[str, int]:
    """How many machines there are already: the controller, login nodes, and those of each pool."""
    group, logins = settings.resource_group, settings.login_names
    standing = [each.name for each in cloud.single_machines(group, (*logins, settings.controller_name))]
    there = {CONTROLLER: standing.count(settings.controller_name), LOGIN: len(set(standing) & set(logins))}
    return {**there, **{each.name: len(nodes_of(cloud, group, [each], {})) for each in pools}}

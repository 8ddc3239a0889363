"""All parameters, in the order of the documents."""

from __future__ import annotations

from cluster_provision.settings.declared.action import ActionParameters
from cluster_provision.settings.declared.capacity import CapacityParameters
from cluster_provision.settings.declared.cluster import ClusterParameters
from cluster_provision.settings.declared.gke import GkeParameters
from cluster_provision.settings.declared.machine import MachineParameters
from cluster_provision.settings.declared.nodes import NodeParameters
from cluster_provision.settings.declared.run import RunParameters
from cluster_provision.settings.declared.storage import StorageParameters
from cluster_provision.settings.parameter import Parameter, parameters_of

GROUPS = (
    ActionParameters,
    ClusterParameters,
    MachineParameters,
    CapacityParameters,
    StorageParameters,
    NodeParameters,
    GkeParameters,
    RunParameters,
)

PARAMETERS: tuple[Parameter, ...] = tuple(p for group in GROUPS for p in parameters_of(group))

# Every name that sets a parameter, its aliases among them.
NAMES: dict[str, Parameter] = {name: p for p in PARAMETERS for name in (p.name, *p.declaration.aliases)}

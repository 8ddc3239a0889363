"""The parameters of each cloud, in the order of the documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.azure.config_file import config_file
from cluster_provision.settings.azure.settings import AzureSettings
from cluster_provision.settings.declared.action import ActionParameters
from cluster_provision.settings.declared.azure.access import AzureAccessParameters
from cluster_provision.settings.declared.azure.capacity import AzureCapacityParameters
from cluster_provision.settings.declared.azure.cluster import AzureClusterParameters
from cluster_provision.settings.declared.azure.machine import AzureMachineParameters
from cluster_provision.settings.declared.azure.nodes import AzureNodeParameters
from cluster_provision.settings.declared.azure.run import AzureRunParameters
from cluster_provision.settings.declared.azure.slurm import AzureSlurmParameters
from cluster_provision.settings.declared.azure.storage import AzureStorageParameters
from cluster_provision.settings.declared.existing.access import ExistingAccessParameters
from cluster_provision.settings.declared.existing.cluster import ExistingClusterParameters
from cluster_provision.settings.declared.existing.slurm import ExistingSlurmParameters
from cluster_provision.settings.declared.existing.storage import ExistingStorageParameters
from cluster_provision.settings.declared.gcp.capacity import CapacityParameters
from cluster_provision.settings.declared.gcp.cluster import ClusterParameters
from cluster_provision.settings.declared.gcp.gke import GkeParameters
from cluster_provision.settings.declared.gcp.machine import MachineParameters
from cluster_provision.settings.declared.gcp.nodes import NodeParameters
from cluster_provision.settings.declared.gcp.slurm import SlurmMachineParameters
from cluster_provision.settings.declared.gcp.storage import StorageParameters
from cluster_provision.settings.declared.health import HealthParameters
from cluster_provision.settings.declared.run import RunParameters
from cluster_provision.settings.declared.slurm import SlurmParameters
from cluster_provision.settings.declared.slurm_nodes import SlurmNodeParameters
from cluster_provision.settings.existing.settings import ExistingSettings
from cluster_provision.settings.gcp.settings import GcpSettings
from cluster_provision.settings.parameter import Parameter, parameters_of
from cluster_provision.settings.reading import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster_provision.settings.common import Settings
    from cluster_provision.settings.given import Environment, FromFile


@dataclass(frozen=True)
class Catalogue:
    """One cloud's settings model, and the groups of its parameters.

    A group's declaration replaces that of the same name in an earlier group. A parameter that a shared group declares
    for other clouds alone is left out. `read_file` reads a file of the user's that sets
    parameters, where a cloud has one: from the environment, the parameters by name, and the orchestrator.
    """

    cloud: str
    model: type[Settings]
    groups: tuple[type[Any], ...]
    machines_exist: bool = False
    read_file: Callable[[Environment, Mapping[str, Parameter], str], FromFile] | None = None

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return all parameters, in order."""
        found: dict[str, Parameter] = {}
        for group in self.groups:
            found.update({p.field: p for p in parameters_of(group) if p.declaration.cloud in self._kinds})
        return tuple(found.values())

    @property
    def _kinds(self) -> tuple[str, ...]:
        return ("all", self.cloud) if self.machines_exist else ("all", "made", self.cloud)

    @cached_property
    def names(self) -> dict[str, Parameter]:
        """Return the parameters by every name that sets them, with their aliases."""
        return {name: p for p in self.parameters for name in (p.name, *p.declaration.aliases)}


GCP = Catalogue(
    "gcp",
    GcpSettings,
    (
        ActionParameters,
        ClusterParameters,
        MachineParameters,
        CapacityParameters,
        StorageParameters,
        NodeParameters,
        HealthParameters,
        GkeParameters,
        SlurmParameters,
        SlurmNodeParameters,
        SlurmMachineParameters,
        RunParameters,
    ),
)
AZURE = Catalogue(
    "azure",
    AzureSettings,
    (
        ActionParameters,
        AzureClusterParameters,
        AzureMachineParameters,
        AzureCapacityParameters,
        AzureAccessParameters,
        AzureNodeParameters,
        HealthParameters,
        AzureStorageParameters,
        SlurmParameters,
        SlurmNodeParameters,
        AzureSlurmParameters,
        RunParameters,
        AzureRunParameters,
    ),
    read_file=config_file,
)
EXISTING = Catalogue(
    "existing",
    ExistingSettings,
    (
        ActionParameters,
        ExistingClusterParameters,
        ExistingAccessParameters,
        ExistingStorageParameters,
        ExistingSlurmParameters,
        SlurmParameters,
        RunParameters,
    ),
    machines_exist=True,
)
CATALOGUES = {c.cloud: c for c in (GCP, AZURE, EXISTING)}


def confidential_names() -> frozenset[str]:
    """Return the names of all parameters, on any cloud, whose values nobody else may see."""
    return frozenset(
        name for each in CATALOGUES.values() for name, p in each.names.items() if p.declaration.confidential
    )


def catalogue_of(environ: Mapping[str, str]) -> Catalogue:
    """Return the catalogue of the cloud in CLOUD; Google Cloud's where it is unset or unknown."""
    return CATALOGUES.get(folded(environ.get("CLOUD", "").strip()), GCP)

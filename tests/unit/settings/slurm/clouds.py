"""Environments of a Slurm cluster on each cloud on which machines are made, to which tests add."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

if TYPE_CHECKING:
    from cluster_provision.settings import Loaded, SlurmCloudSettings

ENVIRONMENTS = {
    "gcp": {"PROJECT_ID": "my-project-123", "ZONE": "us-central1-a", "VM_TYPE": "n2-standard-8"},
    "azure": {
        "CLOUD": "azure",
        "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001",
        "LOCATION": "eastus2",
        "SKU": "Standard_D8s_v5",
        "ACCESS": "private",
    },
}
OTHER_TYPE = {"gcp": "n2-standard-2", "azure": "Standard_D2s_v5"}
CLOUDS = tuple(ENVIRONMENTS)


def loaded(cloud: str, **given: str | None) -> Loaded:
    """What the environment with `given` gives; None takes one away."""
    base = {**ENVIRONMENTS[cloud], "NAME_PREFIX": "vega", "ORCHESTRATOR_TYPE": "slurm"}
    return load({name: text for name, text in {**base, **given}.items() if text is not None}, "Create")


def settings(cloud: str, **given: str | None) -> SlurmCloudSettings:
    """The settings of such an environment."""
    return cast("SlurmCloudSettings", loaded(cloud, **given).settings)


def problems(cloud: str, **given: str | None) -> tuple[str, ...]:
    """All problems of such an environment; none where it can be loaded."""
    try:
        loaded(cloud, **given)
    except SettingsError as failure:
        return failure.problems
    return ()

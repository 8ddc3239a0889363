"""Parameters of another cloud than the chosen one: ignored with a note, unless that would hide a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import CATALOGUES

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from cluster_provision.settings.catalogue import Catalogue

# By the chosen cloud: a parameter of another one, and what means nearly the same here. Where that is unset, somebody
# meant what would be ignored, and the default in its place may be a far bigger machine.
COUNTERPARTS: dict[str, dict[str, str]] = {
    "azure": {
        "PROJECT_ID": "SUBSCRIPTION_ID",
        "ZONE": "LOCATION",
        "VM_TYPE": "SKU",
        "IMAGE_NAME": "IMAGE",
        "IMAGE_FAMILY_NAME": "IMAGE",
        "DISK_SIZE_GB": "OS_DISK_SIZE",
        "LABELS": "TAGS",
        "TERRAFORM_GCS_PATH": "TERRAFORM_BLOB_PATH",
        "SERVICE_ACCOUNT": "NODE_IDENTITY",
    },
    "gcp": {
        "SUBSCRIPTION_ID": "PROJECT_ID",
        "SKU": "VM_TYPE",
        "OS_DISK_SIZE": "DISK_SIZE_GB",
        "TERRAFORM_BLOB_PATH": "TERRAFORM_GCS_PATH",
    },
}


@dataclass(frozen=True)
class Foreign:
    """What is to be said of them, one line each."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def foreign_names(
    environ: Mapping[str, str], catalogue: Catalogue, given: Container[str], told: Container[str]
) -> Foreign:
    """The parameters of other clouds that are set in `environ`; `given` are the fields that are set here, `told` the
    names of which something is said already."""
    others = {
        name: other.cloud
        for other in CATALOGUES.values()
        for name in other.names
        if name not in catalogue.names and name not in told and environ.get(name, "").strip()
    }
    # the variables of Azure's own tools stand in many an environment
    others = {name: cloud for name, cloud in others.items() if not name.startswith(("ARM_", "AZURE_"))}
    counterparts = COUNTERPARTS[catalogue.cloud]
    hidden = {name for name in others if name in counterparts and counterparts[name].lower() not in given}
    problems = tuple(
        f"{name} is a parameter of CLOUD={others[name]} alone, and the cloud here is {catalogue.cloud}, where "
        f"{counterparts[name]} has its place: set that and remove {name}, or set CLOUD={others[name]}"
        for name in sorted(hidden)
    )
    ignored = ", ".join(name for name in others if name not in hidden)
    note = f"ignored with CLOUD={catalogue.cloud}, as parameters of another cloud: {ignored}"
    return Foreign(problems, (note,) if ignored else ())

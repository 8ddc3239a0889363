"""Finds parameters of other clouds than the chosen one: ignored with a note, unless that would hide a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import CATALOGUES
from cluster_provision.settings.reading import BadValue, NotInThisVersion

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.parameter import Parameter

# By the chosen cloud: a parameter of another cloud, and the one that means nearly the same here. If that one is unset,
# ignoring the other would hide a mistake: the default may be a far bigger machine.
COUNTERPARTS: dict[str, dict[str, str]] = {
    "azure": {
        "PROJECT_ID": "SUBSCRIPTION_ID",
        "INVENTORY": "SUBSCRIPTION_ID",
        "CONTROLLER": "SUBSCRIPTION_ID",
        "ZONE": "LOCATION",
        "VM_TYPE": "SKU",
        "IMAGE_NAME": "IMAGE",
        "IMAGE_FAMILY_NAME": "IMAGE",
        "DISK_SIZE_GB": "OS_DISK_SIZE",
        "LABELS": "TAGS",
        "TERRAFORM_GCS_PATH": "TERRAFORM_BLOB_PATH",
        "SERVICE_ACCOUNT": "NODE_IDENTITY",
        "MAX_RUN_DURATION": "CLEANUP_ON_EXIT",
        "CONTROLLER_TYPE": "CONTROLLER_SKU",
        "LOGIN_TYPE": "LOGIN_SKU",
    },
    "gcp": {
        "SUBSCRIPTION_ID": "PROJECT_ID",
        "INVENTORY": "PROJECT_ID",
        "CONTROLLER": "PROJECT_ID",
        "SKU": "VM_TYPE",
        "OS_DISK_SIZE": "DISK_SIZE_GB",
        "MAX_PRICE": "MAX_HOURLY_COST",
        "CONTROLLER_SKU": "CONTROLLER_TYPE",
        "LOGIN_SKU": "LOGIN_TYPE",
        "HPC_MAX_CORE_COUNT": "MAX_NODES",
        "TERRAFORM_BLOB_PATH": "TERRAFORM_GCS_PATH",
    },
    "existing": {
        "ADMIN": "SSH_USER",
        "SSH_PATH": "SSH_KEY_FILE",
        "VMSS_NAME": "NAME_PREFIX",
    },
}

# Another cloud's name where this one has a like one: by the value it was meant for that.
LIKE_NAMES: dict[str, dict[str, str]] = {"azure": {"ZONE": "ZONES"}}


@dataclass(frozen=True)
class Foreign:
    """The problems and notes about them, one line each."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def foreign_names(
    environ: Mapping[str, str], catalogue: Catalogue, given: Container[str], told: Container[str]
) -> Foreign:
    """Find the parameters of other clouds that `environ` sets.

    `given` are the fields that are set here, `told` the names that another problem or note is about.
    """
    others = {
        name: other.cloud
        for other in CATALOGUES.values()
        for name in other.names
        if name not in catalogue.names and name not in told and environ.get(name, "").strip()
    }
    # Variables of Azure's own tools are common in any environment.
    others = {name: cloud for name, cloud in others.items() if not name.startswith(("ARM_", "AZURE_"))}
    counterparts = COUNTERPARTS[catalogue.cloud] | {
        name: like
        for name, like in LIKE_NAMES.get(catalogue.cloud, {}).items()
        if name in others and _takes(catalogue.names[like], environ[name].strip())
    }
    hidden = {name for name in others if name in counterparts and counterparts[name].lower() not in given}
    problems = tuple(
        f"{name} is a parameter of CLOUD={others[name]}, and the cloud here is {catalogue.cloud}, which has "
        f"{counterparts[name]} instead: set that and remove {name}, or set CLOUD={others[name]}"
        for name in sorted(hidden)
    )
    ignored = ", ".join(name for name in others if name not in hidden)
    note = f"ignored with CLOUD={catalogue.cloud}, as parameters of another cloud: {ignored}"
    return Foreign(problems, (note,) if ignored else ())


def _takes(parameter: Parameter, text: str) -> bool:
    try:
        parameter.declaration.reader.read(text)
    except (BadValue, NotInThisVersion):
        return False
    return True

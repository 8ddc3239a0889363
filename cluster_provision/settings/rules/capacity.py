"""How the machines are had: provisioning model, reservation, duration and placement must fit each other and VM_TYPE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.declared.capacity import MOST_RUN_HOURS
from cluster_provision.settings.draft import Draft, Finding
from cluster_provision.settings.machine_types import machine_type

if TYPE_CHECKING:
    from cluster_provision.settings.declared.capacity import ProvisioningModel

BOUND: ProvisioningModel = "reservation-bound"


def provisioning_model(draft: Draft) -> Finding:
    """PROVISIONING_MODEL as it is given, or the one that follows from the machine type and the reservation."""
    if not draft.good("vm_type", "provisioning_model", "reservation_name"):
        return Finding()
    settings = draft.settings
    model = settings.provisioning_model
    sold_by = machine_type(settings.vm_type).models
    if not sold_by or model in sold_by:
        return Finding()
    given = "provisioning_model" in draft.given
    if not given and settings.reservation_name and BOUND in sold_by:
        return Finding(settings=replace(settings, provisioning_model=BOUND))
    default = "" if given else " (the default)"
    with_reservation = f"; {BOUND} needs RESERVATION_NAME" if BOUND in sold_by else ""
    return Finding(
        (
            f"PROVISIONING_MODEL={model}{default}: VM_TYPE={settings.vm_type} is not sold so; set PROVISIONING_MODEL "
            f"to one of {', '.join(sold_by)}{with_reservation}, or choose another VM_TYPE",
        )
    )


def reservation(draft: Draft) -> Finding:
    """A reservation is used by standard and reservation-bound machines, and the latter need one."""
    if not draft.good("provisioning_model", "reservation_name"):
        return Finding()
    model, name = draft.settings.provisioning_model, draft.settings.reservation_name
    if model == BOUND and not name:
        return Finding((f"PROVISIONING_MODEL={model} needs RESERVATION_NAME, the reservation to take machines from",))
    if name and model in {"spot", "flex-start"}:
        return Finding(
            (
                f"RESERVATION_NAME={name} and PROVISIONING_MODEL={model} exclude each other: such machines are never "
                "taken from a reservation; remove one of the two",
            )
        )
    return Finding()


def run_duration(draft: Draft) -> Finding:
    """Flex-start machines have an end; reservation-bound ones end with their reservation."""
    if not draft.good("provisioning_model", "max_run_duration"):
        return Finding()
    settings = draft.settings
    if settings.provisioning_model == "flex-start" and settings.max_run_duration is None:
        return Finding(settings=replace(settings, max_run_duration=MOST_RUN_HOURS))
    if settings.provisioning_model == BOUND and settings.max_run_duration is not None:
        return Finding(
            (
                f"MAX_RUN_DURATION={settings.max_run_duration} can't be used with PROVISIONING_MODEL={BOUND}: such "
                "machines run until their reservation ends; remove it",
            )
        )
    return Finding()

"""Rules for how Google provides the machines: provisioning model, reservation, duration and VM_TYPE must fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.declared.gcp.capacity import MOST_RUN_HOURS
from cluster_provision.settings.draft import Draft, RuleResult

if TYPE_CHECKING:
    from cloud_facts.gcp.machine_types import MachineType
    from cluster_provision.settings.declared.gcp.capacity import ProvisioningModel

BOUND: ProvisioningModel = "reservation-bound"


def provisioning_model(draft: Draft) -> RuleResult:
    """Choose PROVISIONING_MODEL if it is unset: it follows from the machine type and the reservation."""
    if not draft.good("vm_type", "provisioning_model", "reservation_name"):
        return RuleResult()
    settings = draft.settings
    model = settings.provisioning_model
    facts = machine_type(settings.vm_type)
    sold_by = facts.models
    if not unsold(model, facts) or draft.said("custom_node_pool"):
        return RuleResult()
    given = "provisioning_model" in draft.given
    if not given and settings.reservation_name and BOUND in sold_by:
        return RuleResult(settings=replace(settings, provisioning_model=BOUND))
    default = "" if given else " (the default)"
    with_reservation = f"; {BOUND} needs RESERVATION_NAME" if BOUND in sold_by else ""
    return RuleResult(
        (
            f"PROVISIONING_MODEL={model}{default}: VM_TYPE={settings.vm_type} is not sold as {model}; set "
            f"PROVISIONING_MODEL to one of {', '.join(sold_by)}{with_reservation}, or choose another VM_TYPE",
        )
    )


def unsold(model: str, facts: MachineType) -> bool:
    """Whether machines with these facts are known not to be sold by `model`."""
    return bool(facts.models) and model not in facts.models


def reservation(draft: Draft) -> RuleResult:
    """Check RESERVATION_NAME: it lies in one zone. Standard machines may use one; reservation-bound ones need one."""
    if not draft.good("provisioning_model", "reservation_name"):
        return RuleResult()
    settings = draft.settings
    model, name = settings.provisioning_model, settings.reservation_name
    if not name:
        needed = f"PROVISIONING_MODEL={model} needs RESERVATION_NAME, the reservation that the machines use"
        return RuleResult((needed,) if model == BOUND else ())
    problems = []
    if model in {"spot", "flex-start"}:
        problems.append(
            f"RESERVATION_NAME={name} and PROVISIONING_MODEL={model} exclude each other: such machines never use a "
            "reservation; remove one of the two"
        )
    if draft.good("zone") and len(settings.zone) > 1:
        problems.append(
            f"RESERVATION_NAME={name} with ZONE={','.join(settings.zone)}: a reservation lies in one zone; name that "
            "alone"
        )
    return RuleResult(tuple(problems))


def run_duration(draft: Draft) -> RuleResult:
    """Limit flex-start machines, and refuse a duration for reservation-bound ones, which end with their reservation."""
    if not draft.good("provisioning_model", "max_run_duration"):
        return RuleResult()
    settings = draft.settings
    if settings.provisioning_model == "flex-start" and settings.max_run_duration is None:
        return RuleResult(settings=replace(settings, max_run_duration=MOST_RUN_HOURS))
    if settings.provisioning_model == BOUND and settings.max_run_duration is not None:
        return RuleResult(
            (
                f"MAX_RUN_DURATION={settings.max_run_duration} can't be used with PROVISIONING_MODEL={BOUND}: such "
                "machines run until their reservation ends; remove it",
            )
        )
    return RuleResult()

"""Rules for placing machines close to each other: which machine types support it, and what it excludes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult

if TYPE_CHECKING:
    from cloud_facts.gcp.machine_types import MachineType

# docs.cloud.google.com/ai-hypercomputer/docs/placement-policy-and-workload-policy, read 2026-11-25: among groups of
# flex-start machines, only these series support workload policies. The same holds for any placement of GKE's pools:
# github.com/GoogleCloudPlatform/cluster-toolkit, pull request 5737 of 2026-06-04.
PLACED_FLEX_START = ("a4-", "a3-ultragpu-")


def compact_placement(draft: Draft) -> RuleResult:
    """Check that the machine type supports a policy, and that the provisioning model fits it."""
    needed = ("vm_type", "compact_placement", "provisioning_model", "reservation_name")
    if not draft.good(*needed) or not draft.settings.compact_placement:
        return RuleResult()
    if draft.orchestrator == "gke":
        return RuleResult(
            ("COMPACT_PLACEMENT=yes is for groups of machines; with gke, set GKE_ENABLE_COMPACT_PLACEMENT",)
        )
    settings = draft.settings
    vm_type, model = settings.vm_type, settings.provisioning_model
    facts = machine_type(vm_type)
    problems = []
    if facts.kind != "unknown" and not facts.placement:
        problems.append(
            f"COMPACT_PLACEMENT=yes: VM_TYPE={vm_type} supports neither a placement policy nor a workload policy; "
            "leave it out, or choose an A2, A3, A4, G2 or G4 type"
        )
    if facts.kind == "unknown":
        problems.append(
            f"COMPACT_PLACEMENT=yes: this version doesn't know which policy VM_TYPE={vm_type} supports; leave "
            "COMPACT_PLACEMENT out"
        )
    if placed_by_reservation(settings.reservation_name, facts):
        problems.append(
            f"COMPACT_PLACEMENT=yes and RESERVATION_NAME={settings.reservation_name} exclude each other: the policy of "
            f"the reservation, if it has one, places machines of {vm_type}; leave COMPACT_PLACEMENT out"
        )
    if facts.placement == "workload" and model == "flex-start" and not vm_type.startswith(PLACED_FLEX_START):
        problems.append(
            f"COMPACT_PLACEMENT=yes and PROVISIONING_MODEL=flex-start exclude each other for VM_TYPE={vm_type}; only "
            "groups of A4 and A3 Ultra support both"
        )
    return RuleResult(tuple(problems))


def placed_by_reservation(reservation: str | None, facts: MachineType) -> bool:
    """Whether the reservation alone decides how close its machines are.

    A reservation's policy and its machines' must be the same one, but the tool makes a new one. Machines of the series
    with workload policies may have another policy (github.com/GoogleCloudPlatform/cluster-toolkit, pull requests 3347
    and 3362 of December 2024: "dense" reservations).
    """
    return bool(reservation) and facts.placement == "policy"


def racks(draft: Draft) -> RuleResult:
    """Refuse several machines of the types that Google provides only in whole racks."""
    if not draft.good("vm_type", "instance_count") or draft.orchestrator == "gke":
        return RuleResult()
    settings = draft.settings
    if (settings.max_nodes or settings.instance_count) == 1 or not machine_type(settings.vm_type).racks:
        return RuleResult()
    return RuleResult(
        (
            f"INSTANCE_COUNT={settings.instance_count} with VM_TYPE={settings.vm_type} is not in this version: Google "
            "Cloud places such machines in whole racks, in a topology that is ordered with them; set INSTANCE_COUNT=1, "
            "or choose another VM_TYPE",
        )
    )

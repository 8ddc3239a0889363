"""Rules for a GKE cluster's parameters: how they must fit each other, and which others have no effect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult
from cluster_provision.settings.rules.gcp.capacity import unsold
from cluster_provision.settings.rules.gcp.placement import PLACED_FLEX_START, placed_by_reservation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.readers.gcp.maps import NodePool

_EQUAL_POOLS = {
    "gke_node_pool_count": "GKE_NODE_POOL_COUNT",
    "gke_node_count_per_node_pool": "GKE_NODE_COUNT_PER_NODE_POOL",
    "gke_min_node_count": "GKE_MIN_NODE_COUNT",
    "gke_max_node_count": "GKE_MAX_NODE_COUNT",
    "gke_enable_compact_placement": "GKE_ENABLE_COMPACT_PLACEMENT",
}
_OF_POOLS = ("custom_node_pool", "zone", "provisioning_model", "reservation_name")
# GKE's own names hold 40 characters, and the longest one with the prefix is "<prefix>-nodepool-99".
LONGEST_PREFIX = 40 - len("-nodepool-99")
# Parameters for machines that this tool sets up itself. The old tool's GKE clusters had none of it either.
_OF_MACHINES = (
    "image_family_name",
    "image_name",
    "image_project",
    "startup_command",
    "wait_for_startup_command",
    "results_dir",
    "vm_localfile_dest_path",
    "gcs_mount_list",
    "nfs_fileshare_list",
    "enable_notebook",
    "show_proxy_url",
    "disable_ops_agent",
    "external_ip",
    "health_gate",
    "health_timeout",
)


def node_pools(draft: Draft) -> RuleResult:
    """Check the number of pools and of their machines, which has three forms."""
    if draft.orchestrator != "gke":
        return RuleResult()
    problems = []
    settings = draft.settings
    equal = [name for field, name in _EQUAL_POOLS.items() if draft.said(field)]
    if draft.said("custom_node_pool") and equal:
        problems.append(f"CUSTOM_NODE_POOL and {', '.join(equal)} exclude each other; set only one of the two forms")
    both = draft.good("gke_min_node_count", "gke_max_node_count")
    if both and settings.gke_min_node_count > settings.gke_max_node_count:
        least, most = settings.gke_min_node_count, settings.gke_max_node_count
        problems.append(f"GKE_MIN_NODE_COUNT={least} is more than GKE_MAX_NODE_COUNT={most}")
    counted = [name for name in equal if name != "GKE_NODE_POOL_COUNT"]
    if draft.good("gke_node_pool_count") and settings.gke_node_pool_count == 0:
        problems += [f"{name} needs GKE_NODE_POOL_COUNT, which is unset or 0" for name in counted]
    if draft.said("gke_node_count_per_node_pool") and (
        draft.said("gke_min_node_count") or draft.said("gke_max_node_count")
    ):
        problems.append("GKE_NODE_COUNT_PER_NODE_POOL replaces GKE_MIN_NODE_COUNT and GKE_MAX_NODE_COUNT; set it alone")
    return RuleResult(tuple(problems))


def custom_node_pools(draft: Draft) -> RuleResult:
    """Check that each pool lies in the cluster's region and has the GPUs that its machine type has."""
    if draft.orchestrator != "gke" or not draft.good(*_OF_POOLS):
        return RuleResult()
    settings = draft.settings
    if not settings.custom_node_pool:
        return RuleResult()
    pools = tuple(_completed(pool) for pool in settings.custom_node_pool)
    problems = [
        f"CUSTOM_NODE_POOL: pool {pool.name} {reason}" for pool in pools for reason in _pool_problems(draft, pool)
    ]
    return RuleResult(tuple(problems), settings=replace(settings, custom_node_pool=pools))


def _completed(pool: NodePool) -> NodePool:
    """Fill in the GPUs of its machine type where the pool names none."""
    facts = machine_type(pool.machine_type)
    if facts.kind != "fixed" or pool.guest_accelerator_count or pool.guest_accelerator_type:
        return pool
    return replace(pool, guest_accelerator_count=facts.gpus, guest_accelerator_type=facts.accelerator)


def _pool_problems(draft: Draft, pool: NodePool) -> Iterator[str]:
    settings = draft.settings
    if pool.zone and any(pool.zone.rpartition("-")[0] != region for region in settings.regions):
        yield (
            f"has zone = {pool.zone}, outside the cluster's region, {settings.region} (ZONE="
            f"{','.join(settings.zone)}); leave the zone out to use ZONE's"
        )
    facts = machine_type(pool.machine_type)
    if bool(pool.guest_accelerator_count) != bool(pool.guest_accelerator_type):
        yield "has only one of guest_accelerator_count and guest_accelerator_type; set both or none"
    elif facts.kind == "fixed":
        if pool.guest_accelerator_count != facts.gpus:
            yield (
                f"has guest_accelerator_count = {pool.guest_accelerator_count}, and {pool.machine_type} carries "
                f"{facts.gpus} x {facts.accelerator}"
            )
        if pool.guest_accelerator_type != facts.accelerator:
            yield (
                f"has guest_accelerator_type = {pool.guest_accelerator_type}, and {pool.machine_type} carries "
                f"{facts.accelerator}"
            )
    if facts.kind == "none" and pool.guest_accelerator_count:
        yield f"has guest_accelerator_count = {pool.guest_accelerator_count}, and {pool.machine_type} takes no GPUs"
    if pool.enable_compact_placement and facts.kind != "unknown" and not facts.placement:
        yield f"has enable_compact_placement = true, which {pool.machine_type} doesn't support"
    elif pool.enable_compact_placement and _unplaced_flex_start(settings.provisioning_model, pool.machine_type):
        yield (
            f"has enable_compact_placement = true, which {pool.machine_type} doesn't support with PROVISIONING_MODEL="
            "flex-start; only A4 and A3 Ultra support both"
        )
    elif pool.enable_compact_placement and placed_by_reservation(settings.reservation_name, facts):
        yield (
            f"has enable_compact_placement = true, but the policy of RESERVATION_NAME={settings.reservation_name} "
            f"places machines of {pool.machine_type}; leave enable_compact_placement out"
        )
    if unsold(settings.provisioning_model, facts):
        yield (
            f"has machine_type = {pool.machine_type}, which is not sold as PROVISIONING_MODEL="
            f"{settings.provisioning_model}; it is sold as {', '.join(facts.models)}"
        )


def equal_node_pools(draft: Draft) -> RuleResult:
    """Check that the machine type of equal pools supports the placement."""
    needed = ("vm_type", "gke_enable_compact_placement", "provisioning_model", "reservation_name")
    if draft.orchestrator != "gke" or not draft.good(*needed) or not draft.settings.gke_enable_compact_placement:
        return RuleResult()
    vm_type, reservation = draft.settings.vm_type, draft.settings.reservation_name
    facts = machine_type(vm_type)
    if placed_by_reservation(reservation, facts):
        return RuleResult(
            (
                f"GKE_ENABLE_COMPACT_PLACEMENT=yes and RESERVATION_NAME={reservation} exclude each other: the policy "
                f"of the reservation, if it has one, places machines of {vm_type}; leave "
                "GKE_ENABLE_COMPACT_PLACEMENT out",
            )
        )
    if facts.kind != "unknown" and not facts.placement:
        return RuleResult(
            (f"GKE_ENABLE_COMPACT_PLACEMENT=yes: VM_TYPE={vm_type} supports no placement policy; leave it out",)
        )
    if not _unplaced_flex_start(draft.settings.provisioning_model, vm_type):
        return RuleResult()
    return RuleResult(
        (
            "GKE_ENABLE_COMPACT_PLACEMENT=yes and PROVISIONING_MODEL=flex-start exclude each other for VM_TYPE="
            f"{vm_type}; only pools of A4 and A3 Ultra support both",
        )
    )


def _unplaced_flex_start(model: str, vm_type: str) -> bool:
    return model == "flex-start" and not vm_type.startswith(PLACED_FLEX_START)


def names(draft: Draft) -> RuleResult:
    """Limit NAME_PREFIX: GKE's names are shorter than others."""
    if draft.orchestrator != "gke" or not draft.good("name_prefix"):
        return RuleResult()
    prefix = draft.settings.name_prefix
    if len(prefix) <= LONGEST_PREFIX:
        return RuleResult()
    return RuleResult(
        (
            f"NAME_PREFIX={prefix} has {len(prefix)} characters; with ORCHESTRATOR_TYPE=gke at most {LONGEST_PREFIX} "
            "are allowed, since GKE's names have at most 40",
        )
    )


def without_effect(draft: Draft) -> RuleResult:
    """Report the given parameters that have no effect on a GKE cluster."""
    if draft.orchestrator != "gke":
        return RuleResult()
    notes = []
    if draft.said("instance_count"):
        notes.append(
            f"INSTANCE_COUNT={draft.settings.instance_count} is ignored with ORCHESTRATOR_TYPE=gke: the node pools' "
            "parameters size the cluster"
        )
    if unused := [field.upper() for field in _OF_MACHINES if field in draft.given]:
        notes.append(f"ignored with ORCHESTRATOR_TYPE=gke, whose nodes GKE itself sets up: {', '.join(unused)}")
    return RuleResult(notes=tuple(notes))

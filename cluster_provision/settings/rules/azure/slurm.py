"""Rules for Slurm on Azure: cores become nodes, its sizes, scale sets and image, and what has no effect there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_facts.azure.machine_types import MOST_IN_A_PLACEMENT_GROUP, size
from cluster_provision.number_of import number_of
from cluster_provision.settings.draft import AzureDraft, AzureRuleResult
from cluster_provision.settings.readers.azure.machine_types import SizeName, nearest_size
from cluster_provision.settings.readers.slurm.shared_storage import ANF
from cluster_provision.settings.reading import BadValue
from cluster_provision.settings.rules.azure.machines import MOST_OF_A_MANAGED_IMAGE
from cluster_provision.settings.slurm_images import image_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.azure.settings import AzureSettings


def slurm_cores(draft: AzureDraft) -> AzureRuleResult:
    """Turn HPC_MAX_CORE_COUNT into MAX_NODES; cores that make no whole nodes are refused."""
    settings, cores = draft.settings, draft.settings.hpc_max_core_count
    if draft.orchestrator != "slurm" or (cores is None and draft.good("hpc_max_core_count")):
        return AzureRuleResult()
    known = size(settings.sku)
    if cores is None or known is None or not draft.good("sku", "max_nodes"):
        return AzureRuleResult(bad=frozenset({"max_nodes"}))  # for which there is a problem already
    problem = _core_problem(settings, cores, known.vcpus)
    if problem:
        return AzureRuleResult((problem,), bad=frozenset({"max_nodes"}))
    return AzureRuleResult(settings=replace(settings, max_nodes=cores // known.vcpus))


def _core_problem(settings: AzureSettings, cores: int, vcpus: int) -> str:
    nodes, rest = divmod(cores, vcpus)
    if rest:
        fewer = f"{nodes * vcpus} ({number_of(nodes, 'node')}) or " if nodes else ""
        return (
            f"HPC_MAX_CORE_COUNT={cores} is not a multiple of {vcpus}, the vCPUs of SKU={settings.sku}: set {fewer}"
            f"{(nodes + 1) * vcpus} ({number_of(nodes + 1, 'node')})"
        )
    if settings.max_nodes not in (None, nodes):
        return (
            f"MAX_NODES={settings.max_nodes}, and HPC_MAX_CORE_COUNT={cores} is {number_of(nodes, 'node')} of "
            f"SKU={settings.sku}: remove one of the two"
        )
    return ""


def slurm_sizes(draft: AzureDraft) -> AzureRuleResult:
    """Require sizes of known processors and memory: Slurm must know what a node has while there is none."""
    if draft.orchestrator != "slurm" or not draft.good("sku", "controller_sku", "login_sku", "partitions"):
        return AzureRuleResult()
    settings = draft.settings
    problems = [problem for named, name in _pool_sizes(settings) for problem in _size_problems(named, name)]
    every = [*_pool_sizes(settings), ("CONTROLLER_SKU", settings.controller_sku)]
    if settings.login_names and settings.login_sku:
        every.append(("LOGIN_SKU", settings.login_sku))
    if len({known.arm for _, name in every if (known := size(name))}) > 1:
        told = ", ".join(f"{named}={name}" for named, name in every)
        problems.append(
            f"{told}: some are Arm machines and others aren't, and all boot from one image; choose sizes of one kind"
        )
    return AzureRuleResult(tuple(problems))


def slurm_mode(draft: AzureDraft) -> AzureRuleResult:
    """Choose uniform scale sets, whose machines have numbers and lie close together; identities are Slurm's own."""
    if draft.orchestrator != "slurm" or not draft.good("orch_mode", "node_identity"):
        return AzureRuleResult()
    settings, problems = draft.settings, []
    if "orch_mode" in draft.given and settings.orch_mode == "flexible":
        problems.append(
            "ORCH_MODE=flexible: Slurm's nodes are machines of uniform scale sets, which number them; leave it out"
        )
    if settings.node_identity is not None:
        problems.append(
            f"NODE_IDENTITY={settings.node_identity}: Slurm's controller and its nodes need different rights, and get "
            "identities of their own; leave it out"
        )
    return AzureRuleResult(tuple(problems), settings=replace(settings, orch_mode="uniform"))


def slurm_scale_sets(draft: AzureDraft) -> AzureRuleResult:
    """Limit a scale set's nodes to those of a placement group, where InfiniBand needs one."""
    if draft.orchestrator != "slurm" or not draft.good("sku", "orch_mode", "hpc_max_num_vms", "image"):
        return AzureRuleResult()
    settings, most = draft.settings, draft.settings.hpc_max_num_vms
    if settings.single_placement_group and most > MOST_IN_A_PLACEMENT_GROUP:
        problem = (
            f"HPC_MAX_NUM_VMS={most}: a single placement group, which InfiniBand of SKU={settings.sku} needs, holds at "
            f"most {MOST_IN_A_PLACEMENT_GROUP} machines; set it to that or less, or leave it out: further nodes are in "
            "further scale sets"
        )
        return AzureRuleResult((problem,))
    if settings.orch_mode == "uniform" and settings.image.in_no_gallery and most > MOST_OF_A_MANAGED_IMAGE:
        problem = (
            f"HPC_MAX_NUM_VMS={most}: a uniform scale set with an image that is in no gallery holds at most "
            f"{MOST_OF_A_MANAGED_IMAGE} machines; set it to that or less"
        )
        return AzureRuleResult((problem,))
    return AzureRuleResult()


def slurm_image(draft: AzureDraft) -> AzureRuleResult:
    """Refuse an image of the marketplace whose Slurm is too old. Of the user's own, the machines decide."""
    if draft.orchestrator != "slurm" or "image" not in draft.given or not draft.good("image", "slurm_repository"):
        return AzureRuleResult()
    if draft.settings.image.id:
        return AzureRuleResult()
    settings = draft.settings
    why = image_problem(settings.image.text, repository=settings.slurm_repository is not None)
    return AzureRuleResult((f"IMAGE={settings.image.text} {why}",) if why else ())


def slurm_kept_disk(draft: AzureDraft) -> AzureRuleResult:
    """Refuse to keep the data disk where homes are on a volume: Destroy deletes that in any case."""
    settings = draft.settings
    if draft.orchestrator != "slurm" or not draft.good("shared_storage", "delete_file_shares"):
        return AzureRuleResult()
    if not settings.keep_data_disk or settings.shared_storage.kind != ANF:
        return AzureRuleResult()
    problem = (
        f"DELETE_FILE_SHARES=no with SHARED_STORAGE={settings.shared_storage.text}: Destroy would keep the "
        "controller's disk, and delete the volume with homes and /shared on it, its snapshots too; copy them elsewhere "
        "before Destroy, and leave DELETE_FILE_SHARES out"
    )
    return AzureRuleResult((problem,))


def slurm_admin(draft: AzureDraft) -> AzureRuleResult:
    """Refuse the machines' own user among the cluster's: who is taken off the file is locked."""
    if draft.orchestrator != "slurm" or not draft.good("users_file", "admin"):
        return AzureRuleResult()
    admin = draft.settings.admin
    if admin not in {user.name for user in draft.settings.users}:
        return AzureRuleResult()
    return AzureRuleResult((f"USERS_FILE: {admin} is ADMIN, the machines' own user; remove the line",))


def slurm_without_effect(draft: AzureDraft) -> AzureRuleResult:
    """Report names that a Slurm cluster's machines and scale sets don't take."""
    if draft.orchestrator != "slurm" or not draft.good("name_prefix", "vmss_name"):
        return AzureRuleResult()
    names = [name.upper() for name in ("vmss_name", "vm_name_prefix") if name in draft.given]
    if "name_prefix" not in draft.given and "VMSS_NAME" in names:
        names.remove("VMSS_NAME")  # it names the cluster
    if not names:
        return AzureRuleResult()
    note = (
        "ignored with ORCHESTRATOR_TYPE=slurm, whose scale sets and machines are named after NAME_PREFIX and their "
        f"partition: {', '.join(names)}"
    )
    return AzureRuleResult(notes=(note,))


def _pool_sizes(settings: AzureSettings) -> list[tuple[str, str]]:
    """The pools' sizes by what sets them, each once."""
    return list(
        dict.fromkeys(
            ("SKU" if pool.machine_type == settings.sku else f"PARTITIONS: {pool.name}: MachineType", pool.machine_type)
            for pool in settings.slurm_pools
        )
    )


def _size_problems(named: str, name: str) -> Iterator[str]:
    try:
        SizeName().read(name)
    except BadValue as bad:
        yield f"{named}={name} {bad}"
        return
    if size(name):
        return
    near = nearest_size(name)
    yield (
        f"{named}={name} isn't known to this version: {f'is {near} meant? ' if near else ''}Slurm must know a node's "
        "processors and memory before there is one; choose a size of azure-sizes.md"
    )

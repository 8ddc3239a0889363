"""Rules for Slurm on Google Cloud: its machine types, image and disks, and what has no effect there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloud_facts.gcp.images import image_projects
from cloud_facts.gcp.machine_types import existing_names, existing_type
from cluster_provision.settings.declared.gcp.cluster import MOST_INSTANCES
from cluster_provision.settings.draft import Draft, RuleResult
from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.readers.gcp.file_shares import TIERS, FileShare
from cluster_provision.settings.readers.gcp.names import MACHINE_TYPE
from cluster_provision.settings.readers.linux import HOMES, SHARED
from cluster_provision.settings.reading import BadValue
from cluster_provision.settings.rules.slurm.pools import NUMBERS
from cluster_provision.settings.slurm_images import image_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.settings.gcp.settings import GcpSettings

_MOUNTING = ("gcs_mount_list", "nfs_fileshare_list")
_HOME_TIER = "BASIC_SSD"
_LEAST_HOME_GB = TIERS[_HOME_TIER][0].least
# What Jupyter's proxy needs is the metadata server, from which a Slurm cluster's users are barred.
_WITHOUT_EFFECT = ("enable_notebook", "show_proxy_url")


def slurm_machines(draft: Draft) -> RuleResult:
    """Require types of known processors and memory: Slurm must know what a node has while there is none."""
    if draft.orchestrator != "slurm" or not draft.good("vm_type", "controller_type", "login_type", "partitions"):
        return RuleResult()
    settings = draft.settings
    problems = [problem for named, name in _types(settings) for problem in _type_problems(named, name)]
    arms = {known.arm for _, name in _types(settings) if (known := existing_type(name))}
    if len(arms) > 1:
        told = ", ".join(f"{named}={name}" for named, name in _types(settings))
        problems.append(
            f"{told}: some are Arm machines and others aren't, and all boot from one image; choose types of one kind"
        )
    return RuleResult(tuple(problems))


def slurm_groups(draft: Draft) -> RuleResult:
    """Limit a pool to the nodes that a managed instance group holds."""
    if draft.orchestrator != "slurm" or not draft.good(*NUMBERS):
        return RuleResult()
    problems = (
        f"PARTITIONS: {pool.name} has {pool.count} nodes; a managed instance group, which holds them, has at most "
        f"{MOST_INSTANCES}"
        for pool in draft.settings.slurm_pools
        if pool.count > MOST_INSTANCES
    )
    return RuleResult(tuple(problems))


def slurm_sale(draft: Draft) -> RuleResult:
    """Refuse types in a further partition that can't be ordered as its nodes are: as spot machines, or on demand."""
    if draft.orchestrator != "slurm" or not draft.good("vm_type", "provisioning_model", "partitions"):
        return RuleResult()
    wanted = ("spot", "standard") if draft.settings.provisioning_model == "spot" else ("standard",)
    return RuleResult(
        tuple(
            f"PARTITIONS: {pool.name}: MachineType={pool.machine_type} is sold as {', '.join(known.models)} alone, and "
            "PROVISIONING_MODEL and RESERVATION_NAME are the first partition's: make it VM_TYPE, or choose another"
            for pool in draft.settings.slurm_pools
            if not pool.first
            and (known := existing_type(pool.machine_type))
            and known.models
            and not set(wanted) & set(known.models)
        )
    )


def slurm_image(draft: Draft) -> RuleResult:
    """Refuse a public image whose Slurm is too old, and warn of one of the user's own whose name says so."""
    fields = ("image_family_name", "image_name", "image_project", "slurm_repository")
    if draft.orchestrator != "slurm" or not draft.good(*fields):
        return RuleResult()
    settings = draft.settings
    name = settings.image_name or settings.image_family_name or ""
    why = image_problem(name, repository=settings.slurm_repository is not None)
    if not why:
        return RuleResult()
    parameter = "IMAGE_NAME" if settings.image_name else "IMAGE_FAMILY_NAME"
    if settings.image_project in image_projects():
        return RuleResult((f"{parameter}={name} {why}",))
    return RuleResult(notes=(f"{parameter}={name}: by its name it {why}. It is your own, so that its machines decide",))


def slurm_homes(draft: Draft) -> RuleResult:
    """Add the share of homes where a file server has them, and refuse mounts that homes would hide."""
    if draft.orchestrator != "slurm" or not draft.good("shared_storage", "data_disk_gb", *_MOUNTING):
        return RuleResult()
    settings = draft.settings
    hidden = (HOMES, SHARED) if settings.shared_storage.holds_more else (HOMES,)
    mounts = [("GCS_MOUNT_LIST", each.path) for each in settings.gcs_mount_list]
    mounts += [("NFS_FILESHARE_LIST", each.path) for each in settings.nfs_fileshare_list]
    problems = tuple(
        f"{name} mounts on {path}: in a Slurm cluster {folder} is shared by all machines, and would hide it; name a "
        "folder elsewhere, such as /mnt/data"
        for name, path in mounts
        for folder in hidden
        if f"{path}/".startswith(f"{folder}/") and path != HOMES
    )
    if settings.shared_storage.kind != "filestore":
        return RuleResult(problems)
    homes = FileShare(HOMES, _HOME_TIER, max(_LEAST_HOME_GB, settings.data_disk_gb))
    shares = (homes, *settings.nfs_fileshare_list)
    return RuleResult(problems, settings=replace(settings, nfs_fileshare_list=shares))


def slurm_kept_disk(draft: Draft) -> RuleResult:
    """Refuse to keep the data disk where homes are on a file server: Destroy deletes that in any case."""
    settings = draft.settings
    if draft.orchestrator != "slurm" or not draft.good("shared_storage", "delete_file_shares"):
        return RuleResult()
    if not settings.keep_data_disk or settings.shared_storage.kind != "filestore":
        return RuleResult()
    return RuleResult(
        (
            "DELETE_FILE_SHARES=no with SHARED_STORAGE=filestore: Destroy would keep the controller's disk, and delete "
            "the file server with homes on it; copy homes elsewhere before Destroy, and leave DELETE_FILE_SHARES out "
            "(Create deletes no share then either), or set SHARED_STORAGE=controller for a new cluster",
        )
    )


def slurm_provisioning(draft: Draft) -> RuleResult:
    """Refuse machines that Google gives out in its own time: nodes are made by name, at once."""
    if draft.orchestrator != "slurm" or not draft.good("provisioning_model"):
        return RuleResult()
    if draft.settings.provisioning_model != "flex-start":
        return RuleResult()
    return RuleResult(
        (
            "PROVISIONING_MODEL=flex-start with ORCHESTRATOR_TYPE=slurm is not in this version: such machines can't be "
            "ordered by name; set standard, spot or reservation-bound",
        )
    )


def slurm_without_effect(draft: Draft) -> RuleResult:
    """Turn off Jupyter, and report where it was asked for."""
    if draft.orchestrator != "slurm" or not draft.good(*_WITHOUT_EFFECT):
        return RuleResult()
    asked = [name for name in _WITHOUT_EFFECT if name in draft.given and getattr(draft.settings, name)]
    note = (
        "ignored with ORCHESTRATOR_TYPE=slurm, whose users can't reach the metadata server that Jupyter's proxy needs: "
        f"{', '.join(name.upper() for name in asked)}"
    )
    off = replace(draft.settings, enable_notebook=False, show_proxy_url=False)
    return RuleResult(notes=(note,) if asked else (), settings=off)


def slurm_monitoring(draft: Draft) -> RuleResult:
    """Require the agent that sends to Managed Service for Prometheus."""
    if draft.orchestrator != "slurm" or not draft.good("monitoring", "disable_ops_agent"):
        return RuleResult()
    if draft.settings.monitoring != "managed" or not draft.settings.disable_ops_agent:
        return RuleResult()
    problem = (
        "MONITORING=managed sends by Google Cloud's ops agent, which DISABLE_OPS_AGENT=true leaves out: leave that "
        "away, or set MONITORING=local"
    )
    return RuleResult((problem,))


def _types(settings: GcpSettings) -> list[tuple[str, str]]:
    """The machine types by what sets them, each once."""
    found = [("CONTROLLER_TYPE", settings.controller_type)]
    if settings.login_names and settings.login_type:
        found.append(("LOGIN_TYPE", settings.login_type))
    for pool in settings.slurm_pools:
        named = "VM_TYPE" if pool.machine_type == settings.vm_type else f"PARTITIONS: {pool.name}: MachineType"
        found.append((named, pool.machine_type))
    return list(dict.fromkeys(found))


def _type_problems(named: str, name: str) -> Iterator[str]:
    try:
        MACHINE_TYPE.read(name)
    except BadValue as bad:
        yield f"{named}={name} {bad}"
        return
    if existing_type(name):
        return
    nearest = min(existing_names(), key=lambda each: edits(each, name))
    meant = f"is {nearest} meant? " if edits(nearest, name) <= 2 else ""
    yield (
        f"{named}={name} isn't known to this version: {meant}Slurm must know a node's processors and memory before "
        "there is one; choose a type of machine-types.md, or a custom one such as n2-custom-8-16384"
    )

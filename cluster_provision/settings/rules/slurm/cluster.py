"""Rules for what the machines of a Slurm cluster on a cloud share: its name, users, configuration and data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf
from cluster_provision.settings.readers.linux import HOMES, SHARED
from cluster_provision.settings.readers.slurm.names import CLUSTER_NAME
from cluster_provision.settings.readers.slurm.users import FIRST_UID, users_of
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from cluster_provision.settings.draft import DraftOf
    from cluster_provision.settings.slurm_cloud import SlurmCloudSettings

"""What every machine of the cluster mounts, or has from the controller's data disk."""

# Keys of slurm.conf by which nodes come and go, and what there is instead.
_POWER = {
    "SuspendTime": "set SUSPEND_TIME",
    "ResumeProgram": "the tool's own program starts nodes",
    "SuspendProgram": "the tool's own program ends nodes",
    "ResumeFailProgram": "the tool's own program looks after nodes that don't come",
    "SuspendExcNodes": "the nodes that are on after the first Create (INSTANCE_COUNT, On) are never suspended",
    "SuspendExcParts": "the nodes that are on after the first Create (INSTANCE_COUNT, On) are never suspended",
    "TopologyPlugin": "the tool writes topology.conf from how the cloud groups its machines",
}


def cluster_name(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Require a name that Slurm's database takes. With it, no machine's name is too long for a host's."""
    if draft.orchestrator != "slurm" or not draft.good("name_prefix") or not draft.settings.name_prefix:
        return RuleResultOf()
    name = draft.settings.name_prefix
    try:
        CLUSTER_NAME.read(name)
    except BadValue as bad:
        problem = f"NAME_PREFIX={name} is also the name of the cluster in Slurm, and {bad}"
        return RuleResultOf((problem,), bad=frozenset({"name_prefix"}))
    return RuleResultOf()


def cluster_users(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Fill in the users of USERS_FILE."""
    if draft.orchestrator != "slurm" or not draft.good("users_file") or not draft.settings.users_file:
        return RuleResultOf()
    users = users_of(draft.settings.users_file.read_text("utf-8-sig"))
    problems = tuple(
        f"USERS_FILE: {user.name} has the uid {user.uid}, which the image's or the cloud's own user has; give another"
        for user in users
        if user.uid == FIRST_UID
    )
    return RuleResultOf(problems, settings=replace(draft.settings, users=users))


def copied_files(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Refuse copied files in a folder that the shared homes hide."""
    if draft.orchestrator != "slurm" or not draft.good("vm_localfile_dest_path", "shared_storage"):
        return RuleResultOf()
    path = draft.settings.vm_localfile_dest_path
    hiding = (HOMES, SHARED) if draft.settings.shared_storage.holds_more else (HOMES,)
    folder = next((each for each in hiding if f"{path}/".startswith(f"{each}/")), "")
    if not folder:
        return RuleResultOf()
    problem = (
        f"VM_LOCALFILE_DEST_PATH={path}: in a Slurm cluster {folder} is shared by all machines, and would hide the "
        "files; name a folder elsewhere, such as /usr/aiinfra/copy"
    )
    return RuleResultOf((problem,))


def power_keys(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Refuse keys of SLURM_CONF_EXTRA that only machines of one's own leave to the user."""
    if draft.orchestrator != "slurm" or not draft.good("slurm_conf_extra"):
        return RuleResultOf()
    return RuleResultOf(
        tuple(
            f"SLURM_CONF_EXTRA has {key}, which is the tool's own on a cloud: {_POWER[key]}"
            for key, _ in draft.settings.slurm_conf_extra.of("slurm.conf")
            if key in _POWER
        )
    )


def data_disk(draft: DraftOf[SlurmCloudSettings]) -> RuleResultOf[Any]:
    """Keep the controller's data at Destroy only where that is asked for."""
    if draft.orchestrator != "slurm" or not draft.good("delete_file_shares"):
        return RuleResultOf()
    kept = "delete_file_shares" in draft.given and not draft.settings.delete_file_shares
    return RuleResultOf(settings=replace(draft.settings, keep_data_disk=kept))

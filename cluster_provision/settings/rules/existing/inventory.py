"""Which machine takes which part, and what else holds for the cluster: from INVENTORY."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult
from cluster_provision.settings.existing.collisions import collisions
from cluster_provision.settings.existing.machines import GivenMachine
from cluster_provision.settings.rules.existing.machines import LISTS, OF_ALL

if TYPE_CHECKING:
    from cluster_provision.settings.existing.guide.connection import FoundMachine
    from cluster_provision.settings.existing.guide.read import GuideCluster
    from cluster_provision.settings.existing.settings import ExistingSettings

T = TypeVar("T")

# Fields that an inventory can fill in, and what it calls them.
_BESIDE = {
    "nfs_exports": "nfs_exports",
    "nfs_mounts": "nfs_mounts",
    "ssh_exceptions": "slurm_allow_ssh_user",
    "slurm_user_uid": "slurm_user_uid",
    "set_hostname": "deepops_set_hostname",
    "ssh_jump": "the jump host of its arguments for ssh",
}


def inventory(draft: ExistingDraft) -> ExistingRuleResult:
    """Fill in the machines, their parts, shares and users from the inventory. A parameter that is set wins over it."""
    settings = draft.settings
    if not draft.good("inventory", *OF_ALL) or settings.inventory is None:
        return ExistingRuleResult()
    beside = [field.upper() for field in LISTS if field in draft.given]
    if beside:
        problem = (
            f"INVENTORY and {', '.join(beside)} exclude each other: the inventory's groups name the machines; remove "
            "INVENTORY or the other"
        )
        return ExistingRuleResult((problem,), bad=frozenset({"inventory"}))
    from cluster_provision.settings.existing.guide.read import read_guide

    found = read_guide(settings.inventory)
    notes = list(found.notes)
    machines = tuple(_given(each, settings) for each in found.machines)
    problems = [*found.problems, *([] if found.problems else collisions(machines))]
    if problems:
        return ExistingRuleResult(tuple(f"INVENTORY: {each}" for each in problems), bad=frozenset({"inventory"}))
    notes += _keys(found.machines, settings)
    notes += _overruled(found, draft)
    filled = replace(
        settings,
        machines=machines,
        controller=found.controller,
        login_nodes=found.login_nodes,
        nfs_server=found.nfs_server,
        compute=found.compute,
        nfs_clients=found.nfs_clients,
        nfs_exports=_unless_set(draft, "nfs_exports", found.nfs_exports),
        nfs_mounts=_unless_set(draft, "nfs_mounts", found.nfs_mounts),
        ssh_exceptions=_unless_set(draft, "ssh_exceptions", found.ssh_exceptions),
        slurm_user_uid=_unless_set(draft, "slurm_user_uid", found.slurm_user_uid),
        set_hostname=_unless_set(draft, "set_hostname", found.set_hostname),
        ssh_jump=_unless_set(draft, "ssh_jump", found.jump),
    )
    return ExistingRuleResult(notes=tuple(f"INVENTORY: {each}" for each in notes), settings=filled)


def _unless_set(draft: ExistingDraft, field: str, offered: T) -> T:
    """Return what the inventory says, unless the parameter is set."""
    return cast("T", getattr(draft.settings, field)) if field in draft.given else offered


def _overruled(found: GuideCluster, draft: ExistingDraft) -> list[str]:
    """Return a note for each parameter that is set and says something else than the inventory."""
    offered = {field: getattr(found, "jump" if field == "ssh_jump" else field) for field in _BESIDE}
    notes = [
        f"{inventorys} has no effect, since {field.upper()} is set"
        for field, inventorys in _BESIDE.items()
        if field in draft.given
        and field not in draft.bad
        and offered[field] not in (None, (), getattr(draft.settings, field))
    ]
    for field, what in (("ssh_user", "user"), ("ssh_port", "port")):
        others = [
            each.name for each in found.machines if getattr(each, what) not in ("", 0, getattr(draft.settings, field))
        ]
        if field in draft.given and others:
            notes.append(f"{field.upper()} has no effect for {_names(others)}, whose {what} the inventory sets")
    return notes


def _given(machine: FoundMachine, settings: ExistingSettings) -> GivenMachine:
    return GivenMachine(
        name=machine.name,
        address=machine.address,
        user=machine.user or settings.ssh_user,
        port=machine.port or settings.ssh_port,
        key_file=_key_file(machine.key_file, settings) or settings.ssh_key_file,
        password=machine.password or settings.ssh_password,
        sudo_password=machine.sudo_password or settings.sudo_password,
        aliases=machine.aliases,
    )


def _key_file(written: str, settings: ExistingSettings) -> Path | None:
    """Return the key's file, if it is here; a relative path begins at the inventory's folder."""
    if not written or settings.inventory is None:
        return None
    try:
        path = settings.inventory.parent / Path(written).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _keys(machines: tuple[FoundMachine, ...], settings: ExistingSettings) -> list[str]:
    """Return a note for each key that the inventory names, and that isn't here."""
    absent: dict[str, list[str]] = {}
    for machine in machines:
        if machine.key_file and _key_file(machine.key_file, settings) is None:
            absent.setdefault(machine.key_file, []).append(machine.name)
    instead = (
        f"{settings.ssh_key_file} of SSH_KEY_FILE is used"
        if settings.ssh_key_file
        else "mount it, and set SSH_KEY_FILE to its path in the container; until then the keys of ssh-agent are used"
    )
    return [f"the key {path} of {_names(names)} isn't where the tool runs: {instead}" for path, names in absent.items()]


def _names(names: list[str]) -> str:
    from cluster_provision.settings.existing.guide.findings import names_of

    return names_of(names)

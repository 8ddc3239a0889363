"""Rules for what is shared by NFS and what is mounted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult

if TYPE_CHECKING:
    from cluster_provision.settings.existing.nfs import NfsMount
    from cluster_provision.settings.existing.settings import ExistingSettings


def shares(draft: ExistingDraft) -> ExistingRuleResult:
    """Fill in the mounts' servers: NFS_SERVER where none is named, and a machine of the cluster by its name."""
    settings = draft.settings
    if not draft.good("nfs_exports", "nfs_mounts") or not settings.machines:
        return ExistingRuleResult()
    mounts = tuple(replace(each, server=_server(each, settings)) for each in settings.nfs_mounts)
    exported = [each.path for each in settings.nfs_exports]
    notes = tuple(
        f"{each.path} is mounted from {each.server}, but isn't in what the tool shares there ({', '.join(exported)}): "
        "it must be shared already"
        for each in mounts
        if each.server == settings.nfs_server and exported and not any(_lies_in(each.path, path) for path in exported)
    )
    return ExistingRuleResult(notes=notes, settings=replace(settings, nfs_mounts=mounts))


def _server(mount: NfsMount, settings: ExistingSettings) -> str:
    given = mount.server.lower()
    if not given:
        return settings.nfs_server
    for machine in settings.machines:
        if given in (machine.name, machine.address.lower(), *machine.aliases):
            return machine.name
    return mount.server


def _lies_in(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")

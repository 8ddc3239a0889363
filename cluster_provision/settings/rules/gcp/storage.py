"""Rules for pairs of parameters about buckets, shares and folders."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.draft import Draft, RuleResult


def state_bucket(draft: Draft) -> RuleResult:
    """Require TERRAFORM_GCS_PATH for a domain-scoped project: the default bucket can't be named after it."""
    if not draft.good("project_id") or "terraform_gcs_path" in draft.given or ":" not in draft.settings.project_id:
        return RuleResult()
    project = draft.settings.project_id
    return RuleResult(
        (
            f"TERRAFORM_GCS_PATH must be set for PROJECT_ID={project}: no bucket's name "
            f"holds a colon, as aiinfra-terraform-{project} would",
        )
    )


def mounted_state(draft: Draft) -> RuleResult:
    """Warn about one bucket for data and state, as in old env files: the tool's part is closed to the machines."""
    settings = draft.settings
    if draft.orchestrator == "gke" or not draft.good("project_id", "terraform_gcs_path", "gcs_mount_list"):
        return RuleResult()
    if settings.state_bucket not in {m.bucket for m in settings.gcs_mount_list}:
        return RuleResult()
    named = "TERRAFORM_GCS_PATH names it" if settings.terraform_gcs_path else "TERRAFORM_GCS_PATH is unset"
    note = (
        f"GCS_MOUNT_LIST mounts {settings.state_bucket}, which also holds Terraform's state ({named}): the machines "
        "can't read or write its folders <name>-deployment; use two buckets if you can"
    )
    return RuleResult(notes=(note,))


def mounts(draft: Draft) -> RuleResult:
    """Check that no share's path is a bucket's, or hides one: shares are mounted after buckets."""
    if not draft.good("gcs_mount_list", "nfs_fileshare_list"):
        return RuleResult()
    settings = draft.settings
    problems = []
    for bucket in settings.gcs_mount_list:
        for share in settings.nfs_fileshare_list:
            if bucket.path == share.path:
                problems.append(
                    f"GCS_MOUNT_LIST and NFS_FILESHARE_LIST both mount on {share.path}; each mount needs a path of its "
                    "own"
                )
            elif _within(bucket.path, share.path):
                problems.append(
                    f"NFS_FILESHARE_LIST mounts on {share.path}, which would hide the bucket that GCS_MOUNT_LIST "
                    f"mounts on {bucket.path}; name another folder in one of the two"
                )
    return RuleResult(tuple(problems))


def hidden_files(draft: Draft) -> RuleResult:
    """Refuse copied files in a folder that a mount would hide."""
    problems: list[str] = []
    notes: list[str] = []
    if not draft.good("vm_localfile_dest_path"):
        return RuleResult()
    path = draft.settings.vm_localfile_dest_path
    named = f"VM_LOCALFILE_DEST_PATH={path}" + ("" if "vm_localfile_dest_path" in draft.given else " (the default)")
    for mount in _mounts(draft):
        if _within(path, mount.path):
            problems.append(
                f"{named}: the {mount.what} that {mount.by} mounts on {mount.path} would hide the files; name another "
                "folder in one of the two"
            )
        elif _within(mount.path, path):
            notes.append(
                f"{mount.by} mounts a {mount.what} on {mount.path}, within {named}: it would hide files that are "
                "copied to that folder"
            )
    return RuleResult(tuple(problems), tuple(notes))


@dataclass(frozen=True)
class _Mount:
    """A parameter's mount: what, and on which path."""

    what: str
    by: str
    path: str


def _mounts(draft: Draft) -> list[_Mount]:
    settings = draft.settings
    found = [_Mount("bucket", "GCS_MOUNT_LIST", m.path) for m in settings.gcs_mount_list]
    return found + [_Mount("share", "NFS_FILESHARE_LIST", s.path) for s in settings.nfs_fileshare_list]


def _within(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")

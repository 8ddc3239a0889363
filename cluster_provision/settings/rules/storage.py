"""Buckets and folders, as far as two parameters bear on each other."""

from __future__ import annotations

from cluster_provision.settings.draft import Draft, Finding


def state_bucket(draft: Draft) -> Finding:
    """The default bucket is named after the project, which a domain-scoped project doesn't allow."""
    if not draft.good("project_id") or "terraform_gcs_path" in draft.given or ":" not in draft.settings.project_id:
        return Finding()
    project = draft.settings.project_id
    return Finding(
        (
            f"TERRAFORM_GCS_PATH must be set for PROJECT_ID={project}: no bucket's name "
            f"holds a colon, as aiinfra-terraform-{project} would",
        )
    )


def mounted_state(draft: Draft) -> Finding:
    """Machines that mount the state bucket could read and change Terraform's state, and with it every cluster there."""
    settings = draft.settings
    if not draft.good("project_id", "terraform_gcs_path", "gcs_mount_list"):
        return Finding()
    if settings.state_bucket not in {m.bucket for m in settings.gcs_mount_list}:
        return Finding()
    named = "TERRAFORM_GCS_PATH names it" if settings.terraform_gcs_path else "TERRAFORM_GCS_PATH is unset"
    return Finding(
        (
            f"GCS_MOUNT_LIST mounts {settings.state_bucket}, the bucket of Terraform's state ({named}): every machine "
            "could read and change the state, with all that METADATA and STARTUP_COMMAND hold; keep data and state "
            "in two buckets",
        )
    )


def hidden_files(draft: Draft) -> Finding:
    """Files that are copied into a folder which a bucket is then mounted over could not be seen."""
    if not draft.good("vm_localfile_dest_path", "gcs_mount_list"):
        return Finding()
    path = draft.settings.vm_localfile_dest_path
    given = "" if "vm_localfile_dest_path" in draft.given else " (the default)"
    mounts = [m.path for m in draft.settings.gcs_mount_list]
    return Finding(
        tuple(
            f"VM_LOCALFILE_DEST_PATH={path}{given}: the bucket that GCS_MOUNT_LIST mounts on {mounted} would hide the "
            "files; name another folder in one of the two"
            for mounted in mounts
            if _within(path, mounted)
        ),
        tuple(
            f"GCS_MOUNT_LIST mounts a bucket on {mounted}, within VM_LOCALFILE_DEST_PATH={path}{given}: copied files "
            "of that folder would be hidden"
            for mounted in mounts
            if _within(mounted, path) and mounted != path
        ),
    )


def _within(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder}/")

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


def hidden_files(draft: Draft) -> Finding:
    """Files that are copied into a folder which a bucket is then mounted over could not be seen."""
    if "vm_localfile_dest_path" not in draft.given or not draft.good("vm_localfile_dest_path", "gcs_mount_list"):
        return Finding()
    path = draft.settings.vm_localfile_dest_path
    over = [m.path for m in draft.settings.gcs_mount_list if f"{path}/".startswith(f"{m.path}/")]
    return Finding(
        tuple(
            f"VM_LOCALFILE_DEST_PATH={path}: the bucket that GCS_MOUNT_LIST mounts on {mounted} would hide the files"
            for mounted in over
        )
    )

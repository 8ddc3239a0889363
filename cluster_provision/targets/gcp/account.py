"""Which service account the machines run as: one of their own, the user's, or the project's default one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import PermissionDenied, ProvisionError, SettingsError, Unreachable
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.state.base import StateFacts, StateStore
    from cluster_provision.targets.gcp.target import GcpTarget

MAKES = ("iam.serviceAccounts.create", "iam.serviceAccounts.actAs")
GRANTS = ("storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy")


def choose_account(target: GcpTarget[Any], store: StateStore, facts: StateFacts) -> tuple[str, Finding]:
    """The account's e-mail, empty for one that Terraform makes, and what was found on the way.

    Raises PermissionDenied where none can be had.
    """
    named = target.settings.service_account
    if named:
        _require_mounted(target)
        return named, Finding((Check("service account", "ok", named),))
    if "google_service_account" in facts.kinds:  # the nodes run as it, whoever asks now
        _require_mounted(target)
        return "", Finding((Check("service account", "ok", "the machines have one of their own"),))
    may_create = target.cloud.may(MAKES)
    if may_create is None:
        return "", Finding((Check("service account", "unknown", "permissions can't be tested"),))
    obstacle = _obstacle(target, store) if may_create else "you may not create a service account"
    if not obstacle:
        return "", Finding((Check("service account", "ok", "the machines get one of their own"),))
    default = target.project.default_account
    if not default:
        raise PermissionDenied(
            f"{obstacle}, and project {target.settings.project_id} has no default service account",
            "Ask for the permission (docs/permissions.md), or name an account of yours in SERVICE_ACCOUNT.",
        )
    note = f"{obstacle}: the machines run as the project's default account {default}, which must be able to"
    note += f" write to gs://{store.container}"
    return default, Finding((Check("service account", "ok", default),), notes=(note,))


def no_account(refused: ProvisionError) -> Finding:
    """Why the nodes can have no account."""
    return Finding((Check("service account", "failed", " ".join(refused.message.split())),), (refused,))


def _require_mounted(target: GcpTarget[Any]) -> None:
    """Raises SettingsError for a bucket to mount that isn't there: each machine would come, and then fail."""
    for bucket in sorted({m.bucket for m in target.settings.gcs_mount_list}):
        with contextlib.suppress(PermissionDenied, Unreachable):  # the machines may be let in all the same
            _may_grant(target, bucket)


def _obstacle(target: GcpTarget[Any], store: StateStore) -> str:
    """Why the machines' own account can't be given what it needs; empty where nothing is in the way."""
    mounted = sorted({m.bucket for m in target.settings.gcs_mount_list})
    for bucket in [*([store.container] if store.exists() else []), *mounted]:
        if not _may_grant(target, bucket):
            return f"you may not grant access to gs://{bucket}"
    if store.exists() and not store.grants_by_folder():
        return f"gs://{store.container} has no uniform bucket-level access, so access to a folder can't be granted"
    return ""


def _may_grant(target: GcpTarget[Any], bucket: str) -> bool:
    with google_failures_named(f"testing permissions on gs://{bucket}"):
        from google.api_core.exceptions import NotFound

        try:
            return set(target.storage.bucket(bucket).test_iam_permissions(list(GRANTS))) == set(GRANTS)
        except NotFound:
            raise SettingsError((f"GCS_MOUNT_LIST names gs://{bucket}: there is no such bucket",)) from None

"""Checks that the caller has the permissions on the project that the cluster needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.checks.gcp.features import features_of
from cluster_provision.errors import PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.features import Feature
    from cluster_provision.checks.gcp.subject import GcpSubject

NAME = "permissions"


def permissions(subject: GcpSubject) -> Finding:
    """Ask testIamPermissions on the project. Name each missing permission with its use."""
    features = features_of(subject)
    needed = {p for f in features if not f.advised for p in f.permissions}
    tested = subject.catalogue.permissions(sorted(needed | {p for f in features for p in f.permissions}))
    if tested is None:
        return Finding((Check(NAME, "unknown", "Google can't test permissions here"),))
    missing = sorted(needed - tested.granted - tested.untestable)
    notes = tuple(note for feature in features if (note := _advice(feature, tested.granted | tested.untestable)))
    checks = []
    if untestable := sorted(needed & tested.untestable):
        checks.append(Check(NAME, "unknown", f"Google doesn't test {', '.join(untestable)} on a project"))
    if not missing:
        held = len(needed - tested.untestable)
        return Finding((Check(NAME, "ok", f"you have all {held} that are needed on the project"), *checks), notes=notes)
    uses = {p: f.name for f in reversed(features) if not f.advised for p in f.permissions}
    failure = PermissionDenied(
        f"you lack permissions on project {subject.settings.project_id}:\n"
        + "\n".join(f"  {permission} ({uses[permission]})" for permission in missing),
        "docs/permissions.md lists the roles that have them. SKIP_CHECKS=permissions skips this check.",
    )
    return Finding((Check(NAME, "failed", f"missing: {', '.join(missing)}"), *checks), (failure,), notes)


def _advice(feature: Feature, held: frozenset[str]) -> str:
    missing = [p for p in feature.permissions if p not in held]
    if not feature.advised or not missing:
        return ""
    return f"without {', '.join(missing)} on the project, this may not work for you: {feature.advised}"

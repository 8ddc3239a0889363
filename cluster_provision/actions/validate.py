"""Validate: everything that can be checked without changing anything anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, LOCK, PREFLIGHT, SIGN_IN
from cluster_provision.errors import CANNOT_LOOK, StateStoreError
from cluster_provision.result import Check
from cluster_provision.run import Step, perform
from cluster_provision.state.base import Rights

if TYPE_CHECKING:
    from cluster_provision.run import Run


def validate(run: Run) -> str:
    """Check settings, credentials, state store and the rendered configuration."""
    perform(run, (SIGN_IN, FIND_STATE, LOCK, RIGHTS, *run.provisioner.choose, PREFLIGHT, *run.provisioner.validate))
    return f"The settings of {run.target.cluster.name} are valid; nothing was changed."


def look_at_rights(run: Run) -> None:
    """Look whether the state can be written and its lock released, without doing so. What can't be proven is told as
    unknown. Raises StateStoreError where a right is surely missing."""
    if "permissions" in run.settings.skip_checks:
        run.result.checks.append(Check(NAME, "skipped", "SKIP_CHECKS names permissions"))
        return run.progress.conclude("skipped")
    rights = _rights(run)
    if rights.missing:
        missing = ", ".join(rights.missing)
        run.result.checks.append(Check(NAME, "failed", f"missing: {missing}"))
        raise StateStoreError(
            f"you may not write and delete objects in the {run.store.noun} {run.store.container}, where the state and "
            f"its lock lie; missing: {missing}",
            "docs/permissions.md and docs/azure-permissions.md list the roles that have them. A right that holds for a "
            f"part of the {run.store.noun} alone isn't seen: SKIP_CHECKS=permissions goes on without this check.",
        )
    told = f"not proven that the state can be written: {rights.unproven}" if rights.unproven else rights.told
    run.result.checks.append(Check(NAME, "unknown" if rights.unproven else "ok", told))
    run.progress.conclude(told)


def _rights(run: Run) -> Rights:
    if not run.store.exists():
        return Rights("", unproven=f"the {run.store.noun} {run.store.container} is not there yet; Create makes it")
    try:
        return run.store.rights()
    except (*CANNOT_LOOK, StateStoreError) as failure:
        return Rights("", unproven=" ".join(failure.message.split()))


NAME = "state objects"
RIGHTS = Step(NAME, look_at_rights)

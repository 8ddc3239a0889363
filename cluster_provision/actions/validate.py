"""Validate: everything that can be checked without changing anything anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, LOCK, PREFLIGHT, SIGN_IN
from cluster_provision.run import perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def validate(run: Run) -> str:
    """Check settings, credentials, state store and the rendered configuration."""
    perform(run, (SIGN_IN, FIND_STATE, LOCK, *run.provisioner.choose, PREFLIGHT, *run.provisioner.validate))
    return f"The settings of {run.target.cluster.name} are valid; nothing was changed."

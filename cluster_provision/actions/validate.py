"""Validate: everything that can be checked without changing anything anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, LOCK, PREFLIGHT, SIGN_IN, WORK_DIR, render_without_state
from cluster_provision.actions.zones import CHOOSE_ZONE
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def validate(run: Run) -> str:
    """Check settings, credentials, state store and the rendered configuration."""
    perform(run, STEPS)
    return f"The settings of {run.target.cluster.name} are valid; nothing was changed."


def initialise_without_state(run: Run) -> None:
    """terraform init without a backend."""
    run.terraform.init(backend=False, locked_providers=run.providers.locked)


def check(run: Run) -> None:
    """terraform validate."""
    run.terraform.validate()


INIT_ALONE = Step("terraform init", initialise_without_state)
CHECK = Step("terraform validate", check)
STEPS = (
    SIGN_IN,
    FIND_STATE,
    LOCK,
    CHOOSE_ZONE,
    PREFLIGHT,
    WORK_DIR,
    Step("render", render_without_state),
    INIT_ALONE,
    CHECK,
)

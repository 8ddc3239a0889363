"""Debug: the rendered files and the state configured, for a person to look around."""

from __future__ import annotations

import contextlib
import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.actions.run import Step, perform
from cluster_provision.actions.steps import (
    FIND_STATE,
    INIT,
    PREFLIGHT,
    SIGN_IN,
    WORK_DIR,
    render_with_state,
    render_without_state,
)
from cluster_provision.actions.zones import CHOOSE_ZONE
from cluster_provision.errors import Interrupted

if TYPE_CHECKING:
    from cluster_provision.actions.run import Run

RELEASE = Path("/tmp/debug_release")  # noqa: S108 - the name that users know; it carries nothing
LOOK_SECONDS = 0.5


def debug(run: Run) -> str:
    """Prepare everything and change nothing, then stay until RELEASE exists or a signal comes."""
    perform(run, (SIGN_IN, FIND_STATE, CHOOSE_ZONE, PREFLIGHT, WORK_DIR, Step("render", render), INIT))
    with contextlib.suppress(Interrupted):
        run.console.say(
            f"Look around; Terraform is set up in {run.workspace.root}:\n"
            f"  export TF_CLI_CONFIG_FILE={run.workspace.cli_config}\n"
            f"{''.join(_exports(run))}"
            f"  cd {run.workspace.root} && terraform plan\n"
            f"From outside the container: docker exec -it <container> bash\n"
            f"`touch {RELEASE}` or a signal (Ctrl-C, docker stop) ends this."
        )
        while not RELEASE.exists():
            time.sleep(LOOK_SECONDS)
    return "Released; nothing was changed."


def _exports(run: Run) -> list[str]:
    """What Terraform is told of the credentials beside what this container's environment says."""
    told = {name: value for name, value in run.environ.items() if os.environ.get(name) != value}
    return [f"  export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())]


def render(run: Run) -> None:
    """With the backend where its bucket exists: Terraform can't be set up on one that doesn't."""
    if run.store.exists():
        render_with_state(run)
    else:
        render_without_state(run)

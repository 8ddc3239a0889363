"""What a run leaves in the state bucket, however it ends: its parameters and its log."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cluster_provision.actions.steps import LOCK
from cluster_provision.errors import Interrupted
from cluster_provision.settings import known_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run


@contextlib.contextmanager
def uploaded_when_it_fails(run: Run) -> Iterator[None]:
    """Upload the artefacts of a run that fails within the block."""
    try:
        yield
    except BaseException:
        upload_artefacts(run)
        raise


def upload_artefacts(run: Run) -> None:
    """Upload the known parameters and the log where there is a bucket, and the place is this run's to write to.

    A failure here is printed and changes nothing else: the run's own error stays the run's.
    """
    prefix = run.settings.name_prefix
    parameters = "".join(f"{name}={value}\n" for name, value in known_parameters(run.environ).items())
    try:
        if not may_leave(run) or (run.provisioner.began and run.store.claimed_at() is None):
            return  # or another run has deleted the place
        run.store.write(f"{prefix}-env.list", parameters)
        if log := run.provisioner.log():
            run.store.upload(f"{prefix}-{log.name}", log)
    except Interrupted:
        raise
    except Exception as failure:
        run.console.say(f"Warning: the run's log could not be uploaded: {' '.join(str(failure).split())}")


def may_leave(run: Run) -> bool:
    """Whether there is a place for what a run leaves of itself, and it is this run's to write to."""
    return LOCK in run.done and run.provisioner.has_place(run)

"""Debug: the rendered files and the state configured, for a person to look around."""

from __future__ import annotations

import contextlib
import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.actions.steps import FIND_STATE, PREFLIGHT, SIGN_IN
from cluster_provision.disk import disk_errors_named
from cluster_provision.errors import Interrupted
from cluster_provision.run import perform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.run import Run

RELEASE = Path("/tmp/debug_release")  # noqa: S108 - the name that users know; it carries nothing
LOOK_SECONDS = 0.5


def debug(run: Run) -> str:
    """Prepare everything and change nothing, then stay until RELEASE exists or a signal comes."""
    run.provisioner.require_folder()
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.choose, PREFLIGHT, *run.provisioner.prepare))
    with contextlib.suppress(Interrupted), credentials_written(run) as file:
        use = f"  . {file}      (credentials; gone when this ends)\n" if file else ""
        run.console.say(
            f"Look around; everything is prepared in {run.provisioner.folder()}:\n"
            f"{use}"
            f"{run.provisioner.how_to_look_around()}\n"
            f"From outside the container: docker exec -it <container> bash\n"
            f"`touch {RELEASE}` or a signal (Ctrl-C, docker stop) ends this."
        )
        while not RELEASE.exists():
            time.sleep(LOOK_SECONDS)
    return "Released; nothing was changed."


@contextlib.contextmanager
def credentials_written(run: Run) -> Iterator[Path | None]:
    """A file with the variables of the credentials that this container's environment lacks, for the time of the block.

    Only its owner may read it, since secrets may be in it. None where the environment lacks nothing.
    """
    told = {name: value for name, value in run.environ.items() if os.environ.get(name) != value}
    if not told:
        yield None
        return
    file = run.provisioner.folder() / "credentials.sh"
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())]
    try:
        with disk_errors_named():
            file.touch(mode=0o600)
            file.write_text("".join(lines), encoding="utf-8")
        yield file
    finally:
        file.unlink(missing_ok=True)

"""`rehearse`: for the time of a block, the environment's clouds are the embedded one."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.folder import writing_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from contextlib import AbstractContextManager

    from cluster_provision.rehearsal.reached import RehearsedReach


KEPT = "Its cloud is kept in {}; Destroy on the same env file ends it."
MACHINES_KEPT = "Its machines are kept in {}, as this run left them."
GOES_WITH_THE_CONTAINER = "Its cloud ends with this container; REHEARSE_DIR on a mounted folder keeps it."
EXTRAS = ("embedded_cloud", "docker", "googleapiclient", "grpc", "msgpack", "trustme")


def rehearse(
    mode: Literal["plan", "yes"],
    folder: Path | None,
    environ: MutableMapping[str, str],
    say: Callable[[str], None],
) -> AbstractContextManager[RehearsedReach]:
    """Redirect everything that reads `environ` to the embedded cloud; at the end, say what was rehearsed.

    Gives what of a cluster can be reached from here.

    `plan` needs no container engine: the cloud plays the machines. `folder` keeps the cloud's resources from one run to
    the next (a folder of the user's own by default). Raises MachineError if the cloud can't be started, and
    SettingsError if it can't read a file in its folder.
    """
    require_extras()
    from cluster_provision.rehearsal.scenario_files import check_told

    if mode == "yes":
        from cluster_provision.rehearsal.engine import session

        if folder:
            check_told(folder)
        return session(folder, environ, say)
    require_azurite_for(environ)
    folder = folder or default_folder(environ)
    check_told(folder)
    return _played(folder, environ, say)


def require_extras() -> None:
    """Raise MachineError if the embedded cloud or its packages are missing, as in the image for real clouds."""
    if missing := [name for name in EXTRAS if find_spec(name) is None]:
        raise MachineError(
            f"this installation can't rehearse: it has no {', '.join(missing)}",
            "Use the image whose tag ends in -rehearsal, or install requirements/rehearsal.txt.",
        )


def require_azurite_for(environ: MutableMapping[str, str]) -> None:
    """Raise MachineError if the env file needs storage for blobs that isn't installed.

    Later it would look like a failure of Azure's.
    """
    from cluster_provision.rehearsal.existing_resources import is_azure
    from cluster_provision.rehearsal.failures import cloud_failures
    from embedded_cloud.azure.storage.azurite_process import require_azurite

    if is_azure(environ):
        with cloud_failures():
            require_azurite()


def default_folder(environ: MutableMapping[str, str]) -> Path:
    """Return the folder that all runs of this user share: in the user's cache, else among the temporary files.

    A container of another user than its image's, or with a read-only file system, has no cache to write into.
    """
    cache = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache")
    there = next(each for each in (cache.absolute(), *cache.absolute().parents) if each.exists())
    if not os.access(there, os.W_OK):
        cache = Path(tempfile.gettempdir()) / f"cluster-provision-{os.getuid()}"
        with writing_to(cache):
            cache.mkdir(mode=0o700, exist_ok=True)
            if cache.is_symlink() or cache.stat().st_uid != os.getuid():
                raise PermissionError(f"{cache} is another user's")
    return cache / "cluster-provision" / "rehearsal"


@contextmanager
def _played(folder: Path, environ: MutableMapping[str, str], say: Callable[[str], None]) -> Iterator[RehearsedReach]:
    from cluster_provision.container import ends_with_the_container
    from cluster_provision.rehearsal.clients import led_to
    from cluster_provision.rehearsal.existing_resources import is_existing
    from cluster_provision.rehearsal.process import take_hold
    from cluster_provision.rehearsal.reached import RehearsedReach
    from cluster_provision.rehearsal.summary import closing_lines

    folder = folder.absolute()
    kept = (MACHINES_KEPT if is_existing(environ) else KEPT).format(folder)
    kept = GOES_WITH_THE_CONTAINER if ends_with_the_container(folder) else kept
    up = take_hold(folder)
    try:
        with led_to(up, environ, folder, booted=False):
            yield RehearsedReach(environ, played=True, lasts=kept != GOES_WITH_THE_CONTAINER)
    finally:
        try:
            for line in closing_lines(up, kept, environ, played=True):
                say(line)
        finally:
            up.let_go()

"""REHEARSE=yes: the embedded cloud in its own container, with containers that really boot as its machines."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import APIError, NotFound

from cluster_provision.errors import MachineError, ProvisionError
from cluster_provision.rehearsal.clients import led_to
from cluster_provision.rehearsal.engine_cloud import EngineCloud, start
from cluster_provision.rehearsal.engine_host import find_host
from cluster_provision.rehearsal.engine_images import ensure_node_images
from cluster_provision.rehearsal.existing_resources import is_azure, is_existing, is_own_image
from cluster_provision.rehearsal.failures import cloud_failures
from cluster_provision.rehearsal.folder import writing_to
from cluster_provision.rehearsal.process import Up, hold
from cluster_provision.rehearsal.reached import RehearsedReach
from cluster_provision.rehearsal.summary import closing_lines
from embedded_cloud.engine import names
from embedded_cloud.engine.failures import ENGINE_FAILURES, engine_failures, is_passing
from embedded_cloud.engine.files import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

START_SECONDS = 60.0
POLL_SECONDS = 0.02
ATTEMPTS = 10  # while other runs make or remove the same things
BETWEEN_SECONDS = 0.3
REMOVE = f"This removes every rehearsal of this engine: {names.REMOVE_ALL}"
MACHINES_KEPT = (
    f"Its machines stay, as machines that exist do. This removes those that no cluster is on: {names.REMOVE_MACHINES}"
)
KEPT = f"Its cloud is kept in the container {names.CLOUD} until the last cluster in it is destroyed."


@contextmanager
def session(
    folder: Path | None, environ: MutableMapping[str, str], say: Callable[[str], None]
) -> Iterator[RehearsedReach]:
    """Redirect everything that reads `environ` to this engine's embedded cloud, which is started if none runs.

    It outlives the run, so that the next one finds the cluster, and removes itself once it is empty. `folder` holds its
    store (its own container by default). Raises MachineError.
    """
    with cloud_failures(), engine_failures():
        host = find_host()
        orchestrator = environ.get("ORCHESTRATOR_TYPE", "").strip().casefold()
        kinds = {"azure": is_azure(environ), "existing": is_existing(environ)}
        own_image = not kinds["existing"] and is_own_image(environ)
        ensure_node_images(host.engine, say, orchestrator=orchestrator, own_image=own_image, **kinds)
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as made:
        own = Path(made)
        with cloud_failures(), engine_failures():
            cloud, up = take_hold(lambda: start(host, folder.absolute() if folder else None), own)
        try:
            with led_to(up, environ, own, booted=True):
                yield RehearsedReach(environ, played=False, lasts=True)
        finally:
            kept = MACHINES_KEPT if is_existing(environ) else KEPT
            for line in (*closing_lines(up, kept, environ), *end(cloud, up)):
                say(line)


def take_hold(begin: Callable[[], EngineCloud], own: Path) -> tuple[EngineCloud, Up]:
    """Hold the cloud that `begin` starts or finds, and copy the files that its clients need to `own`.

    Begins again if the cloud that it found is about to end, or is empty and of another build.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            cloud = begin()
            with cloud.undo as undo:
                up = _held(cloud, own)
                if up is not None and _is_usable(cloud, up):
                    undo.pop_all()  # nothing to undo any longer
                    return cloud, up
        except APIError as error:
            if not left or not is_passing(error):
                raise
        time.sleep(BETWEEN_SECONDS)
    raise MachineError(
        f"the rehearsal's cloud (the container {names.CLOUD}) keeps starting and ending: other runs use it all the "
        "time",
        f"Try again. {REMOVE}",
    )


def _held(cloud: EngineCloud, own: Path) -> Up | None:
    """Return None if the container has ended before it answered."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            address = cloud.address()
            connection = hold(*address) if address else None
            if address and connection:
                ca, credentials, key = (own / name for name in ("ca.pem", "credentials.json", "login_key"))
                with writing_to(own):
                    for file in (ca, credentials, key):
                        file.touch(mode=0o600)
                        file.write_text(read(cloud.box, f"{cloud.folder}/{file.name}"), encoding="utf-8")
                return Up(address[1], ca, credentials, key, connection, host=address[0])
            if (last_words := cloud.last_words()) is not None:
                raise MachineError(f"the rehearsal's cloud did not start: {last_words}", REMOVE)
        except NotFound:
            return None
        time.sleep(POLL_SECONDS)
    raise MachineError(
        f"the rehearsal's cloud (the container {names.CLOUD}) does not answer within {START_SECONDS:g} s",
        f"docker logs {names.CLOUD} may say why. {REMOVE}",
    )


def _is_usable(cloud: EngineCloud, up: Up) -> bool:
    """Whether it is of this build of the tool. An empty one of another build ends as soon as nobody holds it."""
    if cloud.is_of_this_build:
        return True
    empty, others = up.ask("GET", "/leftovers")["empty"], up.ask("GET", "/holders")["holders"] - 1
    up.let_go()
    if empty and not others and cloud.wait_gone():
        return False
    raise MachineError(
        f"the rehearsal's cloud on this engine is of another build of the tool ({cloud.build}), and in use",
        f"Destroy its clusters with that build. {REMOVE}",
    )


def end(cloud: EngineCloud, up: Up) -> list[str]:
    """Let go of the cloud, and wait for its end if it is empty. Returns a line for each thing that went wrong.

    It never raises the engine's errors: the result of the run itself counts.
    """
    up.let_go()
    try:
        goes = up.ask("GET", "/leftovers")["empty"] and not up.ask("GET", "/holders")["holders"]
    except ProvisionError:
        goes = True  # it doesn't answer: it has ended, or is about to
    try:
        cloud.leave()
        if goes and not cloud.wait_gone():
            return [f"The empty container {names.CLOUD} is still there. {REMOVE}"]
    except ENGINE_FAILURES as error:
        return [f"The container engine refused, when the rehearsal was over: {error}"]
    return []

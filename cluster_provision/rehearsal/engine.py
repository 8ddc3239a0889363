"""REHEARSE=yes: the embedded cloud in a container of its own, whose machines are containers that really boot."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docker.errors import DockerException

from ..errors import MachineError
from . import engine_names as names
from .closing import closing_lines
from .engine_cloud import EngineCloud, start
from .engine_files import read
from .engine_host import find_host
from .engine_images import ensure_node_image
from .environment import prepared
from .named import named
from .process import Up, hold
from .providers import provide_providers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

START_SECONDS = 60.0
POLL_SECONDS = 0.02
KEPT_IN = f"the container {names.CLOUD}"


@contextmanager
def session(folder: Path | None, environ: MutableMapping[str, str], say: Callable[[str], None]) -> Iterator[None]:
    """Lead everything that reads `environ` to the embedded cloud of this engine, started where none runs.

    It outlives the run, so that the next one finds the cluster, and goes, without a trace, once it is empty. `folder`
    is where its store is kept (a volume of its own by default). Raises MachineError.
    """
    host = find_host()
    ensure_node_image(host.engine, say)
    with _engine_failures(), tempfile.TemporaryDirectory(prefix="rehearsal-") as own:
        cloud, up = _take_hold(lambda: start(host, folder.absolute() if folder else None), Path(own))
        try:
            up.ask("POST", "/expect", named(environ))
            with prepared(environ, up.proxy_url, up.ca, up.credentials):
                provide_providers(environ, Path(own))
                yield
        finally:
            for line in closing_lines(up, KEPT_IN):
                say(line)
            _end(cloud, up)


def _take_hold(begin: Callable[[], EngineCloud], own: Path) -> tuple[EngineCloud, Up]:
    """The cloud, once it answers; the files that its clients need are copied to `own`."""
    deadline = time.monotonic() + START_SECONDS
    cloud = begin()
    while time.monotonic() < deadline:
        address = cloud.address()
        connection = hold(*address) if address else None
        if address and connection:
            ca, credentials = own / "ca.pem", own / "credentials.json"
            ca.write_text(read(cloud.box, f"{cloud.folder}/{ca.name}"))
            credentials.touch(mode=0o600)
            credentials.write_text(read(cloud.box, f"{cloud.folder}/{credentials.name}"))
            return cloud, Up(address[1], ca, credentials, connection, host=address[0])
        if (last_words := cloud.last_words()) is not None:
            cloud.remove()
            raise MachineError(f"the rehearsal's cloud did not start: {last_words}")
        time.sleep(POLL_SECONDS)
    raise MachineError(f"the rehearsal's cloud ({KEPT_IN}) does not answer within {START_SECONDS:g} s")


def _end(cloud: EngineCloud, up: Up) -> None:
    try:
        empty = up.ask("GET", "/leftovers")["empty"]
    except MachineError:
        empty = False
    up.let_go()
    if empty:
        cloud.remove()
    else:
        cloud.leave()


@contextmanager
def _engine_failures() -> Iterator[None]:
    """What the engine refuses is a failure of this machine, not a defect."""
    try:
        yield
    except DockerException as error:
        raise MachineError(f"the container engine refused: {error}") from error

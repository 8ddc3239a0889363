"""The machine on trial and the two services that it speaks to."""

from __future__ import annotations

import json
import os
import threading
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.node.own_python import give_python
from tests.unit.node.trial import FakeCloud, Handler, Machine, end_units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As much of systemd as the bootstrap asks for: which units there are, and a unit started outside of the caller.
SYSTEMCTL = """
case $1 in
  cat) exit "${JUPYTER_SERVICE:-1}" ;;
  restart)
    [[ -e "$NODE_ROOT/run/systemd/system/$2" ]] || exit 0
    line=$(sed -n 's/^ExecStart=//p' "$NODE_ROOT/run/systemd/system/$2")
    cd "$(sed -n 's/^WorkingDirectory=//p' "$NODE_ROOT/run/systemd/system/$2")"
    setsid bash -c "exec $line" </dev/null >>"$CALLS.unit" 2>&1 &
    echo $! >>"$CALLS.units"
    ;;
esac
"""
# Waits and limits of a trial.
SHORT = {
    "RETRY_FIRST_MS": "10",
    "RETRY_LONGEST_MS": "50",
    "LOCAL_LONGEST_MS": "50",
    "BACKOFF_FIRST_MS": "1",
    "BACKOFF_LONGEST_MS": "4",
    "RECORD_LIMIT": "10",
    "RESULTS_LIMIT": "10",
    "WISH_LIMIT": "0",
}


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    with cloud_up() as fake:
        yield fake


@pytest.fixture
def machine(tmp_path: Path, cloud: FakeCloud) -> Iterator[Machine]:
    with machine_at(tmp_path, cloud) as made:
        yield made


@contextmanager
def cloud_up() -> Iterator[FakeCloud]:
    """A metadata server with this node's identity and an empty configuration, and a bucket without objects."""
    fake = FakeCloud()
    with answering(fake, Handler):
        fake.metadata.update(
            {
                "name": "abc-vm-x1y2",
                "id": "4711",
                "network-interfaces/0/ip": "10.0.0.7",
                "service-accounts/default/token": json.dumps({"access_token": "node-token", "expires_in": 3000}),
            }
        )
        yield fake


@contextmanager
def answering(fake: Any, handler: type) -> Iterator[None]:
    """A server whose `handler` answers for `fake`, at the port that it is told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"cloud": fake}))
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def machine_at(folder: Path, cloud: FakeCloud) -> Iterator[Machine]:
    """A machine with systemd, gcsfuse and an NFS client, without Jupyter, whose limits are short."""
    for part in ("bin", "etc", "proc/sys/kernel/random"):
        (folder / part).mkdir(parents=True)
    (folder / "etc/fstab").write_text("# disks\nLABEL=root / ext4 defaults 0 1\n")
    (folder / "proc/sys/kernel/random/boot_id").write_text("boot-1\n")
    limits = ("METADATA", "DOWNLOAD", "MOUNT", "INSTALL", "DRIVER", "JUPYTER")
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "NODE_ROOT": str(folder),
        "CALLS": str(folder / "calls"),
        "GCE_METADATA_HOST": f"127.0.0.1:{cloud.port}",
        "STORAGE_ENDPOINT": f"http://127.0.0.1:{cloud.port}",
        "JUPYTER_URL": f"http://127.0.0.1:{cloud.port}/api",
        "JUPYTER_PATIENCE": "0",
        **SHORT,
        **{f"{name}_LIMIT": "1" for name in limits},
    }
    made = Machine(folder, cloud, environment)
    give_python(folder)
    made.command("systemctl", SYSTEMCTL)
    for name in ("gcsfuse", "mount", "mount.nfs", "apt-get"):
        made.command(name)
    made.command("findmnt", "exit 1")
    made.configure()
    yield made
    end_units(made)

"""The machine on trial and the two services that it speaks to."""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.trial import FakeCloud, Handler, Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

# As much of systemd as the bootstrap asks for: which units there are, and a unit started outside of the caller.
SYSTEMCTL = """
case $1 in
  cat) exit "${JUPYTER_SERVICE:-1}" ;;
  restart)
    [[ -e "$NODE_ROOT/run/systemd/system/$2" ]] || exit 0
    line=$(sed -n 's/^ExecStart=//p' "$NODE_ROOT/run/systemd/system/$2")
    cd "$(sed -n 's/^WorkingDirectory=//p' "$NODE_ROOT/run/systemd/system/$2")"
    setsid bash -c "exec $line" </dev/null >>"$CALLS.unit" 2>&1 &
    ;;
esac
"""


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """A metadata server with this node's identity and an empty configuration, and a bucket without objects."""
    fake = FakeCloud()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"cloud": fake}))
    fake.port = server.server_address[1]
    fake.metadata.update(
        {
            "name": "abc-vm-x1y2",
            "id": "4711",
            "network-interfaces/0/ip": "10.0.0.7",
            "service-accounts/default/token": json.dumps({"access_token": "node-token", "expires_in": 3000}),
        }
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def machine(tmp_path: Path, cloud: FakeCloud) -> Machine:
    """A machine with systemd, gcsfuse and an NFS client, without Jupyter, whose limits are short."""
    for folder in ("bin", "etc", "proc/sys/kernel/random"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/fstab").write_text("# disks\nLABEL=root / ext4 defaults 0 1\n")
    (tmp_path / "proc/sys/kernel/random/boot_id").write_text("boot-1\n")
    limits = ("METADATA", "DOWNLOAD", "MOUNT", "INSTALL", "DRIVER", "JUPYTER")
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "NODE_ROOT": str(tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "GCE_METADATA_HOST": f"127.0.0.1:{cloud.port}",
        "STORAGE_ENDPOINT": f"http://127.0.0.1:{cloud.port}",
        "JUPYTER_URL": f"http://127.0.0.1:{cloud.port}/api",
        "RETRY_FIRST_MS": "10",
        "RETRY_LONGEST_MS": "50",
        "BACKOFF_FIRST_MS": "1",
        "BACKOFF_LONGEST_MS": "4",
        "JUPYTER_PATIENCE": "0",
        "RECORD_LIMIT": "10",
        **{f"{name}_LIMIT": "1" for name in limits},
    }
    made = Machine(tmp_path, cloud, environment)
    (tmp_path / "bin/python3").symlink_to(Path(sys.executable).resolve())
    made.command("systemctl", SYSTEMCTL)
    for name in ("gcsfuse", "mount", "mount.nfs", "apt-get"):
        made.command(name)
    made.command("findmnt", "exit 1")
    made.configure()
    return made

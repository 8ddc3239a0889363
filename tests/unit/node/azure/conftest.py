"""The Azure machine on trial and the two services that it speaks to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.unit.node.azure.kit import AzureMachine, FakeAzure, Handler
from tests.unit.node.conftest import SHORT, SYSTEMCTL, answering
from tests.unit.node.own_python import give_python
from tests.unit.node.trial import end_units

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def azure() -> Iterator[FakeAzure]:
    """A metadata service with this node's identity, and a container without blobs."""
    fake = FakeAzure()
    with answering(fake, Handler):
        yield fake


@pytest.fixture
def node(tmp_path: Path, azure: FakeAzure) -> Iterator[AzureMachine]:
    """A machine with systemd and its tools installed, without NVMe disks, Docker or GPUs, whose limits are short."""
    for folder in ("bin", "etc/ssh", "proc/sys/kernel/random", "home"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/fstab").write_text("# disks\nLABEL=root / ext4 defaults 0 1\n")
    (tmp_path / "etc/ssh/ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAAhost root@vm\n")
    (tmp_path / "proc/sys/kernel/random/boot_id").write_text("boot-1\n")
    limits = ("METADATA", "DOWNLOAD", "INSTALL", "DRIVER", "DOCKER", "CLOUD_INIT")
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "NODE_ROOT": str(tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "IMDS_ENDPOINT": f"http://127.0.0.1:{azure.port}",
        "BLOB_ENDPOINT": f"http://127.0.0.1:{azure.port}",
        "DISKS_PATIENCE": "0",
        **SHORT,
        **{f"{name}_LIMIT": "1" for name in limits},
    }
    made = AzureMachine(tmp_path, azure, environment)  # type: ignore[arg-type]
    give_python(tmp_path)
    made.command("systemctl", SYSTEMCTL)
    made.command("dpkg-query", "echo installed")
    for name in ("lsblk", "mount", "apt-get", "mdadm"):
        made.command(name)
    made.command("findmnt", "exit 1")
    made.configure()
    yield made
    end_units(made)

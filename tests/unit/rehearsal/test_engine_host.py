"""How a run finds the container that it runs in, and what it may mount from there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cluster_provision.container import is_mounted
from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.engine_host import EngineHost
from cluster_provision.rehearsal.own_container import own_id

ID = "3f0c" * 16
IN_A_CONTAINER = f"""\
812 770 0:61 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A
825 812 254:1 /var/lib/docker/containers/{ID}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda rw
826 812 254:1 /var/lib/docker/containers/{ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw
"""
ON_THE_ENGINES_MACHINE = f"""\
24 1 254:1 / / rw,relatime - ext4 /dev/vda rw
99 24 0:50 / /var/lib/docker/containers/{ID}/mounts/shm rw,nosuid - tmpfs shm rw
"""


def host(mode: str = "bridge", mounts: tuple[dict[str, str], ...] = ()) -> EngineHost:
    own = SimpleNamespace(attrs={"Mounts": list(mounts), "HostConfig": {"NetworkMode": mode}, "Image": "sha256:1"})
    return EngineHost(cast("Any", None), cast("Any", own))


def test_the_own_container_is_known_by_what_the_engine_mounts_there() -> None:
    assert own_id(IN_A_CONTAINER) == ID
    assert own_id(ON_THE_ENGINES_MACHINE) is None


def test_a_mounted_folder_is_found_again_on_the_engines_machine() -> None:
    bound = {"Type": "bind", "Source": "/home/me/rehearsal", "Destination": "/rehearsal"}
    assert host(mounts=(bound,)).place_of(Path("/rehearsal")) == "/home/me/rehearsal"


def test_a_mounted_volume_is_found_again_by_its_name() -> None:
    volume = {"Type": "volume", "Name": "mine", "Source": "/var/lib/docker/volumes/x", "Destination": "/rehearsal"}
    assert host(mounts=(volume,)).place_of(Path("/rehearsal")) == "mine"


def test_a_folder_below_a_mount_is_found_below_its_source_and_the_nearest_mount_counts() -> None:
    above = {"Type": "bind", "Source": "/home/me", "Destination": "/data"}
    nearer = {"Type": "volume", "Name": "v", "Source": "/var/lib/docker/volumes/v/_data", "Destination": "/data/deep"}
    assert host(mounts=(above,)).place_of(Path("/data/a/b")) == "/home/me/a/b"
    assert host(mounts=(above, nearer)).place_of(Path("/data/deep/er")) == "/var/lib/docker/volumes/v/_data/er"


def test_a_folder_outside_of_every_mount_goes_with_the_container() -> None:
    mounts = IN_A_CONTAINER + "827 812 254:1 /home/me/my\\040folder /my\\040folder rw,relatime - ext4 /dev/vda rw\n"
    assert is_mounted(Path("/my folder/rehearsal"), mounts)
    assert not is_mounted(Path("/root/.cache/rehearsal"), mounts)


def test_a_folder_of_this_container_alone_is_refused() -> None:
    with pytest.raises(MachineError, match="REHEARSE_DIR=/rehearsal"):
        host().place_of(Path("/rehearsal"))


def test_the_engines_socket_is_where_the_user_mounted_it_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    rootless = {"Type": "bind", "Source": "/run/user/1000/docker.sock", "Destination": "/var/run/docker.sock"}
    assert host(mounts=(rootless,)).socket == "/run/user/1000/docker.sock"
    assert EngineHost(cast("Any", None), None).socket == "/var/run/docker.sock"


def test_a_container_on_the_hosts_network_joins_no_other() -> None:
    assert host().joins_networks
    assert not host("host").joins_networks
    assert not EngineHost(cast("Any", None), None).joins_networks

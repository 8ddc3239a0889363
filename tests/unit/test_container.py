"""Which of a container's folders outlive it, by the mounts that its kernel lists (proc_pid_mountinfo(5))."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.container import is_mounted

MOUNTS = r"""1 0 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/l
2 1 0:51 / /tmp rw,nosuid - tmpfs tmpfs rw
3 1 8:1 /home/me/keys /keys rw,relatime shared:7 - ext4 /dev/sda1 rw
4 1 8:1 /home/me/two /my\040keys rw,relatime - ext4 /dev/sda1 rw
5 1 0:52 /runs /runs rw - tmpfs tmpfs rw
6 2 8:1 /var/data /tmp/data rw - ext4 /dev/sda1 rw
"""


@pytest.mark.parametrize(
    ("folder", "outlives"),
    [
        ("/root/.cache", False),
        ("/tmp/keys", False),
        ("/keys", True),
        ("/keys/of/mine", True),
        ("/my keys", True),
        ("/runs/here", True),
        ("/tmp/data/here", True),
        ("/keysofothers", False),
    ],
)
def test_what_is_mounted_from_outside_outlives_the_container(folder: str, outlives: bool) -> None:
    assert is_mounted(Path(folder), MOUNTS) is outlives

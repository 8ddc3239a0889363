"""Linux: where homes are, and names of users."""

from __future__ import annotations

from cluster_provision.settings.readers.texts import Text

HOMES = "/home"
SHARED = "/shared"
"""Where every machine of a cloud's Slurm cluster mounts a share that holds more than homes, which are in its folder
`home`."""

# useradd(8), and NAME_REGEX of adduser.conf(5).
USER_NAME = Text(
    "Linux user's name",
    "[a-z_][a-z0-9_-]*",
    "allowed are lower-case letters, digits, _ and -, beginning with a letter or _, at most 32",
    longest=32,
)

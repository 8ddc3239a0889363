"""Tells the machines about each other: hostfiles and a key on the head, the key's public half on every node.

Everything is written again from the present fleet, so that former machines vanish from it. Nothing of the user's own in
these places is changed.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import CommandFailed
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.fan_out import Outcome, on_each
from cluster_provision.fleet.head_files import INCLUDE, KEY, head_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.model import Fleet, Host

MARK = "cluster-provision-head"
"""The comment of the tool's only line in authorized_keys."""

MAKE_KEY = f"""set -eu
umask 077
mkdir -p "$HOME/.ssh"
key="$HOME/.ssh/{KEY}"
if [ ! -f "$key" ]; then
  new=$(mktemp -d "$HOME/.ssh/.new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  ssh-keygen -q -t ed25519 -N '' -C {MARK} -f "$new/key"
  ln "$new/key" "$key" 2>/dev/null || [ -f "$key" ]
fi
ssh-keygen -y -P '' -f "$key"
"""
"""The script prints the public half. Two runs at once agree on one key."""

TAKE_KEY = f"""set -eu
umask 077
IFS= read -r line
mkdir -p "$HOME/.ssh"
file=$(readlink -f "$HOME/.ssh/authorized_keys")
new=$(mktemp "$file.XXXXXX")
trap 'rm -f "$new"' EXIT
if [ -f "$file" ]; then grep -v ' {MARK}$' "$file" >"$new" || [ $? -eq 1 ]; fi
printf '%s\\n' "$line" >>"$new"
if cmp -s "$new" "$file"; then echo same; else mv -f "$new" "$file"; echo new; fi
"""

PUT = """set -eu
umask 077
cd
mkdir -p "$(dirname "$1")"
new=$(mktemp "$1.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new"
if cmp -s "$new" "$1"; then echo same; else chmod "$2" "$new"; mv -f "$new" "$1"; echo new; fi
"""

INCLUDE_FIRST = f"""set -eu
umask 077
file=$(readlink -f "$HOME/.ssh/config")
if ! grep -qxF '{INCLUDE}' "$file" 2>/dev/null; then
  new=$(mktemp "$file.XXXXXX")
  trap 'rm -f "$new"' EXIT
  echo '{INCLUDE}' >"$new"
  if [ -f "$file" ]; then cat "$file" >>"$new"; fi
  mv -f "$new" "$file"
fi
"""


@dataclass(frozen=True)
class Updated:
    """For each host, whether it got the key just now (False: it had it), and the files that changed on the head."""

    hosts: list[Outcome[bool]]
    changed: tuple[str, ...]


def update_hosts(
    fleet: Fleet, ended: Callable[[int, int], None] = lambda done, total: None, limits: Limits | None = None
) -> Updated:
    """Bring hostfiles, keys and the head's SSH settings up to date.

    Raises the error that keeps the head from being reached, and CommandFailed if the head can't store a file; another
    host's failure is its own. The key's private half is made on the head and never leaves it.
    """
    return run_apart(_update(fleet, ended, limits))


async def _update(fleet: Fleet, ended: Callable[[int, int], None], limits: Limits | None) -> Updated:
    async with Connections(fleet, limits) as connections, connections.to(fleet.head) as head:
        public = (await ask(head, MAKE_KEY)).required(fleet.head.name).split()
        if len(public) < 2:
            raise CommandFailed(f"{fleet.head.name}: ssh-keygen printed no public key for ~/.ssh/{KEY}")
        line = f"{public[0]} {public[1]} {MARK}\n".encode()

        async def authorize(connection: SSHClientConnection, host: Host) -> bool:
            return (await ask(connection, TAKE_KEY, line)).required(host.name).strip() == "new"

        outcomes = await on_each(connections, fleet.hosts, authorize, ended)
        changed = []
        for path, text in head_files(fleet).items():
            mode = "600" if path.startswith(".ssh/") else "644"
            if await _put(head, fleet.head.name, path, text, mode):
                changed.append(f"~/{path}")
        (await ask(head, INCLUDE_FIRST)).required(fleet.head.name)
        return Updated(outcomes, tuple(changed))


async def _put(head: SSHClientConnection, name: str, path: str, text: str, mode: str) -> bool:
    command = shlex.join(["sh", "-c", PUT, "put", path, mode])
    return (await ask(head, command, text.encode())).required(name).strip() == "new"

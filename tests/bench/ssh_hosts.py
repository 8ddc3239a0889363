"""256 SSH servers' worth of one process: any loopback address is a host, and every command is `true`.

`python -m tests.bench.ssh_hosts FOLDER` makes host and user keys there, listens, and prints the port.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncssh


class Server(asyncssh.SSHServer):
    """Forwards whatever is asked for, as a head does."""

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        return True


async def serve(folder: Path) -> None:
    """Listen until the process is ended."""
    for name in ("host", "user"):
        path = folder / name
        if not path.exists():
            key = asyncssh.generate_private_key("ssh-ed25519")
            key.write_private_key(path)
            path.chmod(0o600)
            key.write_public_key(f"{path}.pub")
    listener = await asyncssh.listen(
        "",
        0,
        family=2,  # IPv4
        backlog=1024,
        server_factory=Server,
        server_host_keys=[str(folder / "host")],
        authorized_client_keys=str(folder / "user.pub"),
        process_factory=lambda process: process.exit(0),
        encoding=None,
        config=None,
    )
    print(listener.get_port(), flush=True)
    await listener.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))

"""How long a command takes on 256 hosts: through a head by this tool, and straight to each by clush."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 5
HOSTS = [f"127.2.{number // 128}.{number % 128 + 1}" for number in range(256)]
NODESET = "127.2.[0-1].[1-128]"
OURS = """
import sys
from pathlib import Path
from cluster_provision.fleet.model import Fleet, Gate, Host, Keys
from cluster_provision.fleet.run import run_everywhere

class Silent:
    def stdout(self, host, line): ...
    def stderr(self, host, line): ...

folder, head, port, *addresses = sys.argv[1:]
key = (Path(folder) / "host.pub").read_text()
hosts = [Host("head", "127.0.0.1", (key,), int(head)), *(Host(a, a, (key,), int(port)) for a in addresses)]
fleet = Fleet(hosts[0], tuple(hosts[1:]), Gate("127.0.0.1", int(head)), "bench", Keys(path=Path(folder) / "user"))
ended = run_everywhere(fleet, "true", Silent())
sys.exit(sum(each.exit_code != 0 for each in ended) > 0 or len(ended) != 256)
"""


def figures(project: Path, folder: Path) -> Iterator[Figure]:
    """The ratio of pairs, and both medians."""
    with servers(project, folder) as (head, port):
        pairs = [(ours(project, folder, head, port), clush(folder, port)) for _ in range(PAIRS + 1)][1:]
    ratio = statistics.median(mine / other for mine, other in pairs)
    yield Figure("`true` on 256 hosts through a head against clush straight", ratio, "x", 1.0)
    yield Figure("  this tool, 256 hosts through the head", statistics.median(mine for mine, _ in pairs), "s")
    yield Figure("  clush 64 wide, 256 hosts straight", statistics.median(other for _, other in pairs), "s")


@contextlib.contextmanager
def servers(project: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """A head's port and the hosts', on every loopback address; a process each."""
    command = [sys.executable, "-m", "tests.bench.ssh_hosts", str(folder)]
    running, ports = [], []
    try:
        for _ in range(2):
            server = subprocess.Popen(
                command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            running.append(server)
            assert server.stdout is not None
            ports.append(int(server.stdout.readline()))
        yield ports[0], ports[1]
    finally:
        for server in running:
            server.terminate()
            server.wait()


def ours(project: Path, folder: Path, head: int, port: int) -> float:
    """Seconds of a whole process that runs the command on all hosts."""
    return seconds([sys.executable, "-c", OURS, str(folder), str(head), str(port), *HOSTS], project)


def clush(folder: Path, port: int) -> float:
    """The same by clush as it comes, 64 wide, checking the same host key."""
    known = folder / "known_hosts"
    known.write_text(f"* {(folder / 'host.pub').read_text()}")
    config = folder / "config"
    config.write_text(
        f"Host *\n  Port {port}\n  User bench\n  IdentityFile {folder / 'user'}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {known}\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n"
        "  NoHostAuthenticationForLocalhost no\n"
    )
    tool = [sys.executable, "-m", "ClusterShell.CLI.Clush"]
    return seconds([*tool, "-w", NODESET, "-f", "64", "-S", "-q", "-o", f"-F {config}", "true"], folder)


def seconds(command: list[str], where: Path) -> float:
    """Wall-clock seconds of a whole process; the benchmark ends where it fails."""
    started = time.perf_counter()
    ran = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False, env=dict(os.environ))
    if ran.returncode:
        sys.exit(f"{command[:3]} failed with {ran.returncode}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return time.perf_counter() - started

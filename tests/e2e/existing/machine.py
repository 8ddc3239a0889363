"""A booted machine of a rehearsal, as somebody who is logged in sees it, and the whole of its state."""

from __future__ import annotations

import contextlib
import shlex
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_cloud.engine import names

if TYPE_CHECKING:
    from collections.abc import Callable

    import docker
    from docker.models.containers import Container

SECONDS = 60.0
BOOT = "cat /proc/sys/kernel/random/boot_id"

STATE = r"""
import hashlib, os, re, subprocess

# What notes that something happened, and so can't be as before: the backups that useradd, dpkg and ucf keep of their
# files, apt's file of marks, whose order is that of their changes (apt-mark reads it), and logs. Of logs that were
# there it counts that they are; journald's come and go by its own rules.
BACKUPS = "|".join((
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-", r"/var/lib/dpkg/.*-old", r"/var/lib/ucf/.*\.\d",
    r"/var/lib/apt/extended_states",
))
LOGS = r"/var/log/(apt/.*|dpkg\.log|alternatives\.log|cluster/recorded\.jsonl|lastlog|wtmp|btmp|faillog)"
# A service that answers one question and ends by itself has folders of its own for that time. The engine's own mounts
# over files of /etc, which the machine takes off at its start, systemd may remember for a while.
PASSING = "|".join((
    r".*systemd-(timedated|hostnamed|localed)\.service.*", r"/var/lib/rehearsal/.*", r"/var/log/journal/.*",
    r"etc-(hosts|hostname|resolv\.conf)\.mount",
))
PLACES = "etc home root mnt export srv opt tmp usr/local var/lib var/log var/spool var/tmp run/slurm"


def out(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()


def described(path):
    state = os.lstat(path)
    what = "folder" if os.path.isdir(path) else "other"
    if os.path.islink(path):
        what = os.readlink(path)
    elif re.fullmatch(LOGS, path):
        what = "log"
    elif os.path.isfile(path):
        with open(path, "rb") as file:
            what = hashlib.sha256(file.read()).hexdigest()
    return f"{path} {state.st_mode:o} {state.st_uid}:{state.st_gid} {what}"


paths = ["/" + name for name in os.listdir("/")]
for place in PLACES.split():
    for folder, folders, files in os.walk("/" + place):
        paths += [os.path.join(folder, name) for name in (*folders, *files)]
for path in sorted(paths):
    if not re.fullmatch(f"{BACKUPS}|{PASSING}", path):
        print(described(path))
print(*out("dpkg-query", "--show", "--showformat", "package ${Package} ${Version} ${Status}\n"), sep="\n")
print(*(f"came along: {name}" for name in out("apt-mark", "showauto")), sep="\n")
print(*(f"{table}: {line}" for table in ("passwd", "group") for line in out("getent", table)), sep="\n")
print(*(f"unit file {line}" for line in out("systemctl", "list-unit-files", "--no-legend", "--plain")), sep="\n")
for line in out("systemctl", "list-units", "--all", "--type=service,socket,mount,timer,path", "--no-legend", "--plain"):
    name, *words = line.split()[:4]
    if not re.fullmatch(PASSING, name):
        print("unit", name, *words)
with open("/proc/self/mounts") as mounts:
    print("".join(f"mounted: {line}" for line in sorted(mounts)), end="")
print("host name", *out("hostname"))
"""


@dataclass(frozen=True)
class Machine:
    """One of the machines, by its name in the env file."""

    engine: docker.DockerClient
    name: str

    def box(self) -> Container:
        return self.engine.containers.get(names.node_container(self.name))

    def says(self, command: str, user: str = "root", *, at_terminal: bool = False) -> str:
        """What a shell's command prints, its last line's end left out. It must succeed."""
        home = "/root" if user == "root" else f"/home/{user}"
        words = ["timeout", "--foreground", str(SECONDS), "bash", "-c", command]
        told = self.box().exec_run(words, user=user, workdir=home, environment={"HOME": home}, tty=at_terminal)
        text = told.output.decode().rstrip("\r\n")
        assert told.exit_code == 0, f"{command}: {text}"
        return text

    def until(self, command: str, is_right: Callable[[str], bool], user: str = "root") -> str:
        """What the command prints once that is right."""
        deadline = time.monotonic() + SECONDS
        while not is_right(text := self.says(command, user)):
            assert time.monotonic() < deadline, f"{command} still says: {text}"
            time.sleep(0.2)
        return text

    def starts(self) -> None:
        """Switch it on, and wait until it lets somebody in."""
        self.box().start()
        self.until("systemctl is-active ssh || true", lambda text: text == "active")

    def restarts(self) -> None:
        """Restart it by hand, and wait until it lets somebody in again."""
        from docker.errors import APIError

        before, now, deadline = self.says(BOOT), "", time.monotonic() + SECONDS
        self.box().exec_run(["systemctl", "reboot"])
        while now in ("", before):
            assert time.monotonic() < deadline, f"{self.name} doesn't come back"
            with contextlib.suppress(APIError, AssertionError):  # while it is off
                now = self.says(BOOT)
        self.until("systemctl is-active ssh || true", lambda text: text == "active")

    def write(self, path: str, text: str, user: str = "root") -> None:
        self.says(f"printf %s {shlex.quote(text)} >{shlex.quote(path)}", user)

    def state(self) -> frozenset[str]:
        """Each thing that setting a machine up may change, as a line."""
        told = self.box().exec_run(["python3", "-I", "-c", STATE])
        text = told.output.decode()
        assert told.exit_code == 0, text
        return frozenset(text.splitlines())

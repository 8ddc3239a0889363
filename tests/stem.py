"""The process that tests/warm.py asks for forks: it has imported everything, does nothing, and has one thread."""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a run may load and no module of the project does at once. Not google.auth.compute_engine: it reads the
# environment when it is imported.
IMPORTED = (
    "asyncssh",
    "azure.identity",
    "azure.storage.blob",
    "docker",
    "email.mime.multipart",
    "google.auth.transport.requests",
    "google.cloud.storage",
    "google.oauth2.credentials",
    "google.oauth2.service_account",
    "grpc",
    "grpc._cython.cygrpc",
    "jinja2.debug",
    "jinja2.ext",
    "msgpack",
    "requests",
    "rich.progress",
    "trustme",
    "yaml",
)
# A fifth of what Terraform takes of a processor is the collection of a garbage that stays small here.
GARBAGE = {"GOGC": "400"}
LARGEST = 1 << 20
START_SECONDS = 30.0


class Azurite:
    """An Azurite of the process that has several, as subprocess.Popen shows one of its own."""

    def __init__(self, address: str, command: Sequence[str], **_: Any) -> None:
        folder, seed = command[-2:]
        self._connection = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + START_SECONDS
        while self._connection.connect_ex(address):
            assert time.monotonic() < deadline, "the process that has the Azurites is not there"
            time.sleep(0.05)
        self._connection.sendall(f"{folder}\n{seed}\n".encode())
        self.stdin = SimpleNamespace(close=lambda: self._connection.shutdown(socket.SHUT_WR))
        self.stdout = self._connection.makefile()

    def poll(self) -> int | None:
        ready = select.select([self._connection], [], [], 0)[0]
        return 0 if ready and not self._connection.recv(1, socket.MSG_PEEK) else None

    def wait(self, timeout: float | None = None) -> int:
        self._connection.settimeout(timeout)
        try:
            self._connection.recv(1)
        except TimeoutError:
            raise subprocess.TimeoutExpired("azurite", timeout or 0) from None
        return 0

    def kill(self) -> None:
        self._connection.close()


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    _import_all()
    from cluster_provision.terraform import environment
    from embedded_cloud.azure.storage import azurite_process

    environment.FIXED.update(GARBAGE)
    started = SimpleNamespace(**vars(subprocess) | {"Popen": partial(Azurite, sys.argv[2])})
    azurite_process.subprocess = started  # type: ignore[attr-defined]
    wake, woken = socket.socketpair()
    woken.setblocking(False)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asking: dict[int, tuple[socket.socket, bool]] = {}  # pid -> who asked for it, and whether it goes with them
    with selectors.DefaultSelector() as watched:
        for each in (listener, wake, sys.stdin):
            watched.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in watched.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is listener:
                    connection = listener.accept()[0]
                    pid, dies = _forked(connection)
                    asking[pid] = connection, dies
                    watched.register(connection, selectors.EVENT_READ, pid)
                elif key.fileobj is wake:
                    wake.recv(1 << 12)
                elif key.data in asking and asking[key.data][1]:
                    os.kill(key.data, signal.SIGTERM)  # it is not reaped yet: no other process has its number
                    watched.unregister(key.fileobj)
                else:
                    watched.unregister(key.fileobj)
            for pid, code in _ended():
                connection, _ = asking.pop(pid)
                with contextlib.suppress(OSError):
                    connection.send(b"e%d" % code)
                with contextlib.suppress(KeyError):
                    watched.unregister(connection)
                connection.close()


def _ended() -> list[tuple[int, int]]:
    found = []
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append((ended[0], os.waitstatus_to_exitcode(ended[1])))
    return found


def _import_all() -> None:
    import gc
    import importlib
    import pkgutil

    import cluster_provision
    import embedded_cloud

    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    for package in (cluster_provision, embedded_cloud):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(each.name)
    if "google.auth.compute_engine._metadata" in sys.modules:
        raise RuntimeError("what reads the environment when it is imported has been imported")
    from embedded_cloud.google import discovery

    for name in ("storage.v1", "compute.v1", "iam.v1"):
        discovery.api(name)
    gc.collect()
    gc.freeze()


def _forked(connection: socket.socket) -> tuple[int, bool]:
    told, streams, _, _ = socket.recv_fds(connection, LARGEST, 3)
    asked = marshal.loads(told)  # noqa: S302 - from the test process
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _become(asked, streams)
            code = _carried_out(asked["argv"])
        finally:
            os._exit(code)
    for each in streams:
        os.close(each)
    connection.send(b"p%d" % pid)
    return pid, asked["dies"]


def _become(asked: dict[str, Any], streams: Sequence[int]) -> None:
    """What differs between a fresh process and this fork."""
    import gc

    if asked["session"]:
        os.setsid()
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    for own, stream in enumerate(streams):
        os.dup2(stream, own)
    os.closerange(3, 1 << 12)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update({"LC_CTYPE": "C.UTF-8", **asked["env"]})  # as the interpreter itself sets it
    tempfile.tempdir = None  # it is found out once
    with contextlib.suppress(OSError):  # for ps, and the kernel's accounts
        Path("/proc/self/comm").write_text(_name(asked["argv"]))
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    gc.enable()


def _name(argv: list[str]) -> str:
    return "warm " + (argv[argv.index("-m") + 1].rpartition(".")[2] if "-m" in argv[:2] else Path(argv[0]).stem)


def _carried_out(argv: list[str]) -> int:
    """Run what Python's command line says; the exit status."""
    import atexit
    import runpy
    import threading
    import traceback

    code: Any = 0
    try:
        if argv[0] == "-P":
            del argv[0]
        if argv[0] == "-m":
            sys.modules.pop(argv[1], None)
            sys.argv = argv[1:]
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = argv
            runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as ended:
        code = ended.code
        if not isinstance(code, int | None):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    return code or 0


if __name__ == "__main__":
    main()

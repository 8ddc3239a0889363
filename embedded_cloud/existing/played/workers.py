"""The processes of played machines: forks of one that has imported all they need, since Python itself starts slowly.

`start` starts that one. It ends with the connection to it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from embedded_cloud.existing.played.start import run

BEGIN = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r}); "
    "from embedded_cloud.existing.played.workers import serve; serve(int(sys.argv[1]))"
)
# What the tool's own programs import (the server's modules import the rest).
IMPORTED = ("base64", "ctypes", "difflib", "fcntl", "glob", "hashlib", "io", "platform", "tempfile", "types")
MOST_BYTES = 128 * 1024
STREAMS = 3  # standard input and output in one, standard error, and the exit status
KILLED = 137


def start() -> socket.socket:
    """Start the process that is forked. Returns the connection to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(
            [sys.executable, "-I", "-c", BEGIN, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    return ours


def ask(
    connection: socket.socket, folder: Path, what: dict[str, Any], environ: dict[str, str]
) -> tuple[socket.socket, ...]:
    """Begin a process: the connections to its input and output, its errors, and its status, one byte at its end."""
    pairs = [socket.socketpair() for _ in range(STREAMS)]
    request = json.dumps({"folder": str(folder), "what": what, "environ": environ}).encode()
    socket.send_fds(connection, [request], [theirs.fileno() for _, theirs in pairs])
    for _, theirs in pairs:
        theirs.close()
    return tuple(ours for ours, _ in pairs)


def serve(number: int) -> None:
    """Fork for each request on this descriptor, until the other side has gone."""
    for name in IMPORTED:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    os.umask(0o022)
    with socket.socket(fileno=number) as connection:
        while True:
            text, files, _, _ = socket.recv_fds(connection, MOST_BYTES, STREAMS)
            if not text:
                return
            if os.fork() == 0:
                connection.close()
                _work(json.loads(text), *files)
            for each in files:
                os.close(each)


def _work(request: dict[str, Any], both: int, errors: int, ended: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for source, target in ((both, 0), (both, 1), (errors, 2)):
        os.dup2(source, target)
    # Kept under both names: a program may put another reader in front of the buffer, which would be closed.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(request["environ"])
    status = 1
    try:
        status = run(Path(request["folder"]), request["what"])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # as the interpreter itself would end
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(ended, bytes([status & 0xFF]))
    finally:
        os._exit(status & 0xFF)

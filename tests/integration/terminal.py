"""The tool at a terminal, as a person has it."""

from __future__ import annotations

import os
import pty
import select
import signal
import time

MOST_SHOWN = 2000


class Terminal:
    """The tool at a terminal of its own, as with `docker run -it`."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.execve(command[0], command, environment)  # noqa: S606
        self.shown = ""

    def until(self, text: str, seconds: float = 30) -> None:
        """Read until the screen has shown `text`."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < end, self.shown[-MOST_SHOWN:]
            if select.select([self.screen], [], [], 0.1)[0] and not self._read():
                break
        assert text in self.shown, self.shown[-MOST_SHOWN:]

    def type(self, keys: bytes) -> None:
        os.write(self.screen, keys)

    def ended(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        _, status = os.waitpid(self.process, 0)
        self.process = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.screen)

    def _read(self) -> bool:
        try:
            read = os.read(self.screen, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)

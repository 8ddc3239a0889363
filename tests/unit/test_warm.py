"""A fork of the stem is to its command what a process of its own would be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.standin import install
from embedded_cloud.standin.serve import _COOKIE
from tests.warm import Stem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TELLS = """
import os, sys, tempfile
own = os.environ.get("OWN"), os.environ.get("HOME")
print(sys.argv[1:], *own, tempfile.gettempdir(), __name__, "asyncssh" in sys.modules)
print(sys.stdin.read() or "nothing", file=sys.stderr)
raise SystemExit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def stem() -> Iterator[Stem]:
    started = Stem()
    yield started
    started.close()


@pytest.fixture
def script(tmp_path: Path) -> str:
    (tmp_path / "tells.py").write_text(TELLS)
    return str(tmp_path / "tells.py")


def test_it_has_arguments_environment_streams_and_an_exit_code(stem: Stem, script: str, tmp_path: Path) -> None:
    own = {"OWN": "ä", "TMPDIR": str(tmp_path)}
    ran = stem.run([sys.executable, script, "7", "x"], own, stdin=subprocess.DEVNULL)
    told = f"['7', 'x'] ä None {tmp_path} __main__ True\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (7, told, "nothing\n")


def test_who_sets_what_is_read_at_the_start_gets_a_process_from_the_beginning(stem: Stem, script: str) -> None:
    ran = stem.run([sys.executable, script, "0"], {"PYTHONUNBUFFERED": "1"}, stdin=subprocess.DEVNULL)
    assert ran.stdout.endswith("__main__ False\n")


def test_a_traceback_is_shown_and_ends_with_1(stem: Stem, script: str) -> None:
    ran = stem.run([sys.executable, script, "none"], {}, stdin=subprocess.DEVNULL)
    assert ran.returncode == 1
    assert "ValueError: invalid literal" in ran.stderr


def test_one_that_takes_too_long_is_killed(stem: Stem, tmp_path: Path) -> None:
    (tmp_path / "sleeps.py").write_text("import time\ntime.sleep(60)\n")
    with pytest.raises(subprocess.TimeoutExpired):
        stem.run([sys.executable, str(tmp_path / "sleeps.py")], {}, timeout=0.2)


def test_one_that_is_started_has_a_pid_and_a_session_of_its_own(stem: Stem, tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.01)\n")
    with (tmp_path / "log").open("wb") as log:
        started = stem.start(
            [sys.executable, "waits.py"], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=log, start_new_session=True
        )
    assert started.poll() is None
    deadline = time.monotonic() + 10
    while os.getsid(started.pid) != started.pid and time.monotonic() < deadline:
        time.sleep(0.01)  # the fork sets it, once it runs
    assert os.getsid(started.pid) == started.pid
    (tmp_path / "go").touch()
    assert started.wait(10) == 0
    assert started.poll() == 0


def test_a_provider_is_forked_and_goes_when_terraform_is_killed(stem: Stem, tmp_path: Path) -> None:
    stem.provide(tmp_path / "providers")
    (launcher,) = (path for path in install(tmp_path / "providers", "google").rglob("*") if path.is_file())
    environ = {**os.environ, _COOKIE[0]: _COOKIE[1], "PLUGIN_UNIX_SOCKET_DIR": str(tmp_path), "LAUNCHER": str(launcher)}
    terraform = subprocess.Popen(["sh", "-c", '"$LAUNCHER" & wait'], env=environ, stdout=subprocess.PIPE, text=True)
    assert terraform.stdout is not None
    assert terraform.stdout.readline().startswith("1|6|unix|")
    (sockets,) = tmp_path.glob("standin*")
    terraform.kill()
    terraform.wait()
    deadline = time.monotonic() + 10
    while sockets.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not sockets.exists()

"""The first moments of a run, and the streams that it is given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENTRYPOINT = Path(__file__).parents[2] / "entrypoint.py"
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
# an import that a signal finds the run in, as a slow disk makes it
SLOW = "import sys, runpy, time; sys.argv = ['entrypoint.py', 'Create']\n"
SLOW += "class Slow:\n"
SLOW += "    def find_spec(self, name, *_):\n"
SLOW += "        if name == 'cluster_provision':\n"
SLOW += "            print('importing', file=sys.stderr, flush=True); time.sleep(20)\n"
SLOW += "sys.meta_path.insert(0, Slow())\n"
SLOW += f"runpy.run_path({str(ENTRYPOINT)!r}, run_name='__main__')"
FIRST = ("unshare", "--map-root-user", "--pid", "--fork", "--mount-proc")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_before_all_is_imported_ends_the_run_with_its_code(number: signal.Signals, hangup_heard: None) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLOW], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "importing\n"
    process.send_signal(number)
    told = process.communicate(timeout=15)[1]
    assert process.returncode == 128 + number
    assert f"stopped by {number.name}" in told and "Traceback" not in told


def test_so_it_does_as_the_first_process_of_a_container() -> None:
    if subprocess.run([*FIRST, "true"], check=False, capture_output=True).returncode:
        pytest.skip("processes can't have numbers of their own here")
    process = subprocess.Popen([*FIRST, sys.executable, "-c", SLOW], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "importing\n"
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    began = time.monotonic()
    os.kill(int(child), signal.SIGTERM)
    told = process.communicate(timeout=15)[1]
    assert process.returncode == 143 and "stopped by SIGTERM" in told
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("arguments", ["--help", "--version"])
@pytest.mark.parametrize(("where", "told"), [(">/dev/full", "No space left"), (">&-", "standard output is closed")])
def test_what_is_shown_and_cannot_be_written_has_an_exit_code(arguments: str, where: str, told: str) -> None:
    command = f'exec "{sys.executable}" "{ENTRYPOINT}" {arguments} {where}'
    said = subprocess.run(["/bin/sh", "-c", command], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True, check=False)
    assert said.returncode == 17
    assert told in said.stderr and "Traceback" not in said.stderr

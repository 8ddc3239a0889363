"""Signals of a run that cleans up after itself."""

import os
import signal
import subprocess
import sys
import time

import pytest

from cluster_provision import interruption
from cluster_provision.errors import Interrupted
from cluster_provision.interruption import INSIST_SECONDS, Interruption


def test_what_follows_a_signal_at_once_changes_nothing_once_it_is_forgiven() -> None:
    said: list[str] = []
    with Interruption(said.append).handled() as run:
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGINT)
        run.forgive()
        os.kill(os.getpid(), signal.SIGINT)
        assert run.received == 0
    assert "Already stopping" in said[0]


def test_a_signal_long_after_stops_the_clean_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with Interruption().handled() as run:
        run.forgive()
        later = time.monotonic() + INSIST_SECONDS + 1
        monkeypatch.setattr(interruption.time, "monotonic", lambda: later)
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), signal.SIGTERM)
        assert run.received == signal.SIGTERM


def test_a_run_that_was_started_with_nohup_outlives_its_terminal() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption().handled() as run:
            os.kill(os.getpid(), signal.SIGHUP)
            assert run.received == 0
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)


def test_a_signal_does_not_reach_a_program_that_is_stopped_already() -> None:
    counting = "import signal, sys, time\nheard = []\nsignal.signal(signal.SIGINT, lambda *_: heard.append(1))\n"
    counting += "print('there', flush=True)\nwhile not heard: time.sleep(0.01)\ntime.sleep(0.5)\nsys.exit(len(heard))"

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", counting], stdout=subprocess.PIPE, text=True)

    with Interruption().handled() as run, pytest.raises(Interrupted), run.forwarded_to(start) as process:
        assert process.stdout is not None
        process.stdout.readline()
        run.stop()
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        process.stdout.read()
        process.wait()
    assert process.returncode == 1


def test_a_second_signal_at_once_does_not_interrupt_what_the_first_one_began(monkeypatch: pytest.MonkeyPatch) -> None:
    with Interruption().handled() as run:
        with pytest.raises(Interrupted, match="SIGINT"):
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)  # before anybody could forgive the first
        assert run.received == signal.SIGINT
        later = time.monotonic() + INSIST_SECONDS + 1
        monkeypatch.setattr(interruption.time, "monotonic", lambda: later)
        with pytest.raises(Interrupted, match="SIGTERM"):
            os.kill(os.getpid(), signal.SIGTERM)

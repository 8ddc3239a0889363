"""Terraform is followed, stopped gracefully and limited in time."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cluster_provision.errors import Interrupted
from cluster_provision.interruption import Interruption
from cluster_provision.terraform.stream import FLAG, TimedOut, stream

PROJECT = Path(__file__).resolve().parents[3]
TERRAFORM = shutil.which("terraform") or "terraform"
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "CHECKPOINT_DISABLE": "1"}


def run(program: str, folder: Path, command: str, *arguments: str, **options: object) -> tuple[int, list[dict]]:
    events: list[dict] = []
    with Interruption().handled() as interruption:
        status = stream(program, folder, ENVIRONMENT, interruption, events.append, command, *arguments, **options)
    return status, events


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text('resource "terraform_data" "a" {\n  input = 1\n}\n')
    assert run(TERRAFORM, tmp_path, "init", input=False)[0] == 0
    return tmp_path


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_events_of_a_real_apply_arrive(module: Path) -> None:
    status, events = run(TERRAFORM, module, "apply", auto_approve=True, input=False)
    assert status == 0
    assert [e["changes"]["add"] for e in events if e["type"] == "change_summary"][-1] == 1


@pytest.mark.parametrize("name", ["terraform.tfstate", ".terraform/terraform.tfstate"])
def test_a_state_file_that_a_killed_run_left_half_written_is_left_to_terraform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".terraform").mkdir()
    (tmp_path / name).write_text('{"version": ')
    program = script(tmp_path, 'echo "asked for $*"')
    _, events = run(program, tmp_path, "init", backend=False, reconfigure=FLAG)
    assert events[0]["@message"] == "asked for init -json -backend=false -reconfigure"


def test_lines_that_are_no_json_are_kept(tmp_path: Path) -> None:
    _, events = run(script(tmp_path, "echo 'panic: oh'"), tmp_path, "apply")
    assert events == [{"type": "raw", "@level": "info", "@message": "panic: oh"}]


def test_texts_are_terraforms_own_whatever_this_machines_language(tmp_path: Path) -> None:
    program = script(tmp_path, "[[ $1 == state ]] && cat || echo 'Zürich'")
    asking = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from cluster_provision.interruption import Interruption\n"
        "from cluster_provision.terraform.stream import capture, stream\n"
        "terraform = (sys.argv[1], Path(sys.argv[1]).parent, dict(os.environ), Interruption())\n"
        "events = []\n"
        "stream(*terraform, events.append, 'apply')\n"
        "_, printed, _ = capture(*terraform, 'state push', '-', told='Z\\u00fcrich')\n"
        "print(ascii((events[0]['@message'], printed)))\n"
    )
    of_ascii = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", asking, program]
    said = subprocess.run(command, env={**ENVIRONMENT, **of_ascii}, capture_output=True, text=True, check=True)
    assert said.stdout == "('Z\\xfcrich', 'Z\\xfcrich')\n"


def test_a_process_that_ignores_sigterm_is_killed_at_its_limit(tmp_path: Path) -> None:
    program = script(tmp_path, "trap '' TERM INT\nwhile true; do sleep 0.05; done")
    with pytest.raises(TimedOut):
        run(program, tmp_path, "init", limit_seconds=0.3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_terraform_as_a_graceful_stop(
    tmp_path: Path, number: signal.Signals, hangup_heard: None
) -> None:
    program = script(
        tmp_path,
        "trap 'echo saved; exit 1' INT\necho started\nfor i in $(seq 200); do sleep 0.05; done",
    )
    seen: list[str] = []

    def on_event(event: dict) -> None:
        seen.append(event["@message"])
        if event["@message"] == "started":
            threading.Timer(0.05, os.kill, (os.getpid(), number)).start()

    with pytest.raises(Interrupted) as caught, Interruption().handled() as interruption:
        stream(program, tmp_path, ENVIRONMENT, interruption, on_event, "apply")
    assert seen[-1] == "saved"
    assert caught.value.signal_number == number


def test_signals_that_follow_at_once_do_not_make_terraform_drop_everything(tmp_path: Path) -> None:
    program = script(
        tmp_path, "n=0; trap 'n=$((n+1))' INT\necho started\nfor i in $(seq 20); do sleep 0.05; done\necho $n"
    )
    seen: list[str] = []

    def on_event(event: dict) -> None:
        seen.append(event["@message"])
        if event["@message"] == "started":
            for delay, number in ((0.05, signal.SIGINT), (0.3, signal.SIGTERM), (0.4, signal.SIGTERM)):
                threading.Timer(delay, os.kill, (os.getpid(), number)).start()

    said: list[str] = []
    with pytest.raises(Interrupted) as caught, Interruption(said.append).handled() as interruption:
        stream(program, tmp_path, ENVIRONMENT, interruption, on_event, "apply")
    assert seen[-1] == "1"
    assert caught.value.signal_number == signal.SIGINT
    assert len(said) == 1


def test_a_signal_during_the_start_leaves_no_process_behind() -> None:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        child = subprocess.Popen(["sleep", "60"], text=True)
        started.append(child)
        os.kill(os.getpid(), signal.SIGTERM)
        return child

    with (
        pytest.raises(Interrupted),
        Interruption().handled() as interruption,
        interruption.forwarded_to(start) as child,
    ):
        child.wait()
    assert started[0].returncode == -signal.SIGINT


def test_a_signal_between_two_processes_ends_the_run() -> None:
    with pytest.raises(Interrupted), Interruption().handled():
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()

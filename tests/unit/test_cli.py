"""The command line: exit codes, one message, nothing but the result on stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cluster_provision.cli import Shown
from cluster_provision.errors import MachineError
from cluster_provision.result import Result
from cluster_provision.settings.declared.action import TITLES

PROJECT = Path(__file__).resolve().parents[2]
GOOD = {"PROJECT_ID": "my-project-1", "NAME_PREFIX": "demo", "ZONE": "us-central1-a"}


def tool(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    passed = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    environment = {**passed, "HOME": "/nonexistent", "NO_GCE_CHECK": "true", **settings}
    command = [sys.executable, str(PROJECT / "entrypoint.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd="/")


def test_help_needs_no_settings_and_names_every_action() -> None:
    said = tool("--help")
    assert said.returncode == 0
    assert all(f"  {title} " in said.stdout for title in TITLES.values())


def test_every_bad_setting_is_named_at_once_with_its_value() -> None:
    said = tool("Create", PROJECT_ID="BAD!", INSTANCE_COUNT="many", ZONE="nowhere")
    assert said.returncode == 2
    assert all(part in said.stderr for part in ("PROJECT_ID", "BAD!", "INSTANCE_COUNT", "many", "ZONE", "NAME_PREFIX"))
    assert said.stdout == ""


def test_a_warning_of_the_settings_is_told_as_one_and_a_note_as_a_note() -> None:
    place = {"CLOUD": "azure", "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001", "LOCATION": "eastus"}
    said = tool("Status", **place, NAME_PREFIX="demo", ALLOWED_CIDRS="0.0.0.0/0", SKU="Standard_ND999_new")
    lines = said.stderr.splitlines()
    assert said.returncode == 10
    assert [line.partition(":")[0] for line in lines[:2]] == ["Note", "Warning"]
    assert not any("Note: Warning" in line for line in lines)


def test_an_unknown_action_is_told_with_the_others_and_without_blaming_the_env_file() -> None:
    said = tool("Explode", **GOOD)
    assert said.returncode == 2
    assert "Destroy" in said.stderr
    assert "env file" not in said.stderr


@pytest.mark.parametrize(("word", "meant"), [("Creat", "Create"), ("delete", "Destroy"), ("ssh", "Connect")])
def test_a_wrong_action_comes_with_the_nearest_one(word: str, meant: str) -> None:
    assert f"did you mean {meant}?" in tool(word, **GOOD).stderr


def test_no_action_shows_how_the_tool_is_called() -> None:
    said = tool(**GOOD)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == tool("--help").stdout


def test_with_json_no_action_and_a_wrong_option_are_one_object_on_stdout() -> None:
    for arguments in ((), ("--frobnicate",), ("Explode",)):
        said = tool(*arguments, OUTPUT="json", **GOOD)
        result = json.loads(said.stdout)
        assert (result["action"], result["error"]["exit_code"], said.returncode) == ("", 2, 2)


def test_an_unknown_option_is_a_usage_error() -> None:
    said = tool("--frobnicate")
    assert said.returncode == 2
    assert "--frobnicate" in said.stderr


@pytest.mark.parametrize("arguments", [("Docs", "exit-codes"), ("Init", "gcp", "slurm")])
def test_documents_and_env_files_are_shown_without_any_settings(arguments: tuple[str, ...]) -> None:
    said = tool(*arguments)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("# ")


def test_a_message_says_how_to_read_the_page_that_it_names() -> None:
    settings = {**GOOD, "GOOGLE_APPLICATION_CREDENTIALS": "/nonexistent/key.json"}
    assert "`Docs authentication`" in tool("Status", **settings).stderr
    said = tool("Status", **settings, DOCS_URL="https://example.com/docs")
    assert "https://example.com/docs/authentication.md" in said.stderr
    assert "`Docs" not in said.stderr


def test_what_follows_the_action_is_the_action_s_own_options_too() -> None:
    assert "takes no argument, but -L two is given" in tool("Create", "-L", "two", **GOOD).stderr
    said = tool("Run", "nvidia-smi", "-L", **GOOD)
    assert "No such option" not in said.stderr
    assert "needs an argument" not in said.stderr


def test_help_may_be_asked_for_behind_the_action() -> None:
    said = tool("Run", "--help")
    assert (said.returncode, said.stdout) == (0, tool("--help").stdout)


def test_with_json_a_failure_is_one_object_on_stdout() -> None:
    said = tool("Create", OUTPUT="json", NAME_PREFIX="demo")
    result = json.loads(said.stdout)
    assert result["schema"] == 1
    assert result["ok"] is False
    assert result["action"] == "create"
    assert result["error"]["class"] == "SettingsError"
    assert result["error"]["exit_code"] == said.returncode == 2


def test_without_credentials_one_message_says_how_to_get_them() -> None:
    said = tool("Create", **GOOD)
    assert said.returncode == 10
    assert "gcloud auth application-default login" in said.stderr
    assert "Traceback" not in said.stderr


def test_credentials_that_can_not_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text("{}")
    said = tool("Plan", **GOOD, GOOGLE_APPLICATION_CREDENTIALS=str(tmp_path / "key.json"))
    assert said.returncode == 10
    assert "key.json" in said.stderr


def test_a_defect_gives_one_line_and_a_log_and_no_traceback_or_secret(tmp_path: Path) -> None:
    broken = (
        "import sys\n"
        f"sys.path.insert(0, {str(PROJECT)!r})\n"
        "import cluster_provision.settings as settings\n"
        "import os\n"
        "def explode(*_): raise RuntimeError('boom of ' + os.environ['ARM_CLIENT_SECRET'])\n"
        "settings.load = explode\n"
        "from cluster_provision.cli import run_action\n"
        "sys.exit(run_action('plan'))\n"
    )
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "ARM_CLIENT_SECRET": "s3cret~value"}
    command = [sys.executable, "-c", broken]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "RuntimeError: boom of (not shown)" in said.stderr
    assert "Traceback" not in said.stderr
    (log,) = tmp_path.glob("cluster-provision-error-*.log")
    assert "Traceback" in log.read_text()
    assert "s3cret~value" not in log.read_text()
    assert str(log) in said.stderr


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("there", ["nobody reads it", "disk full", "closed"])
def test_a_stream_that_leads_nowhere_changes_no_exit_code(stream: str, output: str, there: str) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "OUTPUT": output}
    other = {"stdout": "stderr", "stderr": "stdout"}[stream]
    if there == "disk full":
        nowhere = os.open("/dev/full", os.O_WRONLY)
    else:
        reading, nowhere = os.pipe()
        os.close(reading)
    closing = f"{1 if stream == 'stdout' else 2}>&-" if there == "closed" else ""
    command = f'exec "{sys.executable}" "{PROJECT / "entrypoint.py"}" Create {closing}'
    streams: dict[str, Any] = {stream: nowhere, other: subprocess.PIPE}
    said = subprocess.run(["/bin/sh", "-c", command], env=environment, text=True, check=False, **streams)
    os.close(nowhere)
    assert said.returncode == 2
    assert "Traceback" not in (getattr(said, other) or "")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_result_for_a_closed_stdout_is_told_with_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, *, as_json: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(MachineError, match="standard output is closed"):
        Shown(Result("status"), as_json=as_json)("ready")


def test_an_env_file_is_read_as_docker_reads_it_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "demo.list"
    file.write_text("# a cluster\nPROJECT_ID=BAD!\nINSTANCE_COUNT=many\nNAME_PREFIX=demo\nZONE=us-central1-a\n")
    said = tool("Validate", ENV_FILE=str(file), INSTANCE_COUNT="few")
    assert said.returncode == 2
    assert all(part in said.stderr for part in ("BAD!", "few")) and "many" not in said.stderr


def test_an_env_file_that_docker_would_refuse_is_refused_with_every_line(tmp_path: Path) -> None:
    file = tmp_path / "demo.list"
    file.write_text("export ZONE=a\n=b\n")
    said = tool("Validate", ENV_FILE=str(file), OUTPUT="json")
    assert said.returncode == 2
    told = json.loads(said.stdout)["error"]["message"]
    assert "line 1" in told and "line 2" in told
    missing = tool("Validate", ENV_FILE=str(tmp_path / "none"))
    assert (missing.returncode, "can't be read" in missing.stderr) == (2, True)

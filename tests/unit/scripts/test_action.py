"""action.yml's scripts: how the tool is run, what becomes of its result, and what a cancelled run does."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[3]
RUN, COMMENT = (PROJECT / "scripts/action" / name for name in ("run.sh", "comment.sh"))
RESULT: dict[str, Any] = {
    "action": "create",
    "ok": True,
    "rehearsal": False,
    "cluster": {"name": "demo", "label": "abc123"},
    "state": {"uri": "gs://b/demo"},
    "changes": {"add": 3, "change": 0, "destroy": 0},
    "price": {"hourly": 1.5, "currency": "USD", "at_most": True, "of": []},
    "plan": [{"action": "create", "kind": "google_compute_network", "name": "module.network.x[0]"}],
    "nodes": [{"name": "demo-1", "zone": "z", "address": "10.0.0.2", "status": "ready", "health": "healthy"}],
    "connection": {"private_key": "-----BEGIN-----\nsecret\n"},
    "checks": [{"name": "quota", "status": "unknown", "detail": "a | b\nc"}],
    "steps": [{"name": "lock", "status": "ok", "seconds": 1.5}],
    "error": None,
}
DOCKER = """#!/bin/bash
printf '%s\\n' "$*" >>"$CALLS"
case "$1" in
  run)
    cat "$(sed -n 's/.*--env-file \\([^ ]*more.list\\).*/\\1/p' <<<"$*")" >>"$CALLS"
    [[ -z "$LASTS" ]] || { echo $$ >"$CALLS.pid"; trap 'kill $!; exit 143' TERM; sleep "$LASTS" & wait $!; }
    echo "a line of the log" >&2
    cat "$RESULT"
    read -r code <"$CODES"; sed -i 1d "$CODES"; exit "$code" ;;
  stop) kill -TERM "$(cat "$CALLS.pid")" ;;
esac
"""


@dataclass
class Job:
    """A job in a folder of its own: `codes` are what the runs of the tool end with, one after the other."""

    folder: Path

    def start(self, *codes: int, result: Any = RESULT, lasts: str = "", **given: str) -> subprocess.Popen[str]:
        (self.folder / "bin").mkdir(exist_ok=True)
        docker = self.folder / "bin/docker"
        docker.write_text(DOCKER)
        docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
        (self.folder / "codes").write_text("".join(f"{code}\n" for code in codes))
        (self.folder / "result").write_text(result if isinstance(result, str) else json.dumps(result))
        environment = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_RUN_ID": "7",
            "CALLS": str(self.folder / "calls"),
            "CODES": str(self.folder / "codes"),
            "RESULT": str(self.folder / "result"),
            "LASTS": lasts,
            "CP_ACTION": "Create",
            "CP_ENV_FILE": "clusters/demo.list",
            "CP_IMAGE": "image@sha256:1",
            **given,
        }
        return subprocess.Popen(
            [RUN], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def run(self, *codes: int, **given: Any) -> tuple[int, str]:
        process = self.start(*codes, **given)
        out, _ = process.communicate(timeout=30)
        return process.returncode, out

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.folder / "output").read_text().splitlines())

    @property
    def calls(self) -> str:
        return (self.folder / "calls").read_text()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_the_result_becomes_outputs_and_a_summary_and_the_key_is_masked(job: Job) -> None:
    code, out = job.run(0)
    assert code == 0
    found = job.outputs
    wanted = {"exit-code": "0", "ok": "true", "error-class": "", "label": "abc123", "state-uri": "gs://b/demo"}
    assert wanted.items() <= found.items()
    assert (json.loads(found["nodes"])[0]["name"], found["hourly-price"]) == ("demo-1", "1.5")
    assert json.loads(found["changes"]) == RESULT["changes"]
    assert json.loads(Path(found["result"]).read_text()) == RESULT
    assert "::group::cluster-provision Create\n" in out and "::endgroup::\n" in out
    assert "::add-mask::secret\n" in out
    text = (job.folder / "summary").read_text()
    assert text.startswith("<!-- cluster-provision:demo -->\n### ✅ create demo\n")
    assert "**3** to add, **0** to change, **0** to destroy" in text and "**1.5 USD an hour** at most" in text
    assert "| create | google\\_compute\\_network | module.network.x\\[0\\] |" in text
    assert "secret" not in text and (Path(found["folder"]) / "kept/log.txt").read_text() == "a line of the log\n"


def test_values_are_handed_on_by_name_and_the_further_lines_in_a_file_that_goes(job: Job) -> None:
    secrets = {"ARM_CLIENT_SECRET": "s~1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t~1"}
    job.run(0, CP_ENV="ZONE=z\nINSTANCE_COUNT=4", GOOGLE_APPLICATION_CREDENTIALS="/tmp/wif.json", **secrets)
    line = job.calls.splitlines()[0]
    assert "--env-file clusters/demo.list --env-file" in line and line.endswith("image@sha256:1 Create")
    assert "-e ARM_CLIENT_SECRET" in line and "s~1" not in job.calls and "t~1" not in job.calls
    assert "-v /tmp/wif.json:/run/google.json:ro -e GOOGLE_APPLICATION_CREDENTIALS=/run/google.json" in line
    assert job.calls.splitlines()[1:] == ["ZONE=z", "INSTANCE_COUNT=4"]
    assert not list(job.folder.rglob("more.list"))


def test_a_failure_is_an_annotation_and_its_code_the_jobs(job: Job) -> None:
    error = {"class": "QuotaError", "message": "no\nroom 50%", "advice": "ask", "exit_code": 12}
    code, out = job.run(12, result={**RESULT, "ok": False, "error": error})
    assert code == 12
    assert "::error title=QuotaError::no%0Aroom 50%25\n" in out
    assert (job.outputs["exit-code"], job.outputs["error-class"]) == ("12", "QuotaError")


def test_without_a_result_that_is_said(job: Job) -> None:
    code, out = job.run(125, result="")
    assert code == 125 and "::error title=cluster-provision::The run ended with 125 and gave no result" in out
    assert job.outputs["exit-code"] == "125"


@pytest.mark.parametrize(
    ("codes", "retries", "ends", "runs"),
    [((13, 15, 0), "3", 0, 3), ((13, 13), "1", 13, 2), ((12, 0), "3", 12, 1)],
)
def test_it_is_tried_again_after_the_codes_that_were_named(
    job: Job, codes: tuple[int, ...], retries: str, ends: int, runs: int
) -> None:
    code, _ = job.run(*codes, CP_RETRY_ON="13 15", CP_RETRIES=retries, CP_RETRY_WAIT="0")
    assert (code, job.calls.count("image@sha256:1 Create")) == (ends, runs)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_cancelled_it_stops_the_tool_once_and_waits_for_its_end(job: Job, number: signal.Signals) -> None:
    process = job.start(0, lasts="60", CP_RETRY_ON="143", CP_RETRIES="3", CP_STOP_TIMEOUT="900")
    until = time.monotonic() + 20
    while not (job.folder / "calls.pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 143
    assert "stop --time 900 cluster-provision-7-0-" in job.calls
    assert job.calls.count("image@sha256:1 Create") == 1


def test_what_comes_from_outside_breaks_out_of_no_cell_and_no_block(job: Job) -> None:
    nasty = "x|y`<img src=a>`\n\n# [l](http://e) @all"
    error = {"class": "X", "message": f"```\n{nasty}", "advice": "", "exit_code": 1}
    job.run(
        1, result={**RESULT, "ok": False, "error": error, "checks": [{"name": nasty, "status": "ok", "detail": nasty}]}
    )
    text = (job.folder / "summary").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| x")]
    assert row.count(" | ") == 2
    assert "\\<img src=a\\>" in row and "\\[l\\](" in row and "\\@all" in row
    assert text.count("```") == 2


def test_a_thousand_nodes_are_counted_and_not_all_listed(job: Job) -> None:
    job.run(0, result={**RESULT, "nodes": RESULT["nodes"] * 1000})
    text = (job.folder / "summary").read_text()
    assert "Nodes: 1000, 1000 ready" in text and "| and 800 more |" in text
    assert len(json.loads(job.outputs["nodes"])) == 1000


@pytest.mark.parametrize("old", ["", "9"])
def test_the_comment_is_written_anew_in_its_place(tmp_path: Path, old: str) -> None:
    gh, summary = tmp_path / "gh", tmp_path / "summary.md"
    gh.write_text(f'#!/bin/bash\nif [[ "$*" == *--paginate* ]]; then echo "$OLD"; fi; echo "$*" >>{tmp_path}/calls\n')
    gh.chmod(0o755)
    summary.write_text("<!-- cluster-provision:demo -->\nnew `text`\n")
    given = {"CP_PULL": "5", "GITHUB_REPOSITORY": "o/r", "GH_TOKEN": "t", "CP_SUMMARY": str(summary), "OLD": old}
    subprocess.run([COMMENT], env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **given}, check=True)
    look, write = (tmp_path / "calls").read_text().splitlines()
    assert 'select(.user.type == "Bot" and (.body | startswith("<!-- cluster-provision:demo -->")))' in look
    where = f"PATCH repos/o/r/issues/comments/{old}" if old else "POST repos/o/r/issues/5/comments"
    assert write == f"api --silent --method {where} -F body=@{summary}"


def test_every_input_reaches_the_scripts_as_a_value_and_none_as_code() -> None:
    action = yaml.safe_load((PROJECT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
    used = json.dumps(steps)
    assert [name for name in action["inputs"] if f"inputs.{name}" not in used] == []
    given = {value for step in steps for value in step.get("env", {})}
    scripts = RUN.read_text() + COMMENT.read_text() + json.dumps([step.get("run", "") for step in steps])
    assert [name for name in given if name not in scripts] == []
    assert all("@" not in step.get("uses", "") or len(step["uses"].partition("@")[2]) == 40 for step in steps)

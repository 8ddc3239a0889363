"""The commands of docs/pipelines.md and the action's script, run on the image as each system runs them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs/pipelines.md").read_text()
EXAMPLES = dict(re.findall(r"^```(?:yaml|groovy)\n(?:#|//) (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
RUN_SECONDS = 120


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with the env file that the examples name."""
    (tmp_path / "clusters").mkdir()
    quick = (PROJECT / "examples/gcp-quickstart.list").read_text()
    (tmp_path / "clusters/train.list").write_text(f"{quick}\nREHEARSE=plan\n")
    return tmp_path


def result_of(workspace: Path, command: list[str], **environment: str) -> dict[str, Any]:
    """What result.json holds after the command, which has to go well."""
    given = {**os.environ, **environment}
    done = subprocess.run(
        command, cwd=workspace, env=given, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((workspace / "result.json").read_text())
    return found


def in_the_image(images: tuple[str, str], workspace: Path, *options: str) -> list[str]:
    client, image = images
    return [client, "run", "--rm", "-v", f"{workspace}:/work", "-w", "/work", *options, image]


def is_a_plan(result: dict[str, Any]) -> bool:
    return bool(result["ok"] and result["rehearsal"] and result["action"] == "plan" and result["changes"]["add"] > 3)


def test_gitlabs_script(images: tuple[str, str], workspace: Path) -> None:
    found = yaml.safe_load(EXAMPLES[".gitlab-ci.yml"])
    script = "\n".join(["set -eu", *found[".cluster"]["script"]])
    given = found[".cluster"]["variables"] | found["plan"]["variables"]
    options = [f"-e{name}={value}" for name, value in given.items() if name != "GOOGLE_APPLICATION_CREDENTIALS"]
    command = in_the_image(images, workspace, "--entrypoint", "", *options, "-eGCP_TOKEN=jwt")
    assert is_a_plan(result_of(workspace, [*command, "sh", "-c", script]))


def test_cloud_builds_step(images: tuple[str, str], workspace: Path) -> None:
    found = yaml.safe_load(EXAMPLES["cloudbuild.yaml"])
    (step,) = found["steps"]
    values = {"BUILD_ID": "b-1", **found["substitutions"]}
    arguments = [re.sub(r"\$(_?[A-Z_]+)", lambda name: values[name[1]], each) for each in step["args"]]
    options = [f"-e{each.replace('$BUILD_ID', 'b-1')}" for each in step["env"]]
    command = in_the_image(images, workspace, "--entrypoint", step["entrypoint"], *options)
    assert is_a_plan(result_of(workspace, [*command, *arguments]))


def test_jenkins_command(images: tuple[str, str], workspace: Path) -> None:
    (script,) = re.findall(r"sh '''(.*?)'''", EXAMPLES["Jenkinsfile"], re.DOTALL)
    client, image = images
    script = script.replace("registry.example.com/cluster-provision:0.1.0", image).replace(
        "docker run", f"{client} run"
    )
    (workspace / "key.json").write_text("{}")
    given = {"GOOGLE_KEY": str(workspace / "key.json"), "CLUSTER_ACTION": "Plan", "BUILD_URL": "https://ci/1"}
    assert is_a_plan(result_of(workspace, ["bash", "-euc", script], **given))


def test_argos_container(images: tuple[str, str], workspace: Path) -> None:
    found = yaml.safe_load(EXAMPLES["argo.yaml"])["spec"]
    container = found["templates"][0]["container"]
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    closed = ("--read-only", "--security-opt", "no-new-privileges", "--cap-drop", "ALL", "--tmpfs", "/tmp:exec")
    user = str(found["securityContext"]["runAsUser"])
    options = [f"-e{each['name']}={each['value']}" for each in container["env"]]
    client, image = images
    command = [client, "run", "--rm", "--user", user, *closed, "--env-file", "clusters/train.list", *options, image]
    arguments = [each.replace("{{workflow.parameters.action}}", "Plan") for each in container["args"]]
    assert is_a_plan(result_of(workspace, ["bash", "-c", f"{shlex.join([*command, *arguments])} >result.json"]))


def test_the_actions_script(images: tuple[str, str], workspace: Path) -> None:
    client, image = images
    given = {
        "RUNNER_TEMP": str(workspace),
        "GITHUB_OUTPUT": str(workspace / "output"),
        "GITHUB_STEP_SUMMARY": str(workspace / "summary"),
        "CP_ACTION": "Plan",
        "CP_ENV_FILE": "clusters/train.list",
        "CP_ENV": "INSTANCE_COUNT=3",
        "CP_IMAGE": image,
        "PATH": f"{Path(client).parent}:{os.environ['PATH']}",
    }
    script = f'{PROJECT}/scripts/action/run.sh && cp "$(sed -n s/^result=//p output)" result.json'
    assert is_a_plan(result_of(workspace, ["bash", "-c", script], **given))
    outputs = dict(line.split("=", 1) for line in (workspace / "output").read_text().splitlines())
    assert (outputs["ok"], outputs["exit-code"]) == ("true", "0") and float(outputs["hourly-price"]) > 0
    (report,) = workspace.glob("cluster-provision.*/kept/report.html")
    assert "<html" in report.read_text()
    summary = (workspace / "summary").read_text()
    assert "✅ plan" in summary and "(rehearsed)" in summary and "What changes: " in summary

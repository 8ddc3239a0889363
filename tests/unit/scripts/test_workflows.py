"""What linters don't ask of the workflows: actions pinned by commit, rights and limits for each job, secrets kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[3]
WORKFLOWS = sorted((PROJECT / ".github/workflows").glob("*.yml"))
RENOVATE = json.loads((PROJECT / ".github/renovate.json").read_text())


def jobs(workflow: Path) -> dict[str, Any]:
    return yaml.safe_load(workflow.read_text())["jobs"]


def test_there_are_workflows_to_look_at() -> None:
    assert [each.name for each in WORKFLOWS] == ["release.yml", "tests.yml"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_actions_are_pinned_by_commit_and_name_their_release(workflow: Path) -> None:
    used = [line.strip() for line in workflow.read_text().splitlines() if re.search(r"\buses: (?!\./)", line)]
    assert used
    assert [line for line in used if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_each_job_names_its_rights_and_ends_in_time(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {}
    for job in jobs(workflow).values():
        assert job["permissions"]
        assert "uses" in job or job["timeout-minutes"] <= 60


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda each: each.name)
def test_no_workflow_needs_a_stored_secret(workflow: Path) -> None:
    assert "secrets." not in workflow.read_text()


def test_nothing_is_published_untested_or_before_it_is_scanned() -> None:
    publish = jobs(PROJECT / ".github/workflows/release.yml")["publish"]
    assert publish["needs"] == "tests"
    steps = [str(step) for step in publish["steps"]]
    order = ["images.sh", "scan-action", "publish.sh", "cosign sign", "attest-build-provenance"]
    places = [next(i for i, step in enumerate(steps) if word in step) for word in order]
    assert places == sorted(places)


def test_the_list_that_is_attested_is_the_images_own() -> None:
    steps = jobs(PROJECT / ".github/workflows/release.yml")["publish"]["steps"]
    (taken,) = [step["run"] for step in steps if "--entrypoint cat" in step.get("run", "")]
    (attested,) = [step["run"] for step in steps if "cosign attest" in step.get("run", "")]
    (kept,) = [step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")]
    inside = re.search(r'"\$NAME" (\S+)', taken)
    assert inside
    assert f">{inside[1]}\n" in (PROJECT / "Dockerfile").read_text()
    assert '>"$RUNNER_TEMP/sbom.cdx.json"' in taken
    assert '--predicate "$RUNNER_TEMP/sbom.cdx.json"' in attested
    assert kept == "${{ runner.temp }}/sbom.cdx.json"


def test_renovate_finds_each_base_image_that_no_dockerfile_pins() -> None:
    manager = RENOVATE["customManagers"][0]
    pattern = manager["matchStrings"][0].replace("(?<", "(?P<")
    script = (PROJECT / "scripts/base_images.sh").read_text()
    found = {match["depName"]: match["currentValue"] for match in re.finditer(pattern, script)}
    assert len(re.findall(r"have \w+_IMAGE ", script)) == 4
    assert found.keys() == {"debian"}
    assert script.count('="$(in_dockerfile ') == 2
    assert re.search(manager["managerFilePatterns"][0].strip("/"), "scripts/base_images.sh")


def test_renovate_keeps_the_bases_of_published_images_pinned() -> None:
    (rule,) = [each for each in RENOVATE["packageRules"] if each.get("pinDigests")]
    assert rule["matchFileNames"] == ["Dockerfile"]
    assert "dockerfile" in RENOVATE["enabledManagers"]


def test_renovate_finds_each_file_of_locked_packages() -> None:
    pattern = re.compile(RENOVATE["pip_requirements"]["managerFilePatterns"][0].strip("/"))
    locked = [str(each.relative_to(PROJECT)) for each in (PROJECT / "requirements").glob("*.txt")]
    assert len(locked) >= 4
    assert all(pattern.search(each) for each in locked)

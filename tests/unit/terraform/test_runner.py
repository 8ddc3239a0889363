"""Terraform's commands: an old program is named, a hanging init is cut off."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster_provision.errors import MachineError, ProvisionError, StateLocked, TerraformError, Unreachable
from cluster_provision.interruption import Interruption
from cluster_provision.private import Private
from cluster_provision.result import Changes
from cluster_provision.terraform import runner
from cluster_provision.terraform.dialects.gcp import GOOGLE
from cluster_provision.terraform.log import Log
from cluster_provision.terraform.runner import Terraform

PRIVATE = Private(["hunter2-secret", 'say "hi" ${x}'])
VERSION = '{"type":"version","terraform":"%s","@message":"Terraform"}'


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Terraform]:
    log = Log(tmp_path / "log", PRIVATE)
    with Interruption().handled() as interruption:
        yield Terraform("", tmp_path, {"PATH": os.environ["PATH"]}, interruption, log, PRIVATE, lambda *_: None, GOOGLE)
    log.close()


def says(terraform: Terraform, text: str) -> Terraform:
    program = terraform.folder / "terraform"
    program.write_text(f"#!/bin/bash\n{text}\n")
    program.chmod(0o755)
    terraform.program = str(program)
    return terraform


def test_an_old_terraform_is_refused_with_its_version(made: Terraform) -> None:
    with pytest.raises(MachineError, match=r"1\.5\.7, but 1\.11 or later"):
        says(made, f"echo '{VERSION % '1.5.7'}'").init()


def test_one_too_old_for_our_flags_is_refused_too(made: Terraform) -> None:
    with pytest.raises(MachineError, match="version is unknown"):
        says(made, "echo 'flag provided but not defined: -json'; exit 1").init()


def test_a_recent_one_that_fails_says_why(made: Terraform) -> None:
    failing = f"""echo '{VERSION % "1.11.4"}'
    echo '{{"type":"diagnostic","@message":"m","diagnostic":{{"severity":"error","summary":"bad","detail":"thing"}}}}'
    exit 1"""
    with pytest.raises(TerraformError, match="bad thing"):
        says(made, failing).init()


def test_an_init_that_hangs_is_cut_off(made: Terraform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "INIT_LIMIT_SECONDS", 0.2)
    with pytest.raises(Unreachable, match="did not end"):
        says(made, "trap '' TERM INT\nwhile true; do sleep 0.05; done").init()


def test_private_values_are_not_in_the_error_whatever_form_they_are_quoted_in(made: Terraform) -> None:
    told = ['value: "hunter2-secret"', 'said "say \\"hi\\" ${x}"']
    diagnostics = [{"severity": "error", "summary": "bad", "detail": text} for text in told]
    lines = [json.dumps({"type": "diagnostic", "@message": "m", "diagnostic": d}) for d in diagnostics]
    (made.folder / "events").write_text("\n".join([VERSION % "1.11.4", *lines]))
    with pytest.raises(TerraformError) as caught:
        says(made, f"cat {made.folder}/events; exit 1").init()
    assert "bad" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "hi" not in caught.value.message


def test_colours_and_progress_do_not_hide_the_reason(made: Terraform) -> None:
    text = f"""echo '{VERSION % "1.11.4"}'
    printf '\\033[0m\\033[32mSuccessfully configured the backend!\\033[0m\\n'
    echo '{{"type":"diagnostic","@message":"m","diagnostic":{{"severity":"error","summary":"no such provider"}}}}'
    exit 1"""
    with pytest.raises(TerraformError) as caught:
        says(made, text).init()
    assert "Successfully" not in caught.value.message
    assert "no such provider" in caught.value.message


class Keeper:
    """Notes what it is told, and ends failures as it is to."""

    def __init__(self, ends: ProvisionError | None = None) -> None:
        self.told: list[str] = []
        self.ends = ends

    def begins(self) -> None:
        self.told.append("begins")

    def holds(self) -> None:
        self.told.append("holds")

    def ended(self) -> None:
        self.told.append("ended")

    def failed(self, failure: ProvisionError, named: str, *, went_through: bool) -> ProvisionError | None:
        self.told.append(f"failed {named} {went_through}")
        return self.ends


def test_a_lock_that_an_init_without_an_end_leaves_is_told(made: Terraform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "INIT_LIMIT_SECONDS", 0.2)
    keeper = Keeper(Unreachable("terraform init did not end; a lock is there, which may be this run's own"))
    made.keeper = keeper
    with pytest.raises(Unreachable, match="which may be this run's own"):
        says(made, "exec sleep 60").init()
    assert keeper.told == ["begins", "failed  False"]


PLANNED = '{"type":"change_summary","@message":"m","changes":{"add":2,"change":0,"remove":0,"operation":"plan"}}'


def planned(action: str, kind: str, name: str, mode: str = "") -> str:
    resource = {"addr": f"module.m.{mode}{kind}.{name}", "resource": f"{mode}{kind}.{name}", "resource_type": kind}
    return json.dumps({"type": "planned_change", "@message": "m", "change": {"resource": resource, "action": action}})


def test_a_plan_tells_each_change_and_nothing_of_what_stays_or_is_only_read(made: Terraform) -> None:
    lines = [
        planned("create", "google_compute_network", "net"),
        planned("update", "google_compute_router", "nat"),
        planned("replace", "google_compute_instance", "head"),
        planned("delete", "google_compute_disk", "old"),
        planned("noop", "google_compute_address", "way_in"),
        planned("read", "google_client_config", "own", "data."),
    ]
    (made.folder / "events").write_text("\n".join(lines) + f"\n{PLANNED}\n")
    says(made, f"cat {made.folder}/events").plan()
    assert [(each.action, each.kind, each.name) for each in made.changes] == [
        ("create", "google_compute_network", "module.m.google_compute_network.net"),
        ("change", "google_compute_router", "module.m.google_compute_router.nat"),
        ("replace", "google_compute_instance", "module.m.google_compute_instance.head"),
        ("destroy", "google_compute_disk", "module.m.google_compute_disk.old"),
    ]
    says(made, f"cat {made.folder}/events; exit 1")
    with pytest.raises(TerraformError):
        made.plan()
    assert made.changes == ()


def test_one_that_is_killed_alone_is_told_with_its_signal(made: Terraform) -> None:
    with pytest.raises(TerraformError, match="terraform apply was ended from outside by SIGKILL") as caught:
        says(made, f"echo '{VERSION % '1.14.0'}'; kill -KILL $$").apply()
    assert "memory" in caught.value.message


def test_what_a_killed_one_has_started_goes_with_it(made: Terraform, tmp_path: Path) -> None:
    with pytest.raises(TerraformError):
        says(made, f"sleep 60 >/dev/null 2>&1 & echo $! >{tmp_path}/child; kill -KILL $$").apply()
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    deadline = time.monotonic() + 10
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] not in "ZX":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_keeper_of_the_lock_hears_of_an_apply_but_of_no_plan(made: Terraform) -> None:
    made.keeper = keeper = Keeper()
    says(made, f"echo '{PLANNED}'")
    made.plan()
    assert keeper.told == []
    made.apply()
    assert keeper.told == ["begins", "holds", "ended"]


def test_an_apply_whose_lock_could_be_released_after_all_went_well(made: Terraform) -> None:
    made.keeper = keeper = Keeper()
    told = {"severity": "error", "summary": "Error releasing the state lock", "detail": "EOF Lock Info: ID: 17 Path: x"}
    said = json.dumps({"type": "diagnostic", "@message": "m", "diagnostic": told})
    (made.folder / "events").write_text(f"{PLANNED}\n{said}\n")
    assert says(made, f"cat {made.folder}/events; exit 1").apply() == Changes(add=2)
    assert keeper.told == ["begins", "holds", "failed 17 True"]
    keeper.ends = StateLocked("taken")
    with pytest.raises(StateLocked):
        made.apply()


def test_what_terraform_prints_in_a_frame_is_read_without_it(made: Terraform) -> None:
    framed = (
        "echo '│ Error: Error acquiring the state lock' >&2; echo '│ googleapi: Error' >&2; echo '│ 412' >&2; exit 1"
    )
    with pytest.raises(StateLocked):
        says(made, framed).mend(lambda *_: False)

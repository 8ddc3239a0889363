"""Files of the tool's that somebody has edited, and what the tool keeps secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.existing.tool import ExistingTool

CONF = "/etc/slurm/slurm.conf"


def copies(existing: ExistingTool) -> list[Path]:
    return sorted(existing.file("head", "/etc/slurm").glob("slurm.conf.before-demo-*"))


def test_an_edited_file_is_copied_and_set_and_left_at_the_end(existing: ExistingTool) -> None:
    existing.result("Create")
    file = existing.file("head", CONF)
    ours = file.read_text()
    file.write_text(ours + "# mine\n")
    planned = existing.run("Plan")
    assert "-# mine" in planned.stderr
    assert file.read_text() == ours + "# mine\n"
    assert existing.result("Create")["changes"]["change"] > 0
    assert file.read_text() == ours
    assert [each.read_text() for each in copies(existing)] == [ours + "# mine\n"]
    left = existing.result("Destroy", expected=23)
    copy = f"{CONF.rpartition('/')[0]}/{copies(existing)[0].name}"
    told = [each["name"] for each in left["leftovers"]]
    assert f"head: file {copy}: somebody's version of the file" in told


def test_a_file_that_was_edited_since_is_left_and_named(existing: ExistingTool) -> None:
    existing.result("Create")
    file = existing.file("head", CONF)
    file.write_text(file.read_text() + "# mine\n")
    left = existing.result("Destroy", expected=23)
    assert f"head: file {CONF}: somebody has changed it since" in [each["name"] for each in left["leftovers"]]
    assert file.read_text().endswith("# mine\n")
    assert existing.left() == []
    assert "There is nothing to destroy" in existing.run("Destroy").stdout


def test_no_secret_is_in_any_output_nor_in_a_file_that_others_can_read(existing: ExistingTool) -> None:
    password = existing.folder / "sudo-password"
    password.write_text("hunter2-of-ops\n")
    settings = {"SSH_USER": "ops", "SUDO_PASSWORD_FILE": str(password)}
    said = [existing.run(action, **settings) for action in ("Plan", "Create", "Status", "Validate")]
    said += [existing.run(action, OUTPUT="json", **settings) for action in ("Plan", "Create", "Status", "Connect")]
    assert all(each.returncode == 0 for each in said)
    kept = existing.kept("secrets.json")
    said.append(existing.run("Destroy", **settings))
    lines = [line for line in kept["ssh_private_key"].splitlines() if len(line) > 40]
    secrets = [kept["munge_key"], kept["database_password"], *lines, "hunter2-of-ops"]
    for each in said:
        assert not [secret for secret in secrets if secret in each.stdout + each.stderr]


def test_secrets_lie_where_root_alone_can_read(existing: ExistingTool) -> None:
    existing.result("Create")
    kept = existing.kept("secrets.json")
    secrets = (kept["munge_key"], kept["database_password"], kept["ssh_private_key"].splitlines()[2])
    found = {}
    for file in existing.machines.rglob("*"):
        if file.is_file() and any(secret in file.read_text(errors="replace") for secret in secrets):
            found[file.relative_to(existing.machines).as_posix()] = file
    assert "head/root/etc/munge/munge.key" in found and "head/root/etc/slurm/slurmdbd.conf" in found
    assert {name: oct(file.stat().st_mode & 0o044) for name, file in found.items()} == dict.fromkeys(found, "0o0")


def test_results_as_json_have_the_steps_checks_and_changes(existing: ExistingTool) -> None:
    created = existing.result("Create")
    assert json.loads(json.dumps(created))["ok"]
    assert created["cluster"]["cloud"] == "existing" and created["state"]["uri"].startswith("ssh://head/")
    assert [s["name"] for s in created["steps"]][-3:] == ["proof", "benchmark", "connection"]
    assert set(created["connection"]["ssh"]) == {"head"}
    destroyed = existing.result("Destroy")
    assert destroyed["leftovers"] == [] and destroyed["changes"]["destroy"] > 100

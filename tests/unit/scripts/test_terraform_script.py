"""Which Terraform a fresh machine gets: a recent one of its own, else the checked 1.11.4, else a line of advice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "terraform.sh"
BASIC = ("bash", "cat", "dirname", "env", "mkdir", "rm", "sed", "sort", "tr", "basename")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH folder with no Terraform; the release site has none either."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in BASIC:
        found = subprocess.run(["bash", "-c", f"type -P {name}"], capture_output=True, text=True, check=True)
        (programs / name).symlink_to(found.stdout.strip())
    (programs / "python3").symlink_to(Path(sys.executable).resolve())
    program(programs / "uname", '[ "$1" = -s ] && echo Linux || echo x86_64')
    return programs


def program(file: Path, body: str) -> None:
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def terraform(file: Path, version: str) -> None:
    file.parent.mkdir(exist_ok=True)
    program(file, f'echo \'{{"terraform_version": "{version}", "provider_selections": {{}}}}\'')


def run(machine: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {"PATH": path or str(machine), "TERRAFORM_CACHE": str(machine.parent / "cache"), "HOME": os.environ["HOME"]}
    env["TERRAFORM_RELEASES"] = (machine.parent / "releases").as_uri()
    return subprocess.run([SCRIPT], env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", ["1.11.0", "1.11.4", "1.14.2", "2.0.0"])
def test_the_machines_own_is_taken_where_it_is_recent(machine: Path, version: str) -> None:
    terraform(machine / "terraform", version)
    assert run(machine).stdout.strip() == str(machine / "terraform")


def test_a_recent_one_behind_an_old_one_on_path_is_found(machine: Path, tmp_path: Path) -> None:
    terraform(machine / "terraform", "1.9.8")
    terraform(tmp_path / "more" / "terraform", "1.12.0")
    assert run(machine, f"{machine}:{tmp_path / 'more'}").stdout.strip() == str(tmp_path / "more" / "terraform")


def test_the_cached_one_stands_in_for_an_old_one(machine: Path) -> None:
    terraform(machine / "terraform", "1.9.8")
    terraform(machine.parent / "cache" / "terraform", "1.11.4")
    assert run(machine).stdout.strip() == str(machine.parent / "cache" / "terraform")


def test_without_any_one_line_says_how_to_get_it(machine: Path) -> None:
    done = run(machine)
    assert done.returncode == 17
    assert "https://developer.hashicorp.com/terraform/install" in done.stderr.splitlines()[-1]


def test_an_archive_with_another_checksum_is_not_unpacked(machine: Path, tmp_path: Path) -> None:
    (tmp_path / "releases/1.11.4").mkdir(parents=True)
    (tmp_path / "releases/1.11.4/terraform_1.11.4_linux_amd64.zip").write_text("other")
    done = run(machine)
    assert done.returncode == 17
    assert "checksum" in done.stderr
    assert list((machine.parent / "cache").iterdir()) == []

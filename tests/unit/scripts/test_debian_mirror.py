"""Which mirror base images are made from: the machine's own, wherever its sources name it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "debian_mirror.sh"


def mirror(etc: Path, **environ: str) -> str:
    env = {"PATH": os.environ["PATH"], **environ}
    done = subprocess.run([SCRIPT, str(etc)], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "apt/sources.list.d").mkdir(parents=True)
    (tmp_path / "os-release").write_text("PRETTY_NAME=x\nID=debian\n")
    return tmp_path


def test_an_address_in_a_comment_is_not_the_mirror(etc: Path) -> None:
    (etc / "apt/sources.list.d/debian.sources").write_text(
        "Types: deb\n# http://snapshot.example/archive/debian\nURIs: http://mirror.example/debian\nSuites: bookworm\n"
        "\nTypes: deb\nURIs: http://mirror.example/debian-security\n"
    )
    assert mirror(etc) == "http://mirror.example/debian"


def test_one_line_sources_with_options_are_read(etc: Path) -> None:
    (etc / "apt/sources.list").write_text(
        "# deb http://commented.example/debian bookworm main\n"
        "deb https://packages.example/apt other main\n"
        "deb [arch=amd64 signed-by=/x.gpg] http://local.example/debian/ bookworm main\n"
    )
    assert mirror(etc) == "http://local.example/debian/"


def test_another_distributions_mirror_is_not_taken(etc: Path) -> None:
    (etc / "os-release").write_text("ID=ubuntu\nID_LIKE=debian\n")
    (etc / "apt/sources.list").write_text("deb http://mirror.example/debian noble main\n")
    assert mirror(etc) == "http://deb.debian.org/debian"


def test_a_machine_without_sources_uses_debians_own(etc: Path) -> None:
    assert mirror(etc) == "http://deb.debian.org/debian"


def test_the_environment_comes_first(etc: Path) -> None:
    assert mirror(etc, DEBIAN_MIRROR="http://given.example/debian") == "http://given.example/debian"

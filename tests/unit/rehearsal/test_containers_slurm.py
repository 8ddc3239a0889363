"""Slurm in containers gets what it needs there, unless the user says otherwise."""

from __future__ import annotations

from pathlib import Path

from cluster_provision.rehearsal.containers_slurm import NEEDED, add_what_containers_need

ALL = ";".join(f"{key}={value}" for key, value in NEEDED.items())


def added(given: str, folder: Path) -> str:
    environ = {"SLURM_CONF_EXTRA": given}
    add_what_containers_need(environ, folder)
    return environ["SLURM_CONF_EXTRA"]


def test_a_user_who_says_nothing_gets_it_all(tmp_path: Path) -> None:
    assert added("", tmp_path) == ALL


def test_it_stands_after_the_users_own_keys(tmp_path: Path) -> None:
    assert added("MaxJobCount=100;", tmp_path) == f"MaxJobCount=100;{ALL}"


def test_the_users_own_value_wins_whatever_its_case(tmp_path: Path) -> None:
    found = added("MaxJobCount=1; proctracktype = proctrack/pgid", tmp_path)
    assert "linuxproc" not in found
    assert "task/affinity" in found


def test_a_file_is_copied_and_not_changed(tmp_path: Path) -> None:
    own, folder = tmp_path / "own.conf", tmp_path / "run"
    folder.mkdir()
    own.write_text("TaskPlugin=task/none\nMaxJobCount=9\n")
    lines = Path(added(str(own), folder)).read_text().splitlines()
    assert lines[:2] == own.read_text().splitlines()
    assert "ProctrackType=proctrack/linuxproc" in lines[2:]
    assert len([line for line in lines if line.startswith("TaskPlugin")]) == 1


def test_a_file_that_is_not_there_is_the_settings_to_refuse(tmp_path: Path) -> None:
    assert added("/nowhere.conf", tmp_path).startswith("/nowhere.conf;")

"""What the embedded cloud is told to let go wrong, and can't read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.scenario_files import check_told

if TYPE_CHECKING:
    from pathlib import Path

GOOD_RULE = (
    '{"rules": [{"match": {"method": "POST", "host": "a", "path": "b"}, "skip": 1, "times": 2, "status": 403,'
    ' "body": {}, "headers": {"a": "b"}, "delay": 0.5}]}'
)
GOOD_CONDITIONS = (
    '{"services_off": [], "denied": [], "role": [], "untestable": [], "quotas": {}, "quota_infos": {},'
    ' "machine_types": {}, "accelerator_types": {}, "network_profiles": {}, "machines": {}, "images": {}}'
)


def test_good_scenario_and_condition_files_are_accepted(tmp_path: Path) -> None:
    check_told(tmp_path)
    (tmp_path / "scenario.json").write_text(GOOD_RULE)
    (tmp_path / "conditions.json").write_text(GOOD_CONDITIONS)
    check_told(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("scenario.json", '{"rules": [{"status":', "line 1 column 22"),
        ("scenario.json", '{"rule": []}', '{"rules": [...]}'),
        ("scenario.json", '{"rules": {}}', '{"rules": [...]}'),
        ("scenario.json", '{"rules": [5]}', "5 is not a rule"),
        ("scenario.json", '{"rules": [{"match": {"pth": "x"}, "statsu": 500}]}', "a rule has no pth, statsu"),
        ("scenario.json", '{"rules": [{"match": {"path": "("}}]}', "unterminated"),
        ("scenario.json", '{"rules": [{"times": []}]}', '{"times": []}'),
        ("scenario.json", '{"rules": [{"headers": []}]}', '{"headers": []}'),
        ("conditions.json", "[]", "one object"),
        ("conditions.json", '{"quota": {}}', "there is no quota; known are accelerator_types, denied"),
        ("conditions.json", '{"quotas": [], "denied": []}', "quotas has to be an object"),
        ("conditions.json", '{"denied": "compute.networks.create"}', "denied has to be a list"),
    ],
)
def test_bad_scenario_and_condition_files_are_refused_before_anything_begins(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError) as refused:
        rehearse("plan", tmp_path, {}, lambda _: None)
    (problem,) = refused.value.problems
    assert problem.startswith(f"{tmp_path / name}: ")
    assert says in problem
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_both_files_problems_are_told_at_once(tmp_path: Path) -> None:
    for name in ("scenario.json", "conditions.json"):
        (tmp_path / name).write_text("no")
    with pytest.raises(SettingsError, match="2 problems in the rehearsal's scenario files"):
        check_told(tmp_path)

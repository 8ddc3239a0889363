"""What a release makes of the user's own keys, before it sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.settings.readers.slurm.keys import releases
from cluster_provision.settings.readers.slurm.slurm_conf import SlurmConf
from cluster_provision.settings.reading import BadValue
from cluster_provision.slurm.keys import judge_keys, taken
from cluster_provision.slurm.release import Release, read_release

TABLE = Path(__file__).parent / "data" / "keys-by-release.tsv"
RELEASES = ("22.05", "23.02", "23.11", "24.05", "24.11", "25.11")
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
EVERY = tuple(Release(*map(int, text.split("."))) for text in releases())
NEWEST = EVERY[-1]


def release(text: str) -> Release:
    found = read_release(text)
    assert found
    return found


@pytest.mark.parametrize(("setting", "outcomes"), [(row[0], row[1:]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_key_is_judged_by_release(setting: str, outcomes: list[str]) -> None:
    key, _, value = setting.partition("=")
    judged = [judge_keys([(key, value)], release(text))[0].outcome for text in RELEASES]
    assert judged == outcomes


@pytest.mark.parametrize("setting", [row[0] for row in ROWS])
def test_settings_refuse_what_no_release_takes_and_nothing_else(setting: str) -> None:
    key, _, value = setting.partition("=")
    judged = [judge_keys([(key, value)], each)[0] for each in EVERY]
    try:
        SlurmConf().read(setting)
        refused = False
    except BadValue:
        refused = True
    assert refused is all(each.outcome == "refuse" for each in judged)


@pytest.mark.parametrize(
    ("setting", "text", "named"),
    [
        ("SelectType=select/cons_res", "23.11", "select/cons_tres"),
        ("FastSchedule=2", "24.11", "SlurmdParameters=config_overrides"),
        ("HashPlugin=hash/k12", "23.11", "24.05 and later"),
        ("SlurmctldPlugstack=none", "24.11", "22.05 and earlier"),
        ("AllowedKmemSpace=100", "23.11", "cgroup.conf in Slurm 23.11"),
        ("PowerParameters=x", "24.05", "left out"),
    ],
)
def test_the_reason_names_the_release_and_what_to_do(setting: str, text: str, named: str) -> None:
    key, _, value = setting.partition("=")
    assert named in judge_keys([(key, value)], release(text))[0].reason


def test_keys_that_only_log_an_error_are_left_out() -> None:
    extra = [("PowerParameters", "x"), ("KillWait", "60")]
    assert taken(extra, judge_keys(extra, NEWEST)) == (("KillWait", "60"),)


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ([("PrologFlags", "Alloc")], "lacks Contain"),
        ([("PrologFlags", "NoHold,Contain")], "NoHold"),
        ([("PrologFlags", "X11"), ("ProctrackType", "proctrack/linuxproc")], "linuxproc"),
        ([("JobContainerType", "job_container/tmpfs"), ("PrologFlags", "Alloc")], "job_container/tmpfs needs"),
        ([("LaunchParameters", "enable_nss_slurm,disable_send_gids")], "choose one"),
        ([("JobAcctGatherParams", "UsePss,NoShared")], "choose one"),
    ],
)
def test_keys_that_slurm_does_not_take_together_are_refused(extra: list[tuple[str, str]], named: str) -> None:
    judged = judge_keys(extra, Release(24, 11), adopt=True)
    assert named in " ".join(each.reason for each in judged if each.outcome == "refuse")


def test_prolog_flags_without_contain_are_good_where_nobody_is_adopted() -> None:
    assert [each.outcome for each in judge_keys([("PrologFlags", "Alloc")], NEWEST)] == ["take"]


def test_a_release_newer_than_all_that_are_known_has_what_the_newest_has() -> None:
    assert judge_keys([("HashPlugin", "hash/k12")], Release(27, 1))[0].outcome == "take"

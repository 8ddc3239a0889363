"""sacctmgr: its words count, for its exit codes differ among releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.facts import Output
from cluster_provision.slurm.outputs.sacctmgr import Association, read_associations, read_clusters, read_sacctmgr

SAID = Path(__file__).parent / "data" / "sacctmgr"


def text(name: str) -> str:
    return (SAID / f"{name}.txt").read_text()


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("add-cluster-new", "changed"),
        ("add-cluster-again", "unchanged"),
        ("add-user-again", "unchanged"),
        ("busy", "try again"),
        ("no-dbd", "try again"),
        ("add-user-no-account", "no account"),
        ("protocol", "other release"),
    ],
)
@pytest.mark.parametrize("stream", ["out", "err"])
def test_words_tell_the_outcome_on_either_stream(name: str, outcome: str, stream: str) -> None:
    output = Output(0, text(name)) if stream == "out" else Output(0, "", text(name))
    assert read_sacctmgr(output).outcome == outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (" Already existing account users on cluster lyra\n", "unchanged"),
        (
            "Request didn't affect anything\nNothing added.\nMake sure the accounts requested here have been",
            "unchanged",
        ),
        ("No account nosuch on cluster lyra, skipping.\nNothing added.\nMake sure the accounts", "no account"),
        (" Nothing deleted\n", "unchanged"),
        (" Nothing modified\n", "unchanged"),
        (" Adding Account(s)\n  users\n", "changed"),
        (" Modified account associations...\n  C = lyra\n", "changed"),
    ],
)
def test_the_words_of_newer_releases_are_known_too(said: str, outcome: str) -> None:
    assert read_sacctmgr(Output(0, said)).outcome == outcome


@pytest.mark.parametrize("code", [0, 1])
def test_what_is_there_already_is_unchanged_whatever_the_exit_code(code: int) -> None:
    assert read_sacctmgr(Output(code, text("add-cluster-again"))).outcome == "unchanged"


def test_an_error_is_never_read_as_there_already() -> None:
    assert read_sacctmgr(Output(1, "", "sacctmgr: error: Access/permission denied")).outcome == "failed"
    assert read_sacctmgr(Output(1, text("add-cluster-new"))).outcome == "failed"
    assert read_sacctmgr(Output(0, "")).outcome == "failed"


@pytest.mark.parametrize(
    ("name", "database"), [("no-dbd", "vega-ctl:6819"), ("protocol", "vega-ctl:6819"), ("busy", "")]
)
def test_the_database_that_did_not_answer_is_named(name: str, database: str) -> None:
    assert read_sacctmgr(Output(1, text(name))).database == database


def test_the_last_line_is_kept_for_the_user() -> None:
    assert read_sacctmgr(Output(1, text("busy"))).line == "Problem adding clusters: Unspecified error"


def test_associations_of_other_clusters_stay_out() -> None:
    read = read_associations(text("assoc-P"), "vega")
    assert [each.account for each in read if not each.user] == ["root", "research"]
    assert {each.user for each in read if each.user} == {"root", "ada", "bob.o'neil"}
    assert Association("vega", "research", "bob.o'neil", "hpc") in read


def test_a_list_without_a_header_has_the_columns_that_were_asked_for() -> None:
    assert read_associations("vega|research|ada|\nother|x|y|\n", "vega") == (Association("vega", "research", "ada"),)


def test_clusters_are_known_at_their_controllers() -> None:
    assert read_clusters(text("cluster-P-n")) == {"vega": "10.64.0.5:6817", "other": ""}

"""docs/from-the-old-tool.md is complete and says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.gcp.images import IMAGE_SUCCESSORS, SUCCESSORS
from scripts.documents.values import default_of
from tests.unit.settings.gcp.old_tool import PARAMETERS_OF_THE_OLD_TOOL

PAGE = (Path(__file__).resolve().parents[4] / "docs/from-the-old-tool.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


ROWS = {re.findall("`([A-Z_]+)`", row[0])[0]: row for row in rows("Parameters")}


def test_every_parameter_of_the_old_tool_has_its_row():
    assert set(ROWS) == set(PARAMETERS_OF_THE_OLD_TOOL)
    assert all(len(row) == 5 for row in ROWS.values())


@pytest.mark.parametrize("name", PARAMETERS_OF_THE_OLD_TOOL)
def test_the_default_in_the_table_is_the_declared_one(name):
    told = ROWS[name][2].replace("&lt;", "<")
    assert told == default_of(GCP.names[name])


@pytest.mark.parametrize("name", PARAMETERS_OF_THE_OLD_TOOL)
def test_the_old_default_in_the_table_is_what_the_old_tool_had(name):
    assert ROWS[name][1].replace("\\<", "<") == PARAMETERS_OF_THE_OLD_TOOL[name]


def test_every_parameter_that_is_new_is_named():
    new = PAGE.split("\n## New here\n", 1)[1]
    old = {GCP.names[name].name for name in PARAMETERS_OF_THE_OLD_TOOL}
    assert (
        set(re.findall("`([A-Z_]+)`", new))
        == {p.name for p in GCP.parameters if p.declaration.cloud in {"gcp", "made", "all"}} - old
    )


def test_the_successors_of_images_are_those_of_the_table():
    told = [(row[0].strip("`"), row[1].split("`")[1], "no TensorFlow" in row[1]) for row in rows("Images")]
    assert told == [(s.former, s.family, s.lacks == "TensorFlow") for s in (*SUCCESSORS, *IMAGE_SUCCESSORS)]

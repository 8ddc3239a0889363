"""The machines' journals and their copies on the controller: either gives back, and none twice."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.errors import StateStoreError, Unreachable
from cluster_provision.targets.existing.journals import Journals
from cluster_provision.targets.existing.reach import Asked
from tests.unit.targets.existing.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

JOURNAL = {"schema": 1, "entries": {"file /a": {}}}
EMPTY: dict[str, Any] = {"schema": 1, "entries": {}}


@dataclass
class Machines:
    """Their own journals by name; None for a machine that is off."""

    own: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    def ask_each(self, program: str, requests: Mapping[str, dict[str, Any]]) -> list[Asked]:
        assert program == "apply" and all(each["do"] == "status" for each in requests.values())
        return [self._asked(name) for name in requests]

    def _asked(self, name: str) -> Asked:
        journal = self.own.get(name, EMPTY)
        if journal is None:
            return Asked(name, (), Unreachable(f"{name} is off"))
        return Asked(name, ({"journal": journal}, {"ended": {}}))


def journals(texts: Texts, **own: dict[str, Any] | None) -> Journals:
    return Journals(cast("Any", Machines(own)), cast("Any", texts), "vega")


def copied(*names: str) -> Texts:
    return Texts({f"journals/{name}.json": json.dumps(JOURNAL) for name in names})


def test_a_machines_journal_is_copied_as_it_is() -> None:
    texts = Texts()
    journals(texts, node1=JOURNAL).copy(["node1"])
    assert json.loads(texts.of["journals/node1.json"]) == JOURNAL


def test_a_machine_that_is_off_keeps_its_journal_from_being_copied() -> None:
    with pytest.raises(Unreachable, match="node1 is off"):
        journals(Texts(), node1=None).copy(["node1"])


def test_copies_are_read_where_there_are_any() -> None:
    assert journals(copied("node1")).read(["node1", "node2"]) == {"node1": JOURNAL}


def test_a_damaged_copy_is_named() -> None:
    with pytest.raises(StateStoreError, match="the copy of node1's journal in ssh://head/state can't be understood"):
        journals(Texts({"journals/node1.json": "{"})).read(["node1"])


def test_only_a_machine_that_lost_its_own_gets_the_copy() -> None:
    texts = copied("node1", "node2")
    found = journals(texts, node1=JOURNAL, node2=EMPTY).of_those_that_lost_theirs(["node1", "node2"])
    assert list(found) == ["node2"]


def test_the_copy_of_a_machine_that_is_given_back_now_is_deleted_before() -> None:
    texts = copied("node1")
    journals(texts, node1=JOURNAL).of_those_that_lost_theirs(["node1"])
    assert texts.of == {}
    assert journals(texts, node1=EMPTY).of_those_that_lost_theirs(["node1"]) == {}


def test_a_machine_that_is_off_keeps_its_copy() -> None:
    texts = copied("node1")
    assert list(journals(texts, node1=None).of_those_that_lost_theirs(["node1"])) == ["node1"]
    assert list(texts.of) == ["journals/node1.json"]


def test_machines_with_an_empty_journal_are_in_no_cluster() -> None:
    assert journals(Texts(), node1=JOURNAL, node2=EMPTY).holders(["node1", "node2", "node3"]) == ("node1",)

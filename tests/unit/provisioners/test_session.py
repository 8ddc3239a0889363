"""What is this run's to destroy: what it made, while no other run has changed that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import StateLocked, Unreachable
from cluster_provision.provisioners.terraform.session import Session
from cluster_provision.state.base import StateFacts
from tests.unit.state.kit import Store

EMPTY = StateFacts(exists=True, version=("a", 1))
OTHERS = StateFacts(exists=True, resources=3, version=("a", 4))
OURS = StateFacts(exists=True, resources=3, version=("a", 7))


def begun(found: StateFacts, *, changes: bool) -> tuple[Session, Any, Store]:
    """A session that found so much, and whose Terraform has begun to change things or not."""
    store = Store()
    store.state = found
    session = Session(None)  # type: ignore[arg-type]
    session.terraform = SimpleNamespace(began=changes)  # type: ignore[assignment]
    run: Any = SimpleNamespace(
        store=store,
        facts=found,
        environ={},
        result=SimpleNamespace(action="create"),
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
    )
    session.begin(run)
    return session, run, store


def test_a_run_that_has_looked_and_not_changed_an_existing_cluster_has_not_begun() -> None:
    assert not begun(OTHERS, changes=False)[0].began
    assert begun(OTHERS, changes=True)[0].began
    assert begun(EMPTY, changes=False)[0].began
    assert not Session(None).began  # type: ignore[arg-type]


def test_what_this_run_made_is_its_own_until_another_changes_it() -> None:
    session, run, store = begun(EMPTY, changes=True)
    store.state = OURS
    session.note_made(run)
    session.require_own(run)
    store.state = StateFacts(exists=True, resources=3, version=("a", 8))
    with pytest.raises(StateLocked, match="another run has changed demo"):
        session.require_own(run)
    store.state = StateFacts()
    with pytest.raises(StateLocked):
        session.require_own(run)


def test_what_was_made_between_the_look_and_the_refusal_is_anothers() -> None:
    session, run, store = begun(EMPTY, changes=False)
    session.require_own(run)
    store.state = OTHERS
    with pytest.raises(StateLocked):
        session.require_own(run)


def test_what_could_not_be_noted_is_own_where_no_other_run_was_seen() -> None:
    session, run, store = begun(EMPTY, changes=True)
    store.state = OURS
    store.fails = Unreachable("cut")
    session.note_made(run)
    store.fails = None
    session.require_own(run)
    store.add_run()
    with pytest.raises(StateLocked):
        session.require_own(run)

"""List: the clusters whose state lies beside this one's, in one bucket or container. Changes nothing, takes no lock."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Literal

from cluster_provision.actions.steps import SIGN_IN
from cluster_provision.connection.text import aligned
from cluster_provision.errors import CANNOT_LOOK, SettingsError, StateStoreError, Unreachable
from cluster_provision.number_of import number_of
from cluster_provision.parallel import at_once
from cluster_provision.price import CURRENCY, dollars
from cluster_provision.result import ListedCluster
from cluster_provision.run import Step, perform
from cluster_provision.state.beside import Neighbour, name_of
from cluster_provision.state.price import kept_price

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.run import Run
    from cluster_provision.state.base import StateFacts, StateStore

HEADINGS = ("NAME", "STATE", "PLACE", "AGE", f"{CURRENCY}/HOUR", "LOCKED BY")


def list_clusters(run: Run) -> str:
    """Name the clusters; returns a table with the sum of their prices. Raises the class of a look that was refused,
    once the others are shown."""
    if run.target.provisioner != "terraform":
        raise SettingsError(
            ("List is not on CLOUD=existing: such a cluster's state is on its own controller",),
            "Status shows that cluster.",
            where="",
        )
    perform(run, (SIGN_IN, CLUSTERS))
    return list_text(run.result.clusters or [], run.result.state_uri)


def look_for_clusters(run: Run) -> None:
    """Look at each deployment in the place."""
    store = run.store = run.target.store()
    assert isinstance(store, Neighbour)  # noqa: S101 - every cloud's is
    run.result.state_uri = store.place
    found = store.clusters() if store.exists() else []
    run.result.clusters = at_once([partial(_look, each) for each in found])
    unknown = [each for each in run.result.clusters if each.state == "unknown"]
    if unknown:
        run.result.error = Unreachable(
            f"{number_of(len(unknown), 'cluster')} could not be looked at: "
            + "; ".join(f"{each.name}: {each.detail}" for each in unknown),
            "Look again, or ask who may read there.",
        )
    run.progress.conclude(f"{number_of(len(found), 'cluster')} at {store.place}")


def list_text(clusters: Sequence[ListedCluster], place: str) -> str:
    """A table, and the sum of what is known."""
    if not clusters:
        return f"There is no cluster at {place}."
    now = datetime.now(UTC)
    lines = aligned([HEADINGS, *(_row(each, now) for each in clusters)])
    known = [each.price.hourly for each in clusters if each.price is not None]
    without = len(clusters) - len(known)
    total = f"{number_of(len(clusters), 'cluster')}, {dollars(sum(known, Decimal(0)))} {CURRENCY} an hour"
    lines += ["", total + (f", without {without} whose price isn't known" if without else "")]
    return "\n".join(lines)


def _look(store: StateStore) -> ListedCluster:
    name = name_of(store)
    try:
        facts, held, since = store.facts(), store.lock(), store.claimed_at()
        price = kept_price(store) if facts.resources else None
    except (*CANNOT_LOOK, StateStoreError) as failure:
        return ListedCluster(name, "unknown", detail=" ".join(failure.message.split()))
    state = _state(facts)
    return ListedCluster(
        name,
        state,
        facts.zone,
        since.isoformat(timespec="seconds") if since else "",
        price,
        held.holder if held else "",
        detail=facts.writer if state == "foreign" else "",
    )


def _state(facts: StateFacts) -> Literal["created", "unfinished", "empty", "foreign"]:
    if not facts.resources:
        return "empty"
    if not facts.ours:
        return "foreign"
    return "created" if facts.settled and not facts.unfinished else "unfinished"


def _row(each: ListedCluster, now: datetime) -> tuple[str, ...]:
    since = datetime.fromisoformat(each.since) if each.since else None
    cost = ("<=" if each.price.at_most else "") + dollars(each.price.hourly) if each.price else "-"
    return (each.name, each.state, each.place or "-", _age(now, since), cost, each.locked_by or "-")


def _age(now: datetime, since: datetime | None) -> str:
    """`3 d`, `5 h`, `12 min`."""
    if since is None:
        return "-"
    minutes = max(0, round((now - since).total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 60 // 24} d"


CLUSTERS = Step("clusters", look_for_clusters)

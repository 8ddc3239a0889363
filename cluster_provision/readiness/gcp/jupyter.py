"""Waits until every notebook answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.number_of import number_of
from cluster_provision.parallel import at_once
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node
    from cluster_provision.readiness.polling import Tell
    from cluster_provision.state.base import StateStore

REGISTRATION_SECONDS = 20.0
"""How long a running notebook may take to get its public address. Today's images may never ask for one (Deep Learning
VM's notes last mention it in 2019), so this is a chance, not a condition.
"""

ANSWER_SECONDS = 10.0
LOCAL = "http://localhost:8080/"


@dataclass(frozen=True)
class Notebooks:
    """The nodes with their notebooks' addresses; `tunnelled` ones need a tunnel, `without` ones have no notebook."""

    nodes: list[Node]
    tunnelled: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def wait_for_notebooks(
    nodes: list[Node],
    machines: Callable[[], list[Machine]],
    store: StateStore,
    limit_seconds: float,
    tell: Tell,
    answers: Callable[[str], bool] | None = None,
) -> Notebooks:
    """Wait until every node's notebook is proven to answer.

    Every node's own record must say that its notebook answers there. If the notebook proxy has registered an address,
    that must answer, too; otherwise a tunnel leads to the notebook. Raises NotReady when the time is up or a node's
    notebook did not start.
    """
    answers = answers or url_answers
    poll = Poll(limit_seconds)
    steps = _steps(nodes, store, poll, tell)
    running = [n.name for n in nodes if steps[n.name] == "ok"]
    urls = _registered(running, machines, min(REGISTRATION_SECONDS, limit_seconds), tell)
    waiting = dict(urls)
    poll = Poll(limit_seconds - poll.elapsed)
    while waiting and poll.next():
        good = _asked(waiting, answers)
        if any(good.values()):
            poll.moved()
        waiting = {name: url for name, url in waiting.items() if not good[name]}
        tell(f"notebooks answer; not yet: {', '.join(sorted(waiting)[:5])}", len(urls) - len(waiting), len(nodes))
    if waiting:
        listed = "\n".join(f"    {name}: {url}" for name, url in sorted(waiting.items()))
        raise NotReady(
            f"these notebooks did not answer within {number_of(round(limit_seconds / 60), 'minute')}:\n{listed}",
            "The nodes themselves are ready. Run Create again to wait longer (JUPYTER_TIMEOUT sets the limit), "
            "or set SHOW_PROXY_URL=no to skip the notebooks.",
        )
    return _notebooks(nodes, running, urls)


def look_at_notebooks(
    nodes: list[Node],
    machines: list[Machine],
    store: StateStore,
    answers: Callable[[str], bool] | None = None,
) -> tuple[Notebooks, dict[str, str]]:
    """Return the notebooks at one look, and the reasons of those that should answer and don't, by node."""
    steps = {s.name: s.jupyter for s in store.node_summaries()}
    running = [n.name for n in nodes if steps.get(n.name) == "ok"]
    urls = {m.name: f"https://{m.proxy_url}/" for m in machines if m.proxy_url and m.name in running}
    good = _asked(urls, answers or url_answers)
    silent = {name: f"{urls[name]} does not answer" for name, answered in good.items() if not answered}
    silent |= {n.name: _reason(store, n.name) for n in nodes if steps.get(n.name) in ("failed", "running")}
    return _notebooks(nodes, running, urls), silent


def url_answers(url: str) -> bool:
    """Whether a notebook is behind the URL: the proxy's login page means yes, its "not found" means no."""
    import requests

    try:
        status = requests.get(url, timeout=ANSWER_SECONDS, allow_redirects=False).status_code
    except requests.RequestException:
        return False
    return status < 400 or status in (401, 403)


def _asked(urls: dict[str, str], answers: Callable[[str], bool]) -> dict[str, bool]:
    """Return whether each URL answers, by its node."""
    return dict(zip(urls, at_once([partial(answers, url) for url in urls.values()]), strict=True))


def _notebooks(nodes: list[Node], running: list[str], urls: dict[str, str]) -> Notebooks:
    tunnelled = [name for name in running if name not in urls]
    local = dict.fromkeys(tunnelled, LOCAL)
    shown = [replace(n, jupyter=urls.get(n.name) or local.get(n.name, "")) for n in nodes]
    return Notebooks(shown, tuple(tunnelled), tuple(n.name for n in shown if not n.jupyter))


def _registered(
    names: list[str],
    machines: Callable[[], list[Machine]],
    limit_seconds: float,
    tell: Tell,
) -> dict[str, str]:
    """Return the addresses that the notebook proxy has given out, by node."""
    urls: dict[str, str] = {}
    poll = Poll(limit_seconds)
    while names and poll.next():
        with poll.bearing_outages(tell):
            urls = {m.name: f"https://{m.proxy_url}/" for m in machines() if m.proxy_url and m.name in names}
            if len(urls) == len(names):
                break
            tell("notebooks have a public address", len(urls), len(names))
    return urls


def _steps(nodes: list[Node], store: StateStore, poll: Poll, tell: Tell) -> dict[str, str]:
    """Wait until no notebook is starting, and return each node's status: "ok", or "skipped" for no notebook.

    The proxy's address alone proves nothing: strangers see its login page whatever is behind it.
    """
    steps: dict[str, str] = {}
    starting = [n.name for n in nodes]
    while starting and poll.next():
        with poll.bearing_outages(tell):
            told = {s.name: s.jupyter or "skipped" for s in store.node_summaries()}
            steps = dict.fromkeys(starting, "skipped") | told
            starting = [n.name for n in nodes if steps.get(n.name) == "running"]
            tell(f"notebooks have started; not yet: {', '.join(starting[:5])}", len(nodes) - len(starting), len(nodes))
    bad = [n.name for n in nodes if steps.get(n.name) in ("failed", "running")]
    if bad:
        listed = "\n".join(f"    {name}: {_reason(store, name)}" for name in bad[:5])
        raise NotReady(
            f"the notebook did not start on {len(bad)} of the nodes:\n{listed}",
            "The nodes themselves are ready; set SHOW_PROXY_URL=no to skip the notebooks.",
        )
    return {n.name: steps.get(n.name, "skipped") for n in nodes}


def _reason(store: StateStore, name: str) -> str:
    record = store.node_record(name)
    step = next((s for s in record.steps if s.name == "jupyter"), None) if record else None
    return (step.tail.strip() if step else "") or "still starting"

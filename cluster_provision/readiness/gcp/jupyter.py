"""Waiting until every notebook really answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.parallel import at_once
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node
    from cluster_provision.readiness.polling import Tell
    from cluster_provision.state.base import StateStore

REGISTRATION_SECONDS = 20.0
"""How long a notebook that runs may take to get its public address; today's images may never ask for one
(the last mention in Deep Learning VM's notes is of 2019), so this is a chance, not a condition."""

ANSWER_SECONDS = 10.0
LOCAL = "http://localhost:8080/"


@dataclass(frozen=True)
class Notebooks:
    """The nodes with their notebooks' addresses; `tunnelled` are reached by a tunnel, `without` have none."""

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
    """Every node's notebook, proven to answer.

    Every node's own record has to say that its notebook answers there. Where the notebook proxy has
    registered an address, that one is asked, too, until it answers; elsewhere a tunnel leads to it. Raises
    NotReady when the time is up or a node's notebook did not start.
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
        tell(f"notebooks that don't answer yet: {', '.join(sorted(waiting)[:5])}", len(urls) - len(waiting), len(nodes))
    if waiting:
        listed = "\n".join(f"    {name}: {url}" for name, url in sorted(waiting.items()))
        raise NotReady(
            f"these notebooks did not answer within {limit_seconds / 60:.0f} minutes:\n{listed}",
            "The nodes themselves are ready. Run Create again to go on waiting (JUPYTER_TIMEOUT sets the limit), "
            "or set SHOW_PROXY_URL=no to go without.",
        )
    return _notebooks(nodes, running, urls)


def look_at_notebooks(
    nodes: list[Node],
    machines: list[Machine],
    store: StateStore,
    answers: Callable[[str], bool] | None = None,
) -> tuple[Notebooks, dict[str, str]]:
    """The notebooks at one look, and why those that should answer don't, by node."""
    steps = {s.name: s.jupyter for s in store.node_summaries()}
    running = [n.name for n in nodes if steps.get(n.name) == "ok"]
    urls = {m.name: f"https://{m.proxy_url}/" for m in machines if m.proxy_url and m.name in running}
    good = _asked(urls, answers or url_answers)
    silent = {name: f"{urls[name]} does not answer" for name, answered in good.items() if not answered}
    silent |= {n.name: _reason(store, n.name) for n in nodes if steps.get(n.name) in ("failed", "running")}
    return _notebooks(nodes, running, urls), silent


def url_answers(url: str) -> bool:
    """Whether a notebook is behind the URL: the proxy's login page says so too, its "not found" does not."""
    import requests

    try:
        status = requests.get(url, timeout=ANSWER_SECONDS, allow_redirects=False).status_code
    except requests.RequestException:
        return False
    return status < 400 or status in (401, 403)


def _asked(urls: dict[str, str], answers: Callable[[str], bool]) -> dict[str, bool]:
    """Whether each of the URLs answers, by its node."""
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
    """The addresses that the notebook proxy has given out, by node."""
    urls: dict[str, str] = {}
    poll = Poll(limit_seconds)
    while names and poll.next():
        with poll.bearing_outages(tell):
            urls = {m.name: f"https://{m.proxy_url}/" for m in machines() if m.proxy_url and m.name in names}
            if len(urls) == len(names):
                break
            tell("notebooks without a public address yet", len(urls), len(names))
    return urls


def _steps(nodes: list[Node], store: StateStore, poll: Poll, tell: Tell) -> dict[str, str]:
    """What each node's own record says of its notebook, once none is still starting: "ok", or "skipped" for none.

    The proxy's address alone proves nothing: it shows strangers its login page whatever is behind it.
    """
    steps: dict[str, str] = {}
    starting = [n.name for n in nodes]
    while starting and poll.next():
        with poll.bearing_outages(tell):
            told = {s.name: s.jupyter or "skipped" for s in store.node_summaries()}
            steps = dict.fromkeys(starting, "skipped") | told
            starting = [n.name for n in nodes if steps.get(n.name) == "running"]
            tell(f"notebooks that still start: {', '.join(starting[:5])}", len(nodes) - len(starting), len(nodes))
    bad = [n.name for n in nodes if steps.get(n.name) in ("failed", "running")]
    if bad:
        listed = "\n".join(f"    {name}: {_reason(store, name)}" for name in bad[:5])
        raise NotReady(
            f"the notebook did not start on {len(bad)} of the nodes:\n{listed}",
            "The nodes themselves are ready; set SHOW_PROXY_URL=no to go without notebooks.",
        )
    return {n.name: steps.get(n.name, "skipped") for n in nodes}


def _reason(store: StateStore, name: str) -> str:
    record = store.node_record(name)
    step = next((s for s in record.steps if s.name == "jupyter"), None) if record else None
    return (step.tail.strip() if step else "") or "still starting"

"""Waiting until every notebook really answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.errors import NotReady
from cluster_provision.readiness.polling import Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import Node, StepRecord
    from cluster_provision.state.base import StateStore

REGISTRATION_SECONDS = 20.0
"""How long a notebook that runs may take to get its public address; today's images may never ask for one
(the last mention in Deep Learning VM's notes is of 2019), so this is a chance, not a condition."""

WIDTH = 64
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
    tell: Callable[[str, int, int], None],
    answers: Callable[[str], bool] | None = None,
) -> Notebooks:
    """Every node's notebook, proven to answer.

    Where the notebook proxy has registered one, it is that address, asked until it answers; elsewhere
    the node's own record has to say that its notebook answers there, and a tunnel leads to it. Raises
    NotReady when the time is up or a node's notebook did not start.
    """
    answers = answers or url_answers
    urls = _registered(nodes, machines, min(REGISTRATION_SECONDS, limit_seconds), tell)
    waiting = dict(urls)
    poll = Poll(limit_seconds)
    while waiting and poll.next():
        with ThreadPoolExecutor(WIDTH) as pool:
            good = dict(zip(waiting, pool.map(answers, waiting.values()), strict=True))
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
    tunnelled, without = _by_their_records([n.name for n in nodes if n.name not in urls], store, poll, tell)
    local = dict.fromkeys(tunnelled, LOCAL)
    shown = [replace(n, jupyter=urls.get(n.name) or local.get(n.name, "")) for n in nodes]
    return Notebooks(shown, tuple(tunnelled), tuple(without))


def url_answers(url: str) -> bool:
    """Whether a notebook is behind the URL: the proxy's login page says so too, its "not found" does not."""
    import requests

    try:
        status = requests.get(url, timeout=ANSWER_SECONDS, allow_redirects=False).status_code
    except requests.RequestException:
        return False
    return status < 400 or status in (401, 403)


def _registered(
    nodes: list[Node],
    machines: Callable[[], list[Machine]],
    limit_seconds: float,
    tell: Callable[[str, int, int], None],
) -> dict[str, str]:
    """The addresses that the notebook proxy has given out, by node."""
    urls: dict[str, str] = {}
    poll = Poll(limit_seconds)
    while poll.next():
        urls = {m.name: f"https://{m.proxy_url}/" for m in machines() if m.proxy_url}
        if all(n.name in urls for n in nodes):
            break
        tell("notebooks without a public address yet", len(urls), len(nodes))
    return urls


def _by_their_records(
    names: list[str], store: StateStore, poll: Poll, tell: Callable[[str, int, int], None]
) -> tuple[list[str], list[str]]:
    """Of nodes without a public address: those whose record says that the notebook answers, and those without one."""
    steps: dict[str, StepRecord | None] = {}
    starting = names
    while starting and poll.next():
        with ThreadPoolExecutor(WIDTH) as pool:
            steps |= dict(zip(starting, pool.map(lambda name: _jupyter_step(store, name), starting), strict=True))
        starting = [name for name in starting if (step := steps[name]) and step.status == "running"]
        tell(f"notebooks that don't answer yet: {', '.join(starting[:5])}", len(names) - len(starting), len(names))
    failed = {name: step.tail for name, step in steps.items() if step and step.status in ("failed", "running")}
    if failed:
        listed = "\n".join(f"    {name}: {tail.strip() or 'still starting'}" for name, tail in sorted(failed.items()))
        raise NotReady(
            f"the notebook did not start on {len(failed)} of the nodes:\n{listed}",
            "The nodes themselves are ready; set SHOW_PROXY_URL=no to go without notebooks.",
        )
    tunnelled = [name for name in names if (step := steps.get(name)) and step.status == "ok"]
    return tunnelled, [name for name in names if name not in tunnelled]


def _jupyter_step(store: StateStore, name: str) -> StepRecord | None:
    record = store.node_record(name)
    return next((s for s in record.steps if s.name == "jupyter"), None) if record else None

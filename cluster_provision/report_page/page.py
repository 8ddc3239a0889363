"""The page, from the JSON result (docs/result.md): no script, nothing fetched, and every value escaped."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from cluster_provision.console import duration
from cluster_provision.health.faults import known
from cluster_provision.report_page.bandwidth import chart
from cluster_provision.report_page.cost import cost_so_far
from cluster_provision.report_page.node_map import node_map
from cluster_provision.report_page.time_line import set_up_lines, step_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TITLES = {"updatehosts": "UpdateHosts"}
"""Actions whose name has a capital letter within; the others begin with one."""

OWN_PLACES = ("ssh", "jupyter_tunnel", "access", "key_file", "within_vpc_only", "network")
"""Of `connection`: what stands beside the nodes, or is no way to anything."""


def page(result: Mapping[str, Any], ended: str) -> str:
    """The report of this result; `ended` is when the run did, RFC 3339."""
    begun = datetime.fromisoformat(result["started"])
    total = (datetime.fromisoformat(ended) - begun).total_seconds()
    action = result["action"]
    values = {
        "result": result,
        "title": TITLES.get(action, action.capitalize()),
        "ended": ended,
        "lasted": duration(total),
        "map": node_map(result),
        "chart": chart(result["benchmark"]),
        "steps": step_lines(result["steps"], begun, total),
        "set_up": set_up_lines(result["set_up"]),
        "cost": cost_so_far(result["price"], result["since"], ended),
        "ways": [*_ways(result["connection"])],
        "faults": {code: known().get(code) for code in _codes(result["health"])},
    }
    return _environment().get_template("page.html.j2").render(values)


def _ways(connection: Mapping[str, Any], title: str = "") -> Iterator[tuple[str, str]]:
    """What leads to the cluster as a whole: each with its name, in words."""
    for name, value in connection.items():
        words = f"{title} {name}".strip().replace("_", " ")
        if name in OWN_PLACES:
            continue
        if isinstance(value, dict):
            yield from _ways(value, words)
        elif isinstance(value, str) and value:
            yield words, value


def _codes(health: Mapping[str, Any] | None) -> list[str]:
    """The fault codes of all findings, each once."""
    nodes = health["nodes"] if health else ()
    return sorted({code for node in nodes for check in node["checks"] for code in check["faults"]})


def _is_address(text: str) -> bool:
    """Whether a browser may be led there: any other scheme could be a script."""
    return text.startswith(("https://", "http://"))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.tests["address"] = _is_address
    environment.filters["duration"] = duration
    return environment

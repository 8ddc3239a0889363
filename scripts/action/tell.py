"""Tells a job of the tool's result: outputs, annotations, masks and a summary. Python alone, as runners have it.

    python3 tell.py RESULT EXIT_CODE SUMMARY

RESULT is the tool's JSON (docs/result.md); SUMMARY is written. GITHUB_OUTPUT and GITHUB_STEP_SUMMARY are added to.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ROWS = 200


def main() -> None:
    """Tell of the result; of none, too."""
    place, code, summary = sys.argv[1:]
    told = {"exit-code": code}
    try:
        result = json.loads(Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        result = None
    if isinstance(result, dict):
        told |= outputs(result) | {"result": place, "summary": summary}
        text = "\n".join(markdown(result)) + "\n"
        _add("GITHUB_STEP_SUMMARY", text)
        Path(summary).write_text(text, encoding="utf-8")
        sys.stdout.writelines(f"{line}\n" for line in commands(result))
    else:
        print(f"::error title=cluster-provision::The run ended with {code} and gave no result; its log says why.")
    _add("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in told.items()))


def outputs(result: dict[str, Any]) -> dict[str, str]:
    """What action.yml hands on, each on one line."""
    found = {
        "ok": json.dumps(result.get("ok")),
        "error-class": (result.get("error") or {}).get("class") or "",
        "label": (result.get("cluster") or {}).get("label") or "",
        "state-uri": (result.get("state") or {}).get("uri") or "",
        "nodes": json.dumps(result.get("nodes") or []),
        "changes": json.dumps(result.get("changes")),
        "hourly-price": str((result.get("price") or {}).get("hourly") or ""),
    }
    return {name: " ".join(value.split()) for name, value in found.items()}


def commands(result: dict[str, Any]) -> Iterator[str]:
    """What the runner acts on: a private key is masked, line by line, and a failure is an annotation."""
    key = str((result.get("connection") or {}).get("private_key") or "")
    yield from (f"::add-mask::{line}" for line in key.splitlines() if line)
    if error := result.get("error"):
        message = str(error["message"]).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        yield f"::error title={error['class']}::{message}"


def markdown(result: dict[str, Any]) -> Iterator[str]:
    """The summary. What comes from outside is a cell's text or a block of code, and ends neither."""
    name = str((result.get("cluster") or {}).get("name") or "")
    yield f"<!-- cluster-provision:{re.sub(r'[^A-Za-z0-9-]', '', name) or '-'} -->"
    rehearsed = " (rehearsed)" if result.get("rehearsal") else ""
    yield f"### {'✅' if result.get('ok') else '❌'} {_cell(result.get('action'))} {_cell(name)}{rehearsed}".rstrip()
    yield ""
    if changes := result.get("changes"):
        add, change, destroy = (changes[each] for each in ("add", "change", "destroy"))
        yield from (f"**{add}** to add, **{change}** to change, **{destroy}** to destroy", "")
    if price := result.get("price"):
        most = " at most" if price.get("at_most") else ""
        yield from (f"**{price['hourly']} {price['currency']} an hour**{most}", "")
    if error := result.get("error"):
        lines = "\n".join((str(error["message"]), str(error.get("advice") or ""))).replace("```", "'''")
        yield from ("```", *lines.splitlines(), "```", "")
    plan, nodes, checks, steps = ([*(result.get(each) or ())] for each in ("plan", "nodes", "checks", "steps"))
    if plan:
        rows = ((each["action"], each["kind"], each["name"]) for each in plan)
        yield from _table(f"What changes: {len(plan)}", ("", "kind", "name"), rows)
    if nodes:
        ready = sum(each["status"] == "ready" for each in nodes)
        titles = ("name", "zone", "address", "status", "health")
        rows = (tuple(each.get(title) for title in titles) for each in nodes)
        yield from _table(f"Nodes: {len(nodes)}, {ready} ready", titles, rows)
    bad = sum(each["status"] != "ok" for each in checks)
    rows = ((each["name"], each["status"], each["detail"]) for each in checks)
    yield from _table(f"Checks: {len(checks)}, {bad} not ok", ("check", "status", ""), rows)
    seconds = sum(each.get("seconds") or 0 for each in steps)
    rows = ((each["name"], each["status"], each.get("seconds")) for each in steps)
    yield from _table(f"Steps: {seconds:.0f} s", ("step", "status", "seconds"), rows)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    every = list(rows)
    yield from (f"<details><summary>{title}</summary>", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|")
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in every[:MOST_ROWS])
    if len(every) > MOST_ROWS:
        yield f"| and {len(every) - MOST_ROWS} more {'| ' * len(columns)}".rstrip()
    yield from ("", "</details>", "")


def _cell(value: Any) -> str:
    text = " ".join(str("" if value is None else value).split())
    return re.sub(r"([\\|`<>\[\]*_#@!])", r"\\\1", text)


def _add(variable: str, text: str) -> None:
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()

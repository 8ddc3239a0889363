"""Judges a run of DCGM's diagnostics: `read_dcgm.py <dcgmi's exit status> <its output> <its errors>` prints passed,
failed or unknown, and why.

`dcgmi diag -j` prints one JSON object, in DCGM 3 and before

    {"DCGM GPU Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "GPU Memory",
       "results": [{"gpu_ids": "3", "status": "FAIL", "warnings": ["…"]}]}]}], "version": "3.3.9"}}

and in DCGM 4

    {"DCGM Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "memory",
       "results": [{"entity_group": "GPU", "entity_id": 3, "status": "Fail",
                    "warnings": [{"warning": "…", "error_id": 61, "error_severity": 2, "error_category": 10}]}],
       "test_summary": {"status": "Fail"}}]}]}, "metadata": {"version": "4.2.3"}}

NVIDIA calls neither stable, so whatever is not understood is unknown, never a pass.
Sources: NVIDIA/DCGM, nvvs/src/JsonOutput.cpp and its tests (2023); a recorded run of DCGM 4.2.3 on a GB10 (2025); and
for severities https://docs.nvidia.com/datacenter/dcgm/latest/reference/diagnostics/errors.html, read 2026-11-25.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS = ("DCGM Diagnostic", "DCGM GPU Diagnostic")
SEVERITIES = {1: "monitor", 2: "isolate", 4: "triage", 5: "config", 6: "reset"}
WARNED = {"warn", "warning"}
SKIPPED = {"skip", "skipped"}
SHOWN = 5
LONGEST = 300


def outcome(status: int, output: str, errors: str) -> tuple[str, str]:
    """Return the check's status, and its finding in one line."""
    document = parsed(output)
    wrong = runtime_error(document)
    tests = list(named_tests(document))
    if not tests:
        return "unknown", f"dcgmi ended with status {status} and no results" + last_words(wrong, errors, output)
    failed = [told(name, test, "fail") for name, test in tests if "fail" in statuses(test)]
    if failed:
        return "failed", listed(failed)
    odd = [name for name, test in tests if statuses(test) - {"pass"} - SKIPPED - WARNED]
    if odd:
        return "unknown", "no result of " + listed(odd)
    if status or wrong:
        return "unknown", f"dcgmi ended with status {status} and named no failure" + last_words(wrong, errors)
    ran = [name for name, test in tests if statuses(test) - SKIPPED]
    if not ran:
        return "unknown", "every test was skipped: " + listed([name for name, _ in tests])
    warned = [told(name, test, "warn") for name, test in tests if statuses(test) & WARNED]
    return "passed", f"{len(ran)} tests" + (f", with warnings: {listed(warned)}" if warned else "")


def parsed(output: str) -> dict[str, Any]:
    """Return the JSON object in dcgmi's output, which may begin with other lines; empty for none."""
    try:
        found, _ = json.JSONDecoder().raw_decode(output[output.index("{") :])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def named_tests(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each test with its name; the list may have holes (null)."""
    root = next((document[name] for name in ROOTS if isinstance(document.get(name), dict)), {})
    for category in dicts(root.get("test_categories")):
        for test in dicts(category.get("tests")):
            yield str(test.get("name", "?")), test


def statuses(test: dict[str, Any]) -> set[str]:
    """Return the statuses in a test's results and its summary, in lower case."""
    results = [*dicts(test.get("results")), *dicts([test.get("test_summary")])]
    return {str(result.get("status", "none")).strip().lower() for result in results} or {"none"}


def told(name: str, test: dict[str, Any], word: str) -> str:
    """Describe a test in a few words: its name, its GPUs, and the first message."""
    results = [r for r in dicts(test.get("results")) if str(r.get("status", "")).lower().startswith(word)]
    entities = [f"{r.get('entity_group', 'GPU')} {r.get('entity_id', r.get('gpu_ids', '?'))}" for r in results]
    where = f" ({', '.join(dict.fromkeys(entities))})" if entities else ""
    said = [text for r in results for text in r.get("warnings") or ()]
    return f"{name}{where}" + (f": {warning(said[0])}" if said else "")


def warning(given: Any) -> str:
    if not isinstance(given, dict):
        return str(given)[:LONGEST]
    severity = SEVERITIES.get(given.get("error_severity", 0))
    return str(given.get("warning", ""))[:LONGEST] + (f" [{severity}]" if severity else "")


def runtime_error(document: dict[str, Any]) -> str:
    """Return DCGM's errors outside the tests."""
    roots = dicts([document, *(document.get(name) for name in ROOTS)])
    errors = (root.get(key) for root in roots for key in ("runtime_error", "Error", "error"))
    return next((str(error) for error in errors if error), "")


def dicts(given: Any) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def listed(words: list[str]) -> str:
    more = f"; and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + more


def last_words(*texts: str) -> str:
    """Return the last line of the first of these texts that has one."""
    for text in texts:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            return f": {lines[-1][:LONGEST]}"
    return ""


if __name__ == "__main__":
    given = [Path(name).read_text(errors="replace") for name in sys.argv[2:4]]
    print("\n".join(outcome(int(sys.argv[1]), *given)))

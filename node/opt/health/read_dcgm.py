"""Judges a run of DCGM's diagnostics: `read_dcgm.py <dcgmi's exit status> <its output> <its errors>` prints passed,
failed or unknown, and why.

`dcgmi diag -j` prints one JSON object: tests with results of a status, devices and warnings each. By version

    2.4 to 3.2  {"gpu_ids": "3", "status": "Fail", "warnings": "…"}, and no GPU in the category "Deployment"
    3.3         {"gpu_id": "3", …, "warnings": [{"warning": "…", "error_severity": 2}]}, in "Deployment" {"warnings": …}
    4           {"entity_group": "GPU", "entity_id": 3, …}; what is about no device is in "test_summary" alone

NVIDIA calls none of them stable, so whatever is not understood is unknown, never a pass.
Sources: NVIDIA/DCGM, dcgmi/Diag.cpp, v2.4.7 to v4.5 (read 2026-11-30); a recorded run of 4.2.3; for severities
https://docs.nvidia.com/datacenter/dcgm/latest/reference/diagnostics/errors.html, read 2026-11-25.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reason import behind, reason_in, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS = ("DCGM Diagnostic", "DCGM GPU Diagnostic")
SEVERITIES = {1: "monitor", 2: "isolate", 4: "triage", 5: "config", 6: "reset"}
WARNED = {"warn", "warning"}
SKIPPED = {"skip", "skipped"}
SHOWN = 5
NOBODY = -1
"""What stands in a GPU's place where a test was about none, or all."""


def outcome(status: int, output: str, errors: str) -> tuple[str, str]:
    """Return the check's status, and its finding in one line."""
    document = parsed(output)
    wrong = runtime_error(document)
    tests = list(named_tests(document))
    if not tests:
        return "unknown", f"dcgmi ended with status {status} and no results" + behind(reason_in(wrong, errors, output))
    failed = [told(name, test, "fail") for name, test in tests if "fail" in statuses(test)]
    if failed:
        return "failed", listed(failed)
    odd = [name for name, test in tests if statuses(test) - {"pass"} - SKIPPED - WARNED]
    if odd:
        return "unknown", "no result of " + listed(odd)
    if status or wrong:
        return "unknown", f"dcgmi ended with status {status} and named no failure" + behind(reason_in(wrong, errors))
    ran = [name for name, test in tests if statuses(test) - SKIPPED]
    if not ran:
        return "unknown", "every test was skipped: " + listed([name for name, _ in tests])
    warned = [told(name, test, "") for name, test in tests if statuses(test) & WARNED or passed_with_warnings(test)]
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
    return {status_of(result) for result in results} or {"none"}


def told(name: str, test: dict[str, Any], word: str) -> str:
    """Describe a test in a few words: its name, its devices, and the messages about them.

    `word` selects the results whose status begins with it; without one, the results with a warning are described.
    """
    results = [*dicts(test.get("results"))]
    chosen = [r for r in results if (status_of(r).startswith(word) if word else has_warning(r))]
    where = list(dict.fromkeys(device for result in chosen for device in devices(result)))
    summary = dicts([test.get("test_summary")])
    said = distinct([text for result in (*chosen, *summary) for text in warnings(result)])
    if not said:
        said = distinct([text for result in chosen for text in texts_of(result.get("info"))])
    more = [f"and {len(said) - SHOWN} more"] if len(said) > SHOWN else []
    return name + (f" ({', '.join(where)})" if where else "") + behind("; ".join([*said[:SHOWN], *more]))


def status_of(result: dict[str, Any]) -> str:
    return str(result.get("status", "none")).strip().lower()


def has_warning(result: dict[str, Any]) -> bool:
    return status_of(result) in WARNED or (status_of(result) == "pass" and bool(warnings(result)))


def passed_with_warnings(test: dict[str, Any]) -> bool:
    return any(has_warning(each) for each in (*dicts(test.get("results")), *dicts([test.get("test_summary")])))


def devices(result: dict[str, Any]) -> list[str]:
    """Return the devices of a result, whatever the version calls them; none where it names none."""
    group = result.get("entity_group") or "GPU"
    given = next((result[key] for key in ("entity_id", "gpu_id", "gpu_ids") if result.get(key) is not None), "")
    numbers = given if isinstance(given, list) else str(given).split(",")
    found = [str(number).strip() for number in numbers]
    return [f"{group} {number}" for number in found if number not in ("", str(NOBODY))]


def warnings(result: dict[str, Any]) -> list[str]:
    return texts_of(result.get("warnings")) or texts_of(result.get("warning"))


def texts_of(given: Any) -> list[str]:
    if isinstance(given, list):
        return [text for each in given for text in texts_of(each)]
    if isinstance(given, dict):
        severity = SEVERITIES.get(given.get("error_severity", 0))
        said = texts_of(given.get("warning")) or texts_of(given.get("warnings")) or texts_of(given.get("message"))
        return [f"{text} [{severity}]" if severity else text for text in said]
    text = "" if given is None else " ".join(str(given).split())
    return [shortened(text)] if text else []


def distinct(texts: list[str]) -> list[str]:
    """Return each text once; of texts that differ only in numbers, the first."""
    kinds: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        kinds.setdefault(re.sub(r"\d+(?:\.\d+)?", "#", text), []).append(text)
    return [first + (f" (and {len(others)} more like it)" if others else "") for first, *others in kinds.values()]


def runtime_error(document: dict[str, Any]) -> str:
    roots = dicts([document, *(document.get(name) for name in ROOTS)])
    errors = (root.get(key) for root in roots for key in ("runtime_error", "Error", "error"))
    return next((str(error) for error in errors if error), "")


def dicts(given: Any) -> list[dict[str, Any]]:
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def listed(words: list[str]) -> str:
    more = f"; and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return "; ".join(words[:SHOWN]) + more


if __name__ == "__main__":
    given = [Path(name).read_text(errors="replace") for name in sys.argv[2:4]]
    print("\n".join(outcome(int(sys.argv[1]), *given)))

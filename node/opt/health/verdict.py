"""Prints this node's verdict: `verdict.py <folder of logs> <folder of state> <root> [running]`.

It prints a line, and leaves the same with what each check found in <folder of state>/health.json, which the node's
record takes over. A check's status is the last word of its status file; a check that never ran, or whose file says
something else, is unknown, and unknown is never healthy. With `running`, the checks have just begun.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from physical_host import physical_host

CHECKS = Path(__file__).with_name("checks")
"""A line for each check: its name, its log, its script."""
STATUSES = ("passed", "failed", "unknown", "skipped")
LONGEST = 2000


def main(logs: Path, state: Path, root: Path, *, running: bool) -> None:
    listed = [line.split()[:2] for line in CHECKS.read_text().splitlines()]
    checks = [check(name, logs / f"{log}.status", state) for name, log in listed]
    if running:
        checks = [{"name": each["name"], "status": "running", "detail": "", "time": ""} for each in checks]
    verdict = "running" if running else verdict_of({each["status"] for each in checks})
    health = {"verdict": verdict, "host": physical_host(root), "checks": checks}
    new = state / "health.json.new"
    new.write_text(json.dumps(health))
    new.replace(state / "health.json")
    print(f"{verdict}: " + ", ".join(told(each) for each in checks))


def verdict_of(statuses: set[str]) -> str:
    if "failed" in statuses:
        return "unhealthy"
    if statuses == {"skipped"}:
        return "skipped"
    return "healthy" if statuses <= {"passed", "skipped"} else "unknown"


def check(name: str, file: Path, state: Path) -> dict[str, str]:
    """Return one check by the last line of its status file; the detail belongs to the same run."""
    line = last_line(file)
    if not line:
        return {"name": name, "status": "unknown", "detail": "it has not run", "time": ""}
    time, _, word = line.rpartition(" ")
    if word not in STATUSES:
        return {"name": name, "status": "unknown", "detail": f"{file} ends with {line[:80]!r}", "time": ""}
    return {"name": name, "status": word, "detail": detail_of(name, time.strip(), word, state), "time": time.strip()}


def detail_of(name: str, time: str, word: str, state: Path) -> str:
    try:
        noted = (state / "health" / name).read_text(errors="replace").split("\n", 2)
    except OSError:
        return ""
    return noted[2].strip()[:LONGEST] if noted[:2] == [time, word] and len(noted) == 3 else ""


def last_line(file: Path) -> str:
    try:
        lines = file.read_text(errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def told(each: dict[str, str]) -> str:
    return f"{each['name']} {each['status']}" + (f" ({each['detail']})" if each["detail"] else "")


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:4]), running=len(sys.argv) > 4)

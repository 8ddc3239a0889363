"""Judges a run of AzNHC: `read_aznhc.py <its exit status> <its log>` prints passed, failed or unknown, and why.

The log's lines are NHC's (https://github.com/Azure/azurehpc-health-checks, read 2026-05-01):

    ERROR:  nhc:  Health check failed:  check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009
    Health checks completed with exit code: 1.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FAILURE = re.compile(r"^ERROR:\s+nhc:\s+Health check failed:\s*(.+?)\s*$", re.MULTILINE)
WARNING = re.compile(r"^WARNING:\s+(.+?)\s*$", re.MULTILINE)
COMPLETED = re.compile(r"Health checks completed with exit code: (\d+)")
UNSUPPORTED = re.compile(r"^.*is currently not supported.*$", re.MULTILINE)
NOT_SET_UP = "NHCNA"
"""AzNHC's word for a check that could not be set up: no fault of the machine."""

SHOWN = 5
LONGEST = 300


def outcome(status: int, log: str) -> tuple[str, str]:
    """Return the check's status, and its finding in one line."""
    unsupported = UNSUPPORTED.search(log)
    if unsupported:
        return "unknown", unsupported.group(0).strip()  # with exit status 0
    failures = list(dict.fromkeys(FAILURE.findall(log)))
    faults = [each for each in failures if NOT_SET_UP not in each]
    if faults:
        return "failed", listed(faults)
    if failures:
        return "unknown", "AzNHC could not set up " + listed(failures)
    completed = COMPLETED.findall(log)
    if not completed:
        return "unknown", f"AzNHC ended with status {status} before its checks were complete{last_words(log)}"
    # Versions before May 2024 end with 0 whatever the checks say.
    if status or int(completed[-1]):
        return "unknown", f"AzNHC ended with status {status or completed[-1]} and named no failure{last_words(log)}"
    return "passed", listed(list(dict.fromkeys(WARNING.findall(log))))


def listed(lines: list[str]) -> str:
    more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return "; ".join(line[:LONGEST] for line in lines[:SHOWN]) + more


def last_words(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return f": {lines[-1][:LONGEST]}" if lines else ""


if __name__ == "__main__":
    print("\n".join(outcome(int(sys.argv[1]), Path(sys.argv[2]).read_text(errors="replace"))))

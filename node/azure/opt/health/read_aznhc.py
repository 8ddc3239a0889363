"""Judges a run of AzNHC: `read_aznhc.py <its exit status> <its log>` prints passed, failed or unknown, and why.

The log's lines are NHC's (https://github.com/Azure/azurehpc-health-checks at 0e0a1ac, read 2026-11-30):

    ERROR:  nhc:  Health check failed:  check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009
    Health checks completed with exit code: 1.

Some messages have several lines, with the code on the last. NHC itself (https://github.com/mej/nhc) names a check that
hung, isn't there (127) or can't be run (126): its result is unknown.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from reason import ESCAPES, behind, reason_in, shortened

BEGIN = re.compile(
    r"^(?:\[[^\]]*\] - )?(?:(ERROR|WARNING|SUCCESS|DEBUG):\s|Health checks completed|\d+ health checks? )"
)
"""A line with which something new begins; a verbose NHC puts the time before it."""
FAILURE = re.compile(r"^(?:\[[^\]]*\] - )?ERROR:\s+\S+:\s+Health check failed:\s*(.*)$", re.DOTALL)
WARNING = re.compile(r"^(?:\[[^\]]*\] - )?WARNING:\s+(.+)$", re.DOTALL)
COMPLETED = re.compile(r"Health checks completed with exit code: (\d+)")
UNSUPPORTED = re.compile(r"^.*is currently not supported.*$", re.MULTILINE)
CODE = re.compile(r"(?:\w+Code:\s*)?\bNHC(?:\d{4}|NA)\b")
NOT_SET_UP = "NHCNA"
"""AzNHC's word for a check that could not be set up: no fault of the machine."""
NOT_RUN = re.compile(
    r"(?:returned|(?:error|failure|exit) (?:code|status))\s+(?:\w+ code )?(?:126|127)\b", re.IGNORECASE
)
"""A command that isn't there, or can't be run."""
STOPPED = re.compile(r"timed out|watchdog timer|terminated by signal|returned (?:124|137|142|143)\b", re.IGNORECASE)

SHOWN = 5
MOST_LINES = 40
"""Of one message; a code that comes later is another one's."""
ROOM = 1800
"""Characters of all that is told; the record takes 2000 (verdict.py)."""


def outcome(status: int, log: str) -> tuple[str, str]:
    """Return the check's status, and its finding in one line."""
    log = "\n".join(ESCAPES.sub("", line.rstrip("\r")) for line in log.split("\n"))
    unsupported = UNSUPPORTED.search(log)
    if unsupported:
        return "unknown", unsupported.group(0).strip()  # with exit status 0
    failures = [each for each in dict.fromkeys(messages(log, FAILURE)) if each]
    faults = [each for each in failures if is_fault(each)]
    if faults:
        return "failed", listed(faults)
    if failures:
        set_up = all(NOT_SET_UP in each for each in failures)
        return "unknown", f"AzNHC could not {'set up' if set_up else 'run or finish a check:'} {listed(failures)}"
    completed = COMPLETED.findall(log)
    if not completed:
        return "unknown", f"AzNHC ended with status {status} before its checks were complete{behind(reason_in(log))}"
    # Versions before May 2024 end with 0 whatever the checks say.
    if status or int(completed[-1]):
        why = behind(reason_in(log))
        return "unknown", f"AzNHC ended with status {status or completed[-1]} and named no failure{why}"
    return "passed", listed(list(dict.fromkeys(messages(log, WARNING))))


def messages(log: str, kind: re.Pattern[str]) -> list[str]:
    """Return all messages of a kind, each as one line."""
    lines, found = log.split("\n"), []
    for number, line in enumerate(lines):
        match = kind.match(line)
        if match:
            found.append(whole(match[1], lines[number + 1 : number + MOST_LINES]))
    return found


def whole(first: str, following: list[str]) -> str:
    """Return a message with the lines up to its code; without a code, only where the first line says nothing."""
    parts = [first]
    for line in following if not CODE.search(first) else []:
        if BEGIN.match(line):
            break
        parts.append(line)
        if CODE.search(line):
            break
    if not CODE.search(parts[-1]) and not re.fullmatch(r"\W*(?:ERROR)?\W*", first):
        parts = [first]  # what follows is output of something else
    text = " ".join(" ".join(part.split()) for part in parts if part.strip())
    return re.sub(r"\s+([.,;])(?=\s|$)", r"\1", re.sub(r"^(?:ERROR:|-e)\s+(?=\S)", "", text))


def is_fault(failure: str) -> bool:
    """Say whether a failed check is a fault of the machine."""
    if NOT_SET_UP in failure or NOT_RUN.search(failure):
        return False
    return bool(CODE.search(failure)) or not STOPPED.search(failure)


def listed(lines: list[str]) -> str:
    """List as many as fit, each with its code, and at least one of each code."""
    codes = [match[0] if (match := CODE.search(line)) else "" for line in lines]
    first = [codes.index(code) for code in dict.fromkeys(codes) if code]
    others = [number for number in range(len(lines)) if number not in first]
    chosen = sorted([*first, *others[: max(0, SHOWN - len(first))]])
    each = max(60, min(300, ROOM // max(1, len(chosen)) - 2))
    more = f"; and {len(lines) - len(chosen)} more" if len(lines) > len(chosen) else ""
    return "; ".join(shortened(lines[number], each, codes[number]) for number in chosen) + more


if __name__ == "__main__":
    print("\n".join(outcome(int(sys.argv[1]), Path(sys.argv[2]).read_text(errors="replace"))))

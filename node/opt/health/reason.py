"""The line that says why a program failed: `reason.py <file of its output>` prints it, or an empty line.

It is seldom the last one: Docker ends with its help, nvidia-smi 535 with its library's version.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LONGEST = 300
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")
NO_REASON = re.compile(
    r"--help|for more information|^usage:|pretty printing info|^nvml library version|^unable to find image"
    r"|^(?:success|warning|debug):|^health checks completed|^traceback",
    re.I,
)
REASONS = (
    re.compile(r"nvidia-container-cli: |version mismatch|communicate with the nvidia driver", re.I),
    re.compile(r"error response from daemon|^\w*error\b|\berror: |^failed\b|^unable\b|^cannot\b", re.I),
    re.compile(
        r"\berror\b|fail|can.?.?not|can't|could.?n.t|unable|not found|no such|denied|refused|unauthorized|timed? ?out"
        r"|in use|invalid|not running|is lost|no space|out of memory|unknown",
        re.I,
    ),
)
"""Words of a line that says why, the most telling first."""


def reason_in(*texts: str) -> str:
    """The line of the first of these texts that has one; the last line where none has the words of a reason."""
    for text in texts:
        lines = [ESCAPES.sub("", line).strip() for line in text.replace("\r", "\n").splitlines()]
        lines = [line for line in lines if line]
        telling = [line for line in lines if not NO_REASON.search(line)]
        found = next((line for words in REASONS for line in telling if words.search(line)), "")
        if found or lines:
            return shortened(found or (telling or lines)[-1])
    return ""


def behind(text: str) -> str:
    """A reason behind what it is the reason of."""
    return f": {text}" if text else ""


def shortened(line: str, longest: int = LONGEST, keep: str = "") -> str:
    """As much of a line as fits, with its end where that is what is to be kept."""
    if len(line) <= longest:
        return line
    return f"{line[: longest - len(keep) - 2].rstrip()}… {keep}".rstrip()


if __name__ == "__main__":
    try:
        print(reason_in(Path(sys.argv[1]).read_text(errors="replace")))
    except OSError:
        print()

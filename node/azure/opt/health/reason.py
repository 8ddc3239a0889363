"""The line that says why a program failed: `reason.py <file of its output>` prints it, or an empty line.

It is seldom the last one: Docker ends with where to read on, nvidia-smi with its library's version, and what follows
from an error is told behind it.
Sources: docker/cli (cli/cobra.go, cli/command/system/info.go), opencontainers/runc, NVIDIA/libnvidia-container;
nvidia-smi 535 and later; github.com/NVIDIA/nvidia-docker/issues/1352. Read 2026-11-30.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LONGEST = 300
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f]")
NO_REASON = re.compile(
    r"(?:see|run|use|try) ['\"`].*--?h(?:elp)?\b|for more information|^usage:|^errors? pretty printing info"
    r"|^nvml library version|^unable to find image .* locally|^SUCCESS:|^WARNING:|^Health checks completed"
    r"|^using default tag|^[0-9a-f]{12}: |^traceback|^exit status \d+\.?$",
    re.IGNORECASE,
)
"""Lines that name no reason, though they may have its words."""
REASONS = (
    re.compile(
        r"nvidia-container-cli: |driver/library version mismatch|couldn't communicate with the nvidia driver", re.I
    ),
    re.compile(r"error response from daemon|^\w*error\b:?|\berror: |^failed\b|^unable\b|^cannot\b", re.I),
    re.compile(
        r"\berror\b|fail|cannot|can't|couldn't|could not|unable|not found|no such|denied|refused|mismatch|unauthorized"
        r"|timed? ?out|in use|invalid|not running|is lost|no space|out of memory|unknown",
        re.IGNORECASE,
    ),
)
"""Words of a line that says why, the most telling first."""


def reason_in(*texts: str) -> str:
    """The line of the first of these texts that has one; the last line where none has the words of a reason."""
    for text in texts:
        lines = [ESCAPES.sub("", line).strip() for line in text.replace("\r", "\n").splitlines()]
        lines = [line for line in lines if line]
        telling = [line for line in lines if not NO_REASON.search(line)]
        for words in REASONS:
            found = next((line for line in telling if words.search(line)), "")
            if found:
                return shortened(found)
        if lines:
            return shortened((telling or lines)[-1])
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

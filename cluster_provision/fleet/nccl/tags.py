"""What launchers write before each line: which process printed it, or when.

Forms: mpirun --tag-output and --timestamp-output of Open MPI 3 to 5; srun --label (SchedMD/slurm,
src/common/write_labelled_message.c); mpiexec -l and -prepend-rank of MPICH and Intel MPI; kubectl, ts and docker
compose. Read 2026-11-30.
"""

from __future__ import annotations

import re

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])|[\x00-\x08\x0b-\x1f]")

_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_DAY = rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?[A-Z][a-z]{{2}} [ \d]?\d {_CLOCK}(?: \d{{4}})?"
WHEN = re.compile(rf"(?:\[?(?:{_TIME}|{_DAY}|{_CLOCK})\]?(?: std(?:out|err) [FP])?)(?:[ \t]+|(?=[<\[])|$)")
WHO = re.compile(
    r"\[[^\[\]\s]*\d+,\d+\](?:\[[^\[\]\s]*\])?<std(?:out|err|diag)>:"  # Open MPI
    r"|<std(?:out|err|diag)>:"  # the same behind a time
    r"|[ ]*(?:P\d+[ ]+)?\d+:(?:[ ]|$)"  # srun --label; P for a heterogeneous job
    r"|\[(?!ERROR|FATAL|WARN|INFO|DEBUG)[A-Za-z0-9][\w.:,@/-]*\](?:[ ]|$)"  # [rank] or [host:task]
    r"|[A-Za-z][\w./-]*[ ]+\|[ ]"  # docker compose
    r"|[A-Za-z][\w.-]*(?:\[\d+\])?:[ ](?=[ ]*(?:#|\d+[ ]+\d+[ ]+[a-z]))"  # host: before a table's line
)


def untagged(line: str) -> tuple[str, str]:
    """Who printed a line, as far as its beginning says, and the line without that."""
    text, who = ESCAPES.sub("", line), ""
    while True:
        if when := WHEN.match(text):
            text = text[when.end() :]
        elif tag := WHO.match(text):
            who += tag[0].strip()
            text = text[tag.end() :]
        else:
            return who, text

"""What sacctmgr says: added, there already, busy, or why not. Its exit codes differ among releases, so words count.

The words were read in src/sacctmgr/cluster_functions.c and user_functions.c at slurm-24-11-5-1, and heard from Debian's
22.05.8 and 24.11.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.facts import Output

CHANGED, UNCHANGED, TRY_AGAIN, NO_ACCOUNT, OTHER_RELEASE, FAILED = (
    "changed",
    "unchanged",
    "try again",
    "no account",
    "other release",
    "failed",
)
# In the order in which they are looked for: a busy database may have said "Adding" before.
_SAID = (
    (OTHER_RELEASE, re.compile("Incompatible versions of client and server code")),
    (
        TRY_AGAIN,
        re.compile(
            "Database is busy|waiting for lock|Getting response to message type|Connection refused|Connection reset|"
            "Connection timed out|failed to open persistent connection|Problem talking to the database|"
            "Unable to contact slurm|lost connection|reopening connection",
            re.IGNORECASE,
        ),
    ),
    (NO_ACCOUNT, re.compile(r"This account '[^']*' doesn't exist|No account \S+ on cluster", re.IGNORECASE)),
    (UNCHANGED, re.compile(r"already exist|Nothing (?:new )?(?:added|modified|deleted)|didn't affect anything", re.I)),
)
_CHANGES = re.compile(r"^\s*(Adding|Modified|Modifying|Deleting|Setting|Associations)\b", re.MULTILINE)
_HOST = re.compile(r"(?:to host:|message to )([^\s:]+):([0-9]+)")


@dataclass(frozen=True)
class Said:
    """The outcome, the last line that sacctmgr wrote, and which slurmdbd it spoke to, where it says so."""

    outcome: str
    line: str = ""
    database: str = ""


def read_sacctmgr(output: Output) -> Said:
    """Return what became of an `add`, `modify` or `delete`. Only its own words make it "unchanged"."""
    text = f"{output.out}\n{output.err}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    host = _HOST.search(text)
    database = f"{host[1]}:{host[2]}" if host else ""
    line = lines[-1] if lines else ""
    for outcome, words in _SAID:
        if words.search(text):
            return Said(outcome, line, database)
    changed = output.exit == 0 and _CHANGES.search(text) and "error:" not in text
    return Said(CHANGED if changed else FAILED, line, database)


def read_table(text: str, columns: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return the rows of a `-P` list by column, in small letters, with a header or without (`-n`).

    `columns` are those that were asked for, in order; a header, where there is one, counts before them.
    """
    rows = [line.split("|") for line in text.splitlines() if "|" in line]
    names = [column.lower() for column in columns]
    if rows and {cell.strip().lower() for cell in rows[0]} >= set(names[:2]):
        names, rows = [cell.strip().lower() for cell in rows[0]], rows[1:]
    return tuple(dict(zip(names, row, strict=False)) for row in rows)


@dataclass(frozen=True)
class Association:
    """A user's, or with an empty `user` an account's, place in a cluster."""

    cluster: str
    account: str
    user: str = ""
    partition: str = ""


ASSOCIATIONS = ("Cluster", "Account", "User", "Partition")
CLUSTERS = ("Cluster", "ControlHost", "ControlPort")


def read_associations(text: str, cluster: str) -> tuple[Association, ...]:
    """Return those of `cluster` in `sacctmgr -P show associations`; another cluster's in the same database stay out."""
    return tuple(
        Association(row["cluster"], row.get("account", ""), row.get("user", ""), row.get("partition", ""))
        for row in read_table(text, ASSOCIATIONS)
        if row["cluster"] == cluster
    )


def read_clusters(text: str) -> dict[str, str]:
    """Return cluster → `host:port` of its controller, empty where it has none, of `sacctmgr -P show clusters`."""
    return {
        row["cluster"]: f"{row['controlhost']}:{row['controlport']}" if row.get("controlhost") else ""
        for row in read_table(text, CLUSTERS)
    }

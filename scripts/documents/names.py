"""The sections of docs/parameters.md on names that are not the tool's, made from what the settings are read with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.guards import GUARDS
from cluster_provision.settings.other_words import FORMER, WORDS

if TYPE_CHECKING:
    from cluster_provision.settings.other_words import Word

# ruff: noqa: E501 - tables
RULES = """## Names that are not ours, but look like it

A run that goes on without a switch that was misspelt can cost more than anything else here. So what is said of a
variable that is no parameter goes by what hangs on the one that was probably meant:

| the variable | while the parameter is unset | while it is set |
|---|---|---|
| one letter, the case or underscores away from a parameter that money, safety or the place hangs on (the list below), however short its name | an error | an error where it says something else, else a note |
| two letters away from one of these whose name has eight letters or more, with a value that it takes | an error | nothing |
| one letter, the case or underscores away from another parameter of the cluster of eight letters or more | an error | a note |
| any other near miss | a note | a note |
| what other tools, or plain speech, call such a parameter, in the table below | an error, or a note, as there; nothing where its value asks for nothing (`SPOT=no`) | a note |
| a name of older tools | a note | a note |
| another program's (`PATH`, `CI_...`, `NETWORK_SERVICE_HOST`, `CPU_COUNT`) | nothing | nothing |

An error is exit code 2, before anything is touched, with the line to write. A mandatory parameter that is unset is an
error by itself, and names what may have been meant for it.

Money, safety or the place hang on these; without it ...
"""

WORDS_OF_OTHERS = """What other tools and plain speech call them (SkyPilot, dstack, AWS ParallelCluster, cluster-toolkit, gcloud, az,
Terraform's modules), in any case and with or without underscores. *An error* is one whatever its value; *by its value*
is one where the value is what the parameter takes, and not its default: another program may have a variable of that
name, with other values.

| Google Cloud | Azure | existing machines | called | while it is unset |
|---|---|---|---|---|
"""

LEVELS = {
    "sure": "an error",
    "fitting": "an error by its value, else a note",
    "noted": "a note",
    "missing": "said where the parameter is mandatory",
}


def names_markdown() -> str:
    """The sections' text."""
    guards = "".join(f"- `{name}`: {stake}\n" for name, stake in GUARDS.items())
    words = "".join(map(_row, WORDS))
    former = "".join(f"- `{name}`: {instead}\n" for name, instead in FORMER.items())
    return (
        f"{RULES}\n{guards}\n{WORDS_OF_OTHERS}{words}\n"
        f"## Names of older tools\n\nThey are pointed out and ignored: such env files run as they are.\n\n{former}"
    )


def _row(word: Word) -> str:
    called = ", ".join(f"`{name}`" for name in word.names)
    return f"| {_code(word.gcp)} | {_code(word.azure)} | {_code(word.existing)} | {called} | {LEVELS[word.level]} |\n"


def _code(name: str) -> str:
    return f"`{name}`" if name else "nothing like it"

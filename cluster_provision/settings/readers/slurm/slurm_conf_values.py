"""Whether a value is of its key's kind: Slurm ends at its start where it isn't (src/common/parse_value.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.keys import NUMBERS
from cluster_provision.settings.readers.slurm.slurm_words import TIME, TIMES, WORDS
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.readers.slurm.keys import Key

_BOOLEAN = {"yes", "no", "up", "down", "true", "false", "1", "0"}
_WORDS = {"unlimited", "infinite"}
_NOT_LINEAR = re.compile(r"\bcr_(core|cpu|socket)(_memory)?\b", re.IGNORECASE)
_BESIDE = ("gang", "within", "priority")
_MOST = {"uint16": 2**16 - 1, "uint32": 2**32 - 1, "uint64": 2**64 - 1}


def value_problem(key: Key, value: str) -> str:
    """Return what is wrong with the value, empty where nothing is."""
    if not value:
        return "has no value; leave the key out"
    if not value.isprintable() or '"' in value:
        return "has a quote or a control character in its value"
    if key.kind == "boolean" and value.lower() not in _BOOLEAN:
        return f"is {shown(value)}; allowed are yes and no"
    if key.kind in NUMBERS and value.lower() not in _WORDS:
        return _number_problem(key, value)
    return WORDS[key.name].problem(value) if key.name in WORDS else _form_problem(key, value)


def _form_problem(key: Key, value: str) -> str:
    if key.name in TIMES and not TIME.fullmatch(value):
        return (
            f"is {shown(value)}; a time is minutes, hours:minutes:seconds, days-hours[:minutes[:seconds]] or INFINITE"
        )
    if key.name == "Licenses" and re.search(r":(?![0-9])", value):
        return f"is {shown(value)}; a license is written as name:count, several with commas"
    return ""


def together(values: Mapping[str, str]) -> list[str]:
    """Return what is wrong between keys: slurmctld ends at its start (read_config.c, PreemptType; select.c)."""
    problems: list[str] = []
    modes = {each for each in values.get("PreemptMode", "OFF").lower().split(",") if each not in _BESIDE}
    off = not modes or modes <= {"off", "cluster"}
    kind = values.get("PreemptType", "preempt/none").lower()
    if kind == "preempt/none" and not off:
        problems.append(f"PreemptMode={shown(values['PreemptMode'])} without PreemptType; set that too")
    elif kind != "preempt/none" and off:
        problems.append(
            f"PreemptType={shown(values['PreemptType'])} without a PreemptMode, such as REQUEUE; set that too"
        )
    if modes & {"suspend", "on"} and "gang" not in values["PreemptMode"].lower().split(","):
        problems.append("PreemptMode=SUSPEND without GANG; write PreemptMode=SUSPEND,GANG")
    parameters = values.get("SelectTypeParameters", "")
    if values.get("SelectType", "").lower() == "select/linear" and _NOT_LINEAR.search(parameters):
        problems.append(f"SelectTypeParameters={shown(parameters)} beside SelectType=select/linear; write CR_Memory")
    return problems


def _number_problem(key: Key, value: str) -> str:
    if key.kind == "float":
        return "" if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) else f"is {shown(value)}; allowed is a number"
    if not re.fullmatch(r"0|[1-9][0-9]{0,19}|0[xX][0-9a-fA-F]{1,16}", value):
        if "=" in value:
            return f"is {shown(value)}; keys are separated by semicolons"
        octal = ", without a 0 in front, which would make it octal" if re.fullmatch("0[0-9]+", value) else ""
        return f"is {shown(value)}; allowed is a whole number from 0 on{octal}"
    most = _MOST.get(key.kind)
    if most is not None and int(value, 0) > most:
        return f"is {shown(value)}; the highest is {most}"
    return ""

"""Why a node is drained or down, whose reason that is, and what helps.

Slurm's own words were read at slurm-24-11-5-1 in src/slurmctld (node_mgr.c, proc_req.c, job_mgr.c, power_save.c),
src/slurmd, src/interfaces/gres.c and src/common/slurm_errno.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OURS, PROLOG, SLURM, ANOTHER_TOOL, PERSON, NOBODY = "ours", "our prolog", "Slurm", "another tool", "person", "nobody"
LEAVE, UNDRAIN, IF_CAUSE_GONE = "leave", "undrain", "undrain if the cause is gone"

# The words with which the tool's own reasons begin, each with a colon and a blank behind it, or behind this mark.
MARK = "cluster-provision: "
OFF, HEALTH, CAPACITY, PROLOG_WORD, EPILOG_WORD = "off", "health", "capacity", "prolog", "epilog"
_TOOLS_USERS = {"root", "slurm"}


@dataclass(frozen=True)
class Reason:
    """A reason as Slurm has it (`text`). `undrain` is what Undrain does with it, `advice` what helps."""

    text: str
    user: str
    time: str
    nodes: str
    whose: str
    undrain: str
    advice: str = ""


_OWN = {
    OFF: (OURS, LEAVE, "the node is off on purpose: Resume makes it"),
    HEALTH: (OURS, LEAVE, "goes by itself once the node's health check passes"),
    CAPACITY: (OURS, LEAVE, "the cloud has no room; goes by itself when it has"),
    PROLOG_WORD: (PROLOG, UNDRAIN, "mend what the script says, then Undrain"),
    EPILOG_WORD: (PROLOG, UNDRAIN, "mend what the script says, then Undrain"),
}
# Slurm's own: pattern → what helps, and whether Undrain by itself does.
_COUNTED = "the node has other devices than are configured: look at nvidia-smi there; Create sets what is right"
_LOW = "the node has less than is configured: Create sets it"
_LOG = "look at slurmd's log on the node"
# Plain `sinfo -R` cuts a reason after 20 characters, so the patterns are no longer.
_SLURMS = (
    (r"gres/\w+", IF_CAUSE_GONE, _COUNTED),
    (r"Low (?:RealMemory|TmpDisk|socket\*core\*thread count|CPUs)|CoreSpec differ", IF_CAUSE_GONE, _LOW),
    (r"RestrictedCoresPerGP", IF_CAUSE_GONE, _COUNTED),
    (r"Not responding", LEAVE, "comes back by itself when slurmd answers: look at the machine and its slurmd"),
    (r"Node unexpectedly re", UNDRAIN, "the node rebooted by itself: look why, then Undrain"),
    (r"Kill task failed", UNDRAIN, "a job's process hangs: reboot the node"),
    (r"Prolog error|Epilog error|Prolog/Epilog failur", UNDRAIN, f"the runner failed before its scripts: {_LOG}"),
    (r"Duplicate jobid", UNDRAIN, "two jobs had one number"),
    (r"batch job complete f", UNDRAIN, f"the node couldn't report a job's end: {_LOG}"),
    (r"SlurmdSpoolDir is fu", UNDRAIN, "make room on the node"),
    (r"Job env setup error|Could not unpack|switch_g_job|NO NETWORK ADDRESS", UNDRAIN, _LOG),
    (r"ResumeTimeout reache|SuspendTimeout reach", LEAVE, "the machine never joined: look at its record"),
    (r"reboot (?:issued|requested|complete|timed out)|Reboot ASAP", LEAVE, "the node is being rebooted"),
    (r"POWER_DOWN_ASAP|POWER_UP|First Registration", LEAVE, "the node is being switched on or off"),
)
# Other tools that drain nodes by themselves, by how their reasons begin.
_OTHERS = (
    (r"NHC: ", "Node Health Check drains it again until its check passes"),
    (r"keep_alive$|cyclecloud_", "CycleCloud's"),
    (r"(?:healthagent|HealthAgent)\b", "CycleCloud's health agent"),
    (r"soperator|\[?node_problem|\[?hardware_problem", "soperator's"),
    (r"slurm-gcp|slurmgcp", "slurm-gcp's"),
    (r"LBNL|DCGM:", "another health check's"),
)


def read_reasons(text: str) -> tuple[Reason, ...]:
    """Return the reasons of `sinfo -R -h -o "%E|%u|%H|%n"`. A reason may hold bars itself; empty lines are left out."""
    return tuple(_read(line) for line in text.splitlines() if line.strip(" |"))


def judge_reason(text: str, user: str, time: str = "", nodes: str = "") -> Reason:
    """Return whose reason it is. The tool's own begin with one of its words, and were set by root or slurm."""
    if not text.strip() or text.strip().lower() in {"none", "n/a", "unknown"}:
        return Reason(text, user, time, nodes, NOBODY, LEAVE)
    if own := _own(text) if user in _TOOLS_USERS else None:
        return Reason(text, user, time, nodes, *own)
    for pattern, undrain, advice in _SLURMS:
        if user in _TOOLS_USERS and re.match(pattern, text, re.IGNORECASE):
            return Reason(text, user, time, nodes, SLURM, undrain, advice)
    for pattern, advice in _OTHERS:
        if re.match(pattern, text):
            return Reason(text, user, time, nodes, ANOTHER_TOOL, LEAVE, advice)
    return Reason(text, user, time, nodes, PERSON, UNDRAIN)


def _own(text: str) -> tuple[str, str, str] | None:
    """What becomes of one of the tool's own reasons, `None` where it isn't one."""
    marked = text.removeprefix(MARK)
    word = re.match(r"[a-z]+", marked)
    if word and word[0] in _OWN and (marked.startswith(f"{word[0]}: ") or marked != text):
        return _OWN[word[0]]
    return (OURS, LEAVE, "") if marked != text else None


def _read(line: str) -> Reason:
    fields = line.rsplit("|", 3)
    text, user, time, nodes = (*fields, "", "", "")[:4]
    return judge_reason(text, user, time, nodes)

"""A gres.conf that is on a machine already, or was handed over (gres.conf(5)): which GPUs it gives to which nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, split_outside_brackets
from cluster_provision.settings.readers.slurm.slurm_conf_lines import file_pairs
from cluster_provision.settings.reading import BadValue, shown

NVML = (
    "AutoDetect=nvml needs Slurm's nvml plug-in, which Debian 12 can't install; the tool writes the device files that "
    "the machines show instead"
)


@dataclass(frozen=True)
class GresEntry:
    """A line of gres.conf. `nodes` are empty for every node; `count` is of devices, whose files are `files`."""

    name: str
    type: str
    count: int
    nodes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class GresFile:
    """A whole file. `autodetect` is in lower case, empty where nothing is said; `problems` are by line."""

    entries: tuple[GresEntry, ...] = ()
    autodetect: str = ""
    problems: tuple[str, ...] = ()

    def gpus_of(self, node: str) -> int:
        """How many GPUs the node has by this file, MIG devices counted each."""
        return sum(each.count for each in self.entries if each.name == "gpu" and (not each.nodes or node in each.nodes))


def read_gres_conf(text: str) -> GresFile:
    """Read the file. What is wrong with it is among `problems`; nothing is raised."""
    entries: list[GresEntry] = []
    problems: list[str] = []
    autodetect = ""
    for line in file_pairs(text):
        place, values = line[0].place, {each.key.lower(): each.value for each in line}
        if "autodetect" in values and "name" not in values:
            autodetect = autodetect or values["autodetect"].lower()
            problems += [f"{place}: {NVML}"] if values["autodetect"].lower() == "nvml" else []
        if "name" in values:
            entry, wrong = _entry(values)
            problems += [f"{place}: {each}" for each in wrong]
            entries.append(entry)
    return GresFile(tuple(entries), autodetect, tuple(problems))


def _entry(values: dict[str, str]) -> tuple[GresEntry, list[str]]:
    problems: list[str] = []
    name = values["name"].lower()
    if name != values["name"]:
        problems.append(f"Name={shown(values['name'])} isn't in lower case, as GresTypes=gpu has it")
    if "cpus" in values:
        problems.append("Cpus is the old word for Cores")
    files = _files(values.get("file") or values.get("files", ""), problems)
    if "multiplefiles" in values:
        files, devices = _files(values["multiplefiles"], problems), 1
    else:
        devices = len(files)
    count = _count(values.get("count", ""), devices)
    if files and "count" in values and count != devices:
        problems.append(f"Count={count}, but File names {devices} devices")
    return GresEntry(name, values.get("type", ""), count, _nodes(values.get("nodename", ""), problems), files), problems


def _files(text: str, problems: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for part in split_outside_brackets(text):
        if re.search(r"[0-9]-[0-9]+$", part):
            problems.append(f"File={shown(part)} is one file of that name; a range is /dev/nvidia[8-9]")
        try:
            found += expand_hostlist(part)
        except BadValue as bad:
            problems += [f"File {reason}" for reason in bad.reasons]
    return tuple(found)


def _nodes(text: str, problems: list[str]) -> tuple[str, ...]:
    try:
        return expand_hostlist(text)
    except BadValue as bad:
        problems += [f"NodeName {reason}" for reason in bad.reasons]
        return ()


def _count(text: str, devices: int) -> int:
    match = re.fullmatch(r"([0-9]+)([KMGTP]?)", text, re.IGNORECASE)
    if not match:
        return devices
    return int(match[1]) << 10 * " KMGTP".index(match[2].upper() or " ")

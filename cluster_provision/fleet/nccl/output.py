"""What all_reduce_perf of nccl-tests prints, read line by line: devices, rows, the networks that NCCL says it uses.

Several processes write into one stream, each with lines of NCCL's own, and launchers may mark every line. So each form
is looked for anywhere in a line, and what can't be read is known to be missing.
Sources: github.com/NVIDIA/nccl-tests, src/common.cu and util.cu, v2.0.0 to v2.19.6 (read 2026-11-30).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.network import Networks, worst
from cluster_provision.fleet.nccl.rows import Rows
from cluster_provision.fleet.nccl.said import Said
from cluster_provision.fleet.nccl.tags import ESCAPES, untagged

if TYPE_CHECKING:
    from cluster_provision.fleet.nccl.network import Network, Told
    from cluster_provision.result import BenchmarkRow

DEVICE = re.compile(r"#\s+Rank\s+(\d+)\s+(?:Group\s+\d+\s+)?Pid\s+\d+\s+on\s+(\S+)\s+device\s+\d+\s+\[[^]]*\]\s*(.*)")
AVERAGE = re.compile(r"#\s*Avg bus bandwidth\s*:\s*(\S+)")
BOUNDS = re.compile(r"#\s*Out of bounds values\s*:\s*(\d+)")
ASKED = re.compile(r"#\s*nThread\b.*?\bminBytes (\d+) maxBytes (\d+) step: (\d+)\((factor|bytes)\)")
REDUCED = re.compile(r"# Reducing maxBytes to (\d+)")
STAND_IN = re.compile(r"# rehearsal: no GPU was involved")
LEFT_OUT = re.compile(r"# rehearsal: sizes above (\d+) bytes are left out")
RANKS = re.compile(r"\bnranks (\d+)\b")
COMMAND = re.compile(r" -b (\d+) -e (\d+) -f (\d+)\b")
CYCLES = re.compile(r" -N (\d+)\b")
MESSAGE = re.compile(r"([A-Za-z0-9][\w.-]*):(\d+):\d+ (?:\[[^\]\s]*\] )?(?:\S+:\d+ )?NCCL ([A-Z]+) ?(.*)")
HEADINGS = re.compile(r"#(?:\s|$)|NCCL version ")


@dataclass(frozen=True)
class Asked:
    """The message sizes that the program says it was asked for, or else the command; `reduced` is what it made of the
    largest."""

    sizes: tuple[int, ...]
    reduced: int | None = None


class Output:
    """Fed with lines, holds what they told."""

    def __init__(self) -> None:
        self.out_of_bounds: int | None = None
        self.asked: Asked | None = None
        self.ranks_told = 0
        """How many ranks NCCL itself says there are."""
        self.tables = 0
        """How often the program says that it begins: once, unless each process runs by itself."""
        self.stand_in = False
        """Whether the rehearsal's program ran in the place of nccl-tests': it says so."""
        self.said = Said()
        self.command = ""
        self._average: float | None = None
        self._rows = Rows()
        self._hosts: dict[str, None] = {}
        self._networks = Networks()
        self._devices: list[tuple[int, str, str]] = []
        self._largest: int | None = None

    @property
    def wanted(self) -> tuple[int, ...]:
        """The message sizes that there should be rows of; the stand-in leaves out those that are too large for it."""
        asked = self.asked.sizes if self.asked else ()
        return tuple(size for size in asked if self._largest is None or size <= self._largest)

    @property
    def average(self) -> float | None:
        """The program's own average over all sizes."""
        return None if self.alone else self._average

    @property
    def ended(self) -> bool:
        """Whether it printed what stands below its table."""
        return self._average is not None or self.out_of_bounds is not None

    @property
    def rows(self) -> list[BenchmarkRow]:
        """The rows that could be read, in their order."""
        return [row for _, row in self._rows.read]

    @property
    def unread(self) -> list[int]:
        """The sizes of rows that began and could not be read."""
        return self._rows.unread

    @property
    def in_the_making(self) -> list[int]:
        """The sizes of the rows that have begun and not ended."""
        return self._rows.in_the_making

    @property
    def devices(self) -> dict[str, list[str]]:
        """The names of each host's devices."""
        found: dict[str, list[str]] = defaultdict(list)
        for _, host, device in self._devices:
            found[host].append(device)
        return dict(found)

    @property
    def ranks(self) -> list[int]:
        """The number of each device's rank."""
        return [rank for rank, *_ in self._devices]

    @property
    def alone(self) -> int:
        """How many processes measured each by itself; 0 where all of them measured together."""
        tags = len({tag for tag, _ in self._rows.read if tag})
        firsts = sum(rank == 0 for rank in self.ranks)
        several = max(self.tables, firsts, tags)
        return several if several > 1 else 0

    @property
    def networks(self) -> dict[str, Told]:
        """By what each host goes to the others; nothing is known where each process was alone."""
        if self.alone:
            return {}
        return self._networks.told(list(self._hosts), {rank: host for rank, host, _ in self._devices})

    @property
    def network(self) -> Network:
        """By what NCCL goes from machine to machine, the worst of the hosts."""
        return worst([told.network for told in self.networks.values()])

    @property
    def cycles(self) -> int:
        """How often the row of sizes was asked for, where the command says so."""
        found = CYCLES.search(self.command)
        return int(found[1]) if found else 0

    def feed(self, line: str) -> None:
        """Take one line."""
        if line.startswith("+ "):
            if line.startswith("+ timeout "):
                self.command = line.rstrip().removeprefix("+ ")
                if given := COMMAND.search(self.command):
                    self.asked = Asked(_sizes(*(int(each) for each in given.groups()), factor=True))
            return
        tag, text = untagged(line)
        for part in self._rows.feed(tag, text):
            if part.strip():
                self._take(part.strip(), whole=line if part == text else part)

    def _take(self, text: str, whole: str) -> None:
        message = self._message(text)
        if message is not None:
            host, process, level, said = message
            self._networks.note(host, process, said)
            if ranks := RANKS.search(said):
                self.ranks_told = max(self.ranks_told, int(ranks[1]))
            if level == "WARN":
                self.said.warned(text[text.index("NCCL WARN") :], host)
        known = "#" in text and self._note_table(text)
        if message is None and not known and not HEADINGS.match(text):
            self.said.note(ESCAPES.sub("", whole), self._hosts)

    def _message(self, text: str) -> tuple[str, str, str, str] | None:
        """A message of NCCL's own: host, process, level, text. A host whose name begins with a digit is found where a
        message stands behind other text, since the devices' list has the name."""
        if "NCCL " not in text:
            return None
        found = MESSAGE.match(text)
        if not found:
            starts = [at for host in self._hosts if (at := text.find(f"{host}:")) >= 0]
            found = MESSAGE.search(text, min(starts, default=0))
        if found:
            return found[1], found[2], found[3], found[4]
        level, _, said = text.partition("NCCL ")[2].partition(" ")
        return ("", "", level, said) if level in ("INFO", "WARN") else None

    def _note_table(self, text: str) -> bool:
        """Lines of the program's own, but for rows."""
        if device := DEVICE.search(text):
            self._devices.append((int(device[1]), device[2], device[3].strip()))
            self._hosts[device[2]] = None
        elif average := AVERAGE.search(text):
            self._average = _finite(average[1])
        elif bounds := BOUNDS.search(text):
            self.out_of_bounds = int(bounds[1]) + (self.out_of_bounds or 0)
            self._rows.settle(self.out_of_bounds)
        elif asked := ASKED.search(text):
            self.tables += 1
            self.asked = Asked(_sizes(*(int(asked[i]) for i in (1, 2, 3)), factor=asked[4] == "factor"))
        elif reduced := REDUCED.search(text):
            self.asked = Asked(self.asked.sizes if self.asked else (), int(reduced[1]))
        elif left_out := LEFT_OUT.search(text):
            self._largest = int(left_out[1])
        elif STAND_IN.search(text):
            self.stand_in = True
        else:
            return False
        return True


def _sizes(smallest: int, largest: int, step: int, *, factor: bool) -> tuple[int, ...]:
    found: list[int] = []
    while smallest <= largest and len(found) < 10_000:
        found.append(smallest)
        if step < (2 if factor else 1):
            break
        smallest = smallest * step if factor else smallest + step
    return tuple(found)


def _finite(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None

"""`nvidia-smi -L`: the cards, their MIG devices, and what is said of those that don't answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.slurm.facts import NO_ANSWER, NO_PROGRAM

if TYPE_CHECKING:
    from cluster_provision.slurm.facts import Output

_CARD = re.compile(r"GPU ([0-9]+): (.+?) \(UUID: ([^)\s]+)\)\s*")
# Blanks in front tell a MIG device from a card.
_MIG = re.compile(r"\s+MIG (\S+)\s+Device\s+([0-9]+): \(UUID: ([^)\s]+)\)\s*")
_LOST = re.compile(r"Unable to determine the device handle for (?:GPU|gpu )\s*([0-9A-Fa-f:.]+?):? ")
DRIVER_PAGE = "https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/"


@dataclass(frozen=True)
class SmiCard:
    """A card by its number, with the profiles of its MIG devices, each as often as it is there."""

    index: int
    model: str
    uuid: str
    mig: tuple[str, ...] = ()


@dataclass(frozen=True)
class GpuList:
    """The cards that answer. `lost` are the addresses of those that don't.

    `problem` says what is wrong, empty where nothing is; `known` is whether the cards are all that there are.
    """

    cards: tuple[SmiCard, ...] = ()
    lost: tuple[str, ...] = ()
    problem: str = ""
    known: bool = True

    @property
    def expected(self) -> int:
        """How many cards the machine has, those that are lost among them."""
        return len(self.cards) + len(self.lost)

    @property
    def models(self) -> tuple[str, ...]:
        """The models, each once, in order."""
        return tuple(dict.fromkeys(card.model for card in self.cards))


def read_nvidia_smi(output: Output) -> GpuList:
    """Return the cards. Nothing is raised: what the program can't say is `problem`, with what to do."""
    cards: list[SmiCard] = []
    lost: list[str] = []
    for line in output.out.splitlines():
        card, mig, gone = _CARD.fullmatch(line), _MIG.fullmatch(line), _LOST.search(line)
        if card:
            cards.append(SmiCard(int(card[1]), card[2], card[3]))
        elif mig and cards:
            cards[-1] = SmiCard(cards[-1].index, cards[-1].model, cards[-1].uuid, (*cards[-1].mig, mig[1]))
        elif gone:
            lost.append(_short(gone[1]))
    lost += [_short(gone) for gone in _LOST.findall(output.err) if _short(gone) not in lost]
    problem, known = _problem(output, cards, lost)
    return GpuList(tuple(cards), tuple(lost), problem, known)


# What the program says → what is wrong, and whether the cards are known all the same.
_SAID = (
    (
        "version mismatch",
        "the driver was updated and needs a reboot of yours (REBOOT=yes restarts nodes for memory cgroups alone)",
        False,
    ),
    (
        "couldn't communicate with the NVIDIA driver",
        f"the NVIDIA driver doesn't run, or isn't installed; nothing installs it for you: {DRIVER_PAGE}",
        False,
    ),
    ("No devices were found", "the driver is there, but no GPU answers", True),
)
_ENDED = {
    NO_PROGRAM: f"there is no nvidia-smi; if the machine has GPUs, install NVIDIA's driver: {DRIVER_PAGE}",
    NO_ANSWER: "nvidia-smi doesn't answer; look at the machine's kernel log for Xid",
}


def _problem(output: Output, cards: list[SmiCard], lost: list[str]) -> tuple[str, bool]:
    text = f"{output.out}\n{output.err}"
    if lost:
        told = f"{len(cards)} of {len(cards) + len(lost)} GPUs answer; the one at {', '.join(lost)} doesn't"
        return f"{told}: look at the machine, or reboot it", True
    for said, problem, known in _SAID:
        if said in text:
            return problem, known
    if cards and output.exit == 0:
        return "", True
    first = next((line.strip() for line in text.splitlines() if line.strip()), "nothing")
    return _ENDED.get(output.exit, f"nvidia-smi ended with {output.exit} and said: {first[:80]}"), False


def _short(address: str) -> str:
    """A PCI address without its domain if that is 0: 4C:00.0."""
    return re.sub(r"^0+:(?=..:)", "", address.upper())

"""By what NCCL goes from machine to machine, host by host, as its own lines tell.

NCCL's transport over RDMA is called NET/IB whatever the card is: an Ethernet card that speaks RoCE is listed there too.
So what counts is the link layer of the cards that the channels use, which NCCL lists once in each process:

    vm-0:4001:4101 [0] NCCL INFO NET/IB : Using [0]mlx5_ib0:1/IB/SHARP [1]mlx5_an0:1/RoCE [RO]; OOB eth0:10.0.0.4<0>
    vm-0:4001:4101 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/1/GDRDMA

Forms: github.com/NVIDIA/nccl, src/transport/net_ib.cc (the link layer is IB, RoCE or UNSPECIFIED; cards that are merged
stand in braces, or are named as a virtual device) and net.cc, 2.4 to 2.28; github.com/Mellanox/nccl-rdma-sharp-plugins;
issues 226, 302, 952, 1453 and 1936 of nccl and 133, 185 of nccl-tests. Read 2026-11-30.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Network = Literal["infiniband", "ethernet", "nvlink", "unknown"]

WORST: tuple[Network, ...] = ("ethernet", "unknown", "infiniband", "nvlink")
"""One rank on Ethernet slows all of them down; one that nobody knows of is no pass."""
LAYERS: dict[str, Network] = {"IB": "infiniband", "RoCE": "ethernet"}

LISTED = re.compile(r"NET/IB\w* ?: Using (?!interface)(.*?)(?:; OOB .*)?$")
CARD = re.compile(r"\[(\d+)\] ?([^\s\[\]{}/,]+)/([A-Za-z]+)")
MERGED = re.compile(r"\[(\d+)\]=\{([^}]*)\}?")
VIRTUAL = re.compile(r"NET/IB\w* ?: Made virtual device \[(\d+)\] name=(\S+)")
CHANNEL = re.compile(r"via NET/(?P<net>[^/\n]+?)(?:/(?P<card>\d+)\b|$|(?=[/\s]))")
PEERS = re.compile(r"(\d+)(?:\[[^\]]*\])? -> (\d+)(?:\[[^\]]*\])? \[(send|receive)\]")
CHOSEN = re.compile(r"Using network (\S+)")
NVLINK = "via P2P/MNNVL"
NO_DEVICE = re.compile(r"NET/IB\w* ?: No device found")


@dataclass
class _Process:
    """What one process said: its cards by index, each with its name and link layers; its virtual cards; the networks
    of its channels, each with the other end's rank; and the network that it chose."""

    cards: dict[int, tuple[str, set[str]]] = field(default_factory=dict)
    virtual: dict[int, list[str]] = field(default_factory=dict)
    channels: set[tuple[str, int | None, int | None]] = field(default_factory=set)
    chosen: str = ""
    without: bool = False
    nvlink: bool = False


@dataclass(frozen=True)
class Told:
    """What is known of one host's way to the others; `by` names the card or the transport where it isn't InfiniBand."""

    network: Network
    by: str = ""


class Networks:
    """Fed with NCCL's lines."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, _Process]] = defaultdict(lambda: defaultdict(_Process))

    def note(self, host: str, process: str, text: str) -> None:
        """Take what a process of NCCL said."""
        if channel := CHANNEL.search(text):
            peers = PEERS.search(text)
            other = int(peers[2] if peers[3] == "send" else peers[1]) if peers else None
            card = int(channel["card"]) if channel["card"] else None
            self._hosts[host][process].channels.add((channel["net"], card, other))
        elif virtual := VIRTUAL.search(text):
            self._hosts[host][process].virtual[int(virtual[1])] = virtual[2].split("+")
        elif listed := LISTED.search(text):
            self._hosts[host][process].cards.update(_cards(listed[1]))
        elif chosen := CHOSEN.search(text):
            self._hosts[host][process].chosen = chosen[1]
        elif NO_DEVICE.search(text):
            self._hosts[host][process].without = True
        elif NVLINK in text:
            self._hosts[host][process].nvlink = True

    def told(self, hosts: Sequence[str], ranks: Mapping[int, str]) -> dict[str, Told]:
        """What is known of each of `hosts`, and of those that spoke; `ranks` says on which host each rank is.

        A host that said nothing of itself is known by the other end of its channels: a card of InfiniBand reaches no
        other kind."""
        own: dict[str, Told] = {}
        reached: dict[str, set[Network]] = defaultdict(set)
        for host, processes in self._hosts.items():
            found = []
            for process in processes.values():
                for net, card, other in process.channels:
                    told = self._by_channel(host, process, net, card)
                    found.append(told)
                    if other is not None and other in ranks:
                        reached[ranks[other]].add(told.network)
            found = found or [self._by_choice(host, process) for process in processes.values() if _says(process)]
            if found:
                own[host] = min(found, key=lambda each: WORST.index(each.network))
        names = dict.fromkeys((*hosts, *own))
        return {name: own.get(name) or Told(worst(reached.get(name, ()))) for name in names}

    def _by_channel(self, host: str, process: _Process, net: str, card: int | None) -> Told:
        if net == "Socket":
            return Told("ethernet", "NET/Socket")
        if not net.startswith("IB"):
            return Told("unknown", f"NET/{net}")
        cards = process.cards or self._common_cards(host)
        if card in process.virtual:
            names = process.virtual[card]
            used = [each for each in cards.values() if each[0].partition(":")[0] in names]
        else:
            used = [cards[card]] if card in cards else []
        layers = {layer for _, each in cards.values() for layer in each}
        if not used and len(layers) == 1:
            used = list(cards.values())  # whichever it is
        return _layer_of(used, f"NET/{net}")

    def _by_choice(self, host: str, process: _Process) -> Told:
        """Where no channel between machines was told of: by what there is to choose from."""
        if process.nvlink:
            return Told("nvlink")
        if process.chosen == "Socket" or (process.without and not process.cards and not process.chosen):
            return Told("ethernet", "NET/Socket")
        if process.chosen and not process.chosen.startswith("IB"):
            return Told("unknown", f"NET/{process.chosen}")
        told = _layer_of(list((process.cards or self._common_cards(host)).values()), "NET/IB")
        mixed = told.network == "ethernet" and any("IB" in layers for _, layers in process.cards.values())
        return Told("unknown", "cards of both kinds") if mixed else told

    def _common_cards(self, host: str) -> dict[int, tuple[str, set[str]]]:
        """The list of cards that all processes of the host agree on; some may not have printed it."""
        lists = [process.cards for process in self._hosts[host].values() if process.cards]
        return lists[0] if lists and all(each == lists[0] for each in lists) else {}


def worst(networks: Sequence[Network] | set[Network] | tuple[Network, ...]) -> Network:
    """What several of them come to together."""
    return min(networks, key=WORST.index, default="unknown")


def _says(process: _Process) -> bool:
    return bool(process.cards or process.chosen or process.without or process.nvlink)


def _layer_of(cards: Sequence[tuple[str, set[str]]], otherwise: str) -> Told:
    if not cards:
        return Told("unknown", otherwise)
    name, layer = min(
        ((name, layer) for name, layers in cards for layer in layers),
        key=lambda each: WORST.index(LAYERS.get(each[1], "unknown")),
    )
    network = LAYERS.get(layer, "unknown")
    return Told(network, "" if network == "infiniband" else f"{name}/{layer}")


def _cards(listed: str) -> dict[int, tuple[str, set[str]]]:
    found: dict[int, tuple[str, set[str]]] = {}
    for index, inner in MERGED.findall(listed):
        parts = CARD.findall(inner)
        if parts:
            found[int(index)] = ("+".join(name for _, name, _ in parts), {layer for *_, layer in parts})
    for index, name, layer in CARD.findall(MERGED.sub("", listed)):
        found.setdefault(int(index), (name, {layer}))
    return found

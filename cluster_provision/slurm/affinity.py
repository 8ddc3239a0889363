"""Which cores each GPU is near: `Cores=` of gres.conf(5), as the kernel tells it.

Slurm numbers cores by itself: core 0 is the first one of the first socket. It gives GPUs and cores together socket by
socket, so that all cores of a socket are named together (gres.conf(5), "Cores", 22.05 to 26.05), and which core of a
socket is which doesn't matter. Sockets are in hwloc's order, by their lowest processor.

Cores are left out, so that Slurm takes any, where
- every GPU is near every socket: there is nothing to prefer,
- a GPU's place isn't known: Slurm takes cores for all GPUs of a node or for none (gres.c, "has CPUs configured for only
  some of the records"),
- some socket is near no GPU: a job gets no cores of it together with a GPU, unless it says
  --gres-flags=disable-binding; one that wants the whole node with its only GPU would wait for ever,
- sockets differ in size, or the machine has boards: the numbers can't be told by this rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.slurm.cluster import Gpus
    from cluster_provision.slurm.facts import Processors


def with_cores(
    gpus: Sequence[Gpus], card_of: Mapping[str, int], near: Mapping[int, str], processors: Processors | None
) -> tuple[Gpus, ...]:
    """Return the GPUs with their cores.

    `card_of` has the N of /dev/nvidiaN for each of their `files`, `near` the list of processors (`0-47,96-143`) that
    the kernel names for such a card.
    """
    plain = tuple(gpus)
    sockets = _sockets(processors)
    if processors is None or not sockets:
        return plain
    found: list[Gpus] = []
    reached: set[int] = set()
    for each in gpus:
        here = [_near(near.get(card_of.get(file, -1), ""), sockets) for file in each.files]
        if not all(here):
            return plain
        reached.update(*here)
        found.append(replace(each, cores=tuple(_text(indices, processors.cores) for indices in here)))
    everywhere = all(text == found[0].cores[0] for each in found for text in each.cores)
    return plain if everywhere or len(reached) < len(sockets) else tuple(found)


def _sockets(processors: Processors | None) -> list[set[int]]:
    """Each socket's processors, in Slurm's order; empty where they can't be numbered by the rule."""
    if processors is None or processors.boards != 1 or len(processors.of_sockets) != processors.sockets:
        return []
    sockets = sorted((numbers(text) for text in processors.of_sockets), key=min)
    size = processors.cores * processors.threads
    return sockets if all(len(each) == size for each in sockets) else []


def _near(text: str, sockets: Sequence[set[int]]) -> list[int]:
    here = numbers(text)
    return [index for index, socket in enumerate(sockets) if socket & here]


def _text(indices: Sequence[int], cores: int) -> str:
    """The cores of these sockets, as ranges."""
    return ",".join(f"{index * cores}-{(index + 1) * cores - 1}" if cores > 1 else f"{index}" for index in indices)


def numbers(text: str) -> set[int]:
    """The numbers of `0-3,8`."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit():
            found.update(range(int(first), int(last or first) + 1))
    return found

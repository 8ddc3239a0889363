"""Makes compute nodes of what the machines showed, and says what is wrong with them and between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.settings.readers.slurm.partitions import ALL, BATCH
from cluster_provision.slurm.affinity import with_cores
from cluster_provision.slurm.cluster import Gpus, SlurmNode
from cluster_provision.slurm.conf.nodes import gres_text
from cluster_provision.slurm.gpu_types import gpu_type
from cluster_provision.slurm.outputs.mig import read_mig
from cluster_provision.slurm.outputs.not_understood import NotUnderstood
from cluster_provision.slurm.outputs.nvidia_smi import GpuList, read_nvidia_smi
from cluster_provision.slurm.outputs.slurmd_c import Hardware, read_slurmd_c

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts


def node_of(name: str, address: str, facts: MachineFacts) -> tuple[SlurmNode | None, tuple[str, ...]]:
    """Return the node, and what is wrong with it; `None` where processors or memory are unknown.

    /sys counts before `slurmd -C`, since it says the same before and after Slurm is installed; where slurmd sees less,
    that is said. GPUs are those that answer: one that is lost is never counted.
    """
    hardware, problems = _hardware(name, facts)
    gpus, wrong = gpus_of(facts, hardware)
    problems += wrong
    if not hardware:
        return None, tuple(problems)
    node = SlurmNode(
        name,
        address,
        hardware.cpus,
        hardware.sockets,
        hardware.cores,
        hardware.threads,
        hardware.memory_mb,
        hardware.boards,
        gpus,
    )
    return node, tuple(problems)


def gpus_of(facts: MachineFacts, hardware: Hardware | None = None) -> tuple[tuple[Gpus, ...], list[str]]:
    """Return the machine's GPUs by type with their device files, and what is wrong with them."""
    listed = read_nvidia_smi(facts.nvidia_smi)
    if not listed.known:
        return _without_nvidia_smi(facts, hardware, listed)
    minor_of = _minors(facts, listed)
    by_type: dict[str, list[str]] = {}
    problems = [listed.problem] if listed.problem else []
    for card in listed.cards:
        if not card.mig:
            by_type.setdefault(gpu_type(card.model), []).append(f"/dev/nvidia{minor_of[card.index]}")
    divided = [card for card in listed.cards if card.mig]
    devices = read_mig(facts.mig_instances.out if facts.mig_instances else "", facts.mig_minors, minor_of)
    for card in divided:
        here = [each for each in devices if each.card == card.index]
        for device in here:
            by_type.setdefault(f"{gpu_type(card.model)}_{device.profile}", []).append(device.files)
        if len(here) != len(card.mig):
            problems.append(
                f"card {card.index} has {len(card.mig)} MIG devices, but the driver names the files of {len(here)}: "
                "make them again, or turn MIG off"
            )
    gpus = tuple(Gpus(kind, tuple(files)) for kind, files in by_type.items())
    return _placed(gpus, facts), problems


def differing_gpus(cluster: SlurmCluster) -> tuple[str, ...]:
    """Say which partitions have nodes whose GPUs differ: a job would be given either kind."""
    problems: list[str] = []
    for partition in cluster.partitions or (BATCH,):
        kinds: dict[str, list[str]] = {}
        for node in cluster.nodes:
            if partition.nodes == ALL or node.name in partition.nodes:
                kinds.setdefault(gres_text(node) or "no GPU", []).append(node.name)
        if len(kinds) > 1:
            told = "; ".join(f"{fold_hostlist(names)}: {kind}" for kind, names in kinds.items())
            problems.append(
                f"GPUs differ within partition {partition.name}: {told}. Mend the nodes, or put them into partitions "
                "of their own (PARTITIONS)"
            )
    return tuple(problems)


def _hardware(name: str, facts: MachineFacts) -> tuple[Hardware | None, list[str]]:
    problems: list[str] = []
    said: Hardware | None = None
    try:
        said = read_slurmd_c(facts.slurmd_c)
    except NotUnderstood as error:
        problems.append(error.message)
    found = facts.processors
    if found is None or facts.memory_mb is None:
        return said, problems if said else [*problems, "its processors or its memory could not be read"]
    gpus = said.gpus if said else None
    here = Hardware(name, found.cpus, found.boards, found.sockets, found.cores, found.threads, facts.memory_mb, gpus)
    if said and said.cpus < here.cpus:
        problems.append(f"slurmd sees {said.cpus} of its {here.cpus} processors; look at `slurmd -C` there")
    return here, problems


def _without_nvidia_smi(
    facts: MachineFacts, hardware: Hardware | None, listed: GpuList
) -> tuple[tuple[Gpus, ...], list[str]]:
    """A machine without NVIDIA's cards needs no nvidia-smi; one whose device files are there goes by them."""
    if facts.gpu_files:
        models = {card.model for card in facts.cards if card.model} or set((hardware and hardware.gpus) or {})
        kind = gpu_type(models.pop()) if len(models) == 1 else "gpu"
        return _placed((Gpus(kind, facts.gpu_files),), facts), [listed.problem]
    return (), [listed.problem] if facts.pci_gpus or facts.cards else []


def _placed(gpus: tuple[Gpus, ...], facts: MachineFacts) -> tuple[Gpus, ...]:
    """The GPUs with the cores beside them; a MIG device's first file is its card's."""
    card_of = {
        file: int(number[1])
        for each in gpus
        for file in each.files
        if (number := re.match(r"/dev/nvidia([0-9]+)(?:,|$)", file))
    }
    return with_cores(gpus, card_of, {card.minor: card.near for card in facts.cards}, facts.processors)


def _minors(facts: MachineFacts, listed: GpuList) -> dict[int, int]:
    """A card's number in nvidia-smi → N of /dev/nvidiaN: nvidia-smi counts by the PCI address, the driver needn't."""
    in_order = sorted(facts.cards, key=lambda card: card.bus.lower())
    if len(in_order) == listed.expected:
        return {card.index: in_order[card.index].minor for card in listed.cards if card.index < len(in_order)} | {
            card.index: card.index for card in listed.cards if card.index >= len(in_order)
        }
    return {card.index: card.index for card in listed.cards}

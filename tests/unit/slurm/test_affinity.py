"""The cores beside each GPU, by Slurm's own numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.slurm.affinity import numbers
from cluster_provision.slurm.cluster import Gpus
from cluster_provision.slurm.conf.gres_conf import gres_conf
from cluster_provision.slurm.facts import Card, Output, Processors
from cluster_provision.slurm.hardware import gpus_of
from tests.unit.slurm.clusters import H100, cluster, facts, node
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import plan

# 2 sockets of 48 cores, 2 threads each, numbered as Linux does: first all cores, then their second threads.
FIRST, SECOND = "0-47,96-143", "48-95,144-191"
TWO = Processors(192, 2, 48, 2, 1, (FIRST, SECOND))
FILES = tuple(f"/dev/nvidia{number}" for number in range(4))


def cores(*near: str, processors: Processors = TWO) -> tuple[str, ...]:
    """The cores of as many GPUs, each with these processors beside it."""
    cards = tuple(Card(f"0000:{number:02x}:00.0", number, "NVIDIA L4", text) for number, text in enumerate(near))
    found, _ = gpus_of(facts(cards=cards, gpu_files=FILES[: len(near)], processors=processors, nvidia_smi=Output(124)))
    return found[0].cores


def test_a_gpu_has_all_cores_of_the_socket_that_it_is_beside() -> None:
    assert cores(FIRST, FIRST, SECOND, SECOND) == ("0-47", "0-47", "48-95", "48-95")


def test_a_part_of_a_socket_counts_as_the_socket_since_slurm_gives_by_sockets() -> None:
    assert cores("0-11,96-107", "12-23,108-119", "84-95,180-191") == ("0-47", "0-47", "48-95")


def test_sockets_are_numbered_by_their_lowest_processor_whatever_the_firmware_calls_them() -> None:
    swapped = replace(TWO, of_sockets=(SECOND, FIRST))
    assert cores(FIRST, SECOND, processors=swapped) == ("0-47", "48-95")


def test_processors_that_alternate_between_sockets_are_told_apart() -> None:
    even, odd = ",".join(map(str, range(0, 16, 2))), ",".join(map(str, range(1, 16, 2)))
    assert cores(odd, even, processors=Processors(16, 2, 4, 2, 1, (even, odd))) == ("4-7", "0-3")


@pytest.mark.parametrize(
    ("near", "processors"),
    [
        pytest.param(("0-191", "0-191"), TWO, id="every GPU is beside every socket"),
        pytest.param((FIRST, ""), TWO, id="one GPU's place isn't known"),
        pytest.param((FIRST, FIRST), TWO, id="a socket has no GPU"),
        pytest.param((FIRST, SECOND), replace(TWO, boards=2), id="there are boards"),
        pytest.param((FIRST, SECOND), replace(TWO, of_sockets=()), id="sockets weren't looked at"),
        pytest.param((FIRST, SECOND), replace(TWO, of_sockets=(FIRST, "48-95")), id="sockets differ in size"),
        pytest.param(("0-95", "0-95"), Processors(96, 1, 48, 2, 1, ("0-95",)), id="there is one socket"),
    ],
)
def test_no_cores_are_named_where_they_mean_nothing_or_could_be_wrong(
    near: tuple[str, ...], processors: Processors
) -> None:
    assert cores(*near, processors=processors) == ()


def test_gpus_beside_the_same_cores_are_one_line() -> None:
    placed = (replace(H100[0], cores=("0-47",) * 4 + ("48-95",) * 4),)
    assert gres_conf(cluster(nodes=(node(1, gpus=placed), node(2, gpus=placed)))).splitlines()[2:] == [
        "NodeName=lyra[01-02] Name=gpu Type=h100 File=/dev/nvidia[0-3] Cores=0-47",
        "NodeName=lyra[01-02] Name=gpu Type=h100 File=/dev/nvidia[4-7] Cores=48-95",
    ]


def test_a_mig_device_has_its_cards_cores() -> None:
    mig = Gpus("a100_1g.10gb", ("/dev/nvidia1,/dev/nvidia-caps/nvidia-cap12",), ("48-95",))
    assert gres_conf(cluster(nodes=(node(1, gpus=(mig,)),))).endswith(
        "MultipleFiles=/dev/nvidia1,/dev/nvidia-caps/nvidia-cap12 Cores=48-95\n"
    )


def test_slurmd_is_restarted_where_the_cores_are_others() -> None:
    def defaults(*texts: str) -> str:
        placed = (replace(H100[0], cores=texts),)
        return files(plan(nodes=(node(1, gpus=placed),)))["/etc/default/slurmd"].content

    assert defaults(*["0-47"] * 8) != defaults(*["48-95"] * 8)


def test_lists_of_processors_are_read() -> None:
    assert numbers("0-2, 8\n") == {0, 1, 2, 8} and numbers("") == set()

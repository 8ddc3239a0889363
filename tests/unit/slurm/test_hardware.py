"""Nodes are made of what their machines show, and what differs between them is said."""

from __future__ import annotations

from pathlib import Path

from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.slurm.cluster import Gpus, SlurmNode
from cluster_provision.slurm.facts import Card, Output, Processors
from cluster_provision.slurm.hardware import differing_gpus, gpus_of, node_of
from tests.unit.slurm.clusters import H100, cluster, facts, node

DATA = Path(__file__).parent / "outputs" / "data"
PROCESSORS = Processors(cpus=256, sockets=2, cores=64, threads=2)
MIG_MINORS = (
    "config 1\nmonitor 2\ngpu1/gi1/access 12\ngpu1/gi1/ci0/access 13\ngpu1/gi3/access 30\ngpu1/gi3/ci0/access 31\n"
    "gpu1/gi9/access 84\ngpu1/gi9/ci0/access 85\ngpu1/gi10/access 93\ngpu1/gi10/ci0/access 94\n"
)
MIG_INSTANCES = (
    "+------+\n| Compute instances: |\n| GPU GPU Name Profile Instance Placement |\n|======|\n"
    "|   1      1       MIG 3g.40gb          2         0          0:4     |\n"
    "|   1      3       MIG 2g.20gb          1         0          4:2     |\n"
    "|   1      9       MIG 1g.10gb          0         0          6:1     |\n"
    "|   1     10       MIG 1g.10gb          0         0          7:1     |\n"
)


def smi(name: str, code: int = 0) -> Output:
    return Output(code, (DATA / "nvidia-smi" / f"{name}.txt").read_text())


def test_a_machine_without_slurmd_goes_by_its_own_files() -> None:
    made, problems = node_of("n1", "10.0.0.1", facts(processors=PROCESSORS, memory_mb=1_031_742))
    assert made == SlurmNode("n1", "10.0.0.1", 256, 2, 64, 2, 1_031_742)
    assert problems == ()


def test_the_machines_own_files_count_before_slurmd_so_that_nothing_changes_once_it_is_there() -> None:
    said = Output(0, (DATA / "slurmd-C" / "2205.txt").read_text())
    before, _ = node_of("n1", "", facts(processors=PROCESSORS, memory_mb=1_031_743))
    after, problems = node_of("n1", "", facts(slurmd_c=said, processors=PROCESSORS, memory_mb=1_031_743))
    assert (after, problems) == (before, ())


def test_slurmd_counts_where_the_files_say_nothing() -> None:
    said = Output(0, (DATA / "slurmd-C" / "boards.txt").read_text())
    made, problems = node_of("n1", "", facts(slurmd_c=said))
    assert made
    assert (made.boards, made.sockets, made.memory_mb, problems) == (4, 8, 4_127_123, ())


def test_processors_that_slurmd_does_not_see_are_said() -> None:
    said = Output(0, (DATA / "slurmd-C" / "vm.txt").read_text())
    _, (problem,) = node_of("n1", "", facts(slurmd_c=said, processors=PROCESSORS, memory_mb=100))
    assert "slurmd sees 2 of its 256 processors" in problem


def test_a_slurmd_that_says_nothing_is_named_and_the_files_count() -> None:
    failed = Output(1, "", "slurmd: fatal: Unable to determine this slurmd's NodeName")
    made, problems = node_of("n1", "", facts(slurmd_c=failed, processors=PROCESSORS, memory_mb=100))
    assert made
    assert "Unable to determine" in problems[0]


def test_unknown_processors_make_no_node() -> None:
    made, problems = node_of("n1", "", facts(memory_mb=100))
    assert made is None
    assert "could not be read" in problems[0]


def test_cards_become_gpus_with_their_files() -> None:
    assert gpus_of(facts(nvidia_smi=smi("8xh100"))) == (H100, [])


def test_the_drivers_number_of_a_card_counts_and_not_nvidia_smis() -> None:
    swapped = (Card("0000:3b:00.0", 1), Card("0000:18:00.0", 2), Card("0000:86:00.0", 0))
    gpus, _ = gpus_of(facts(nvidia_smi=smi("mixed"), cards=swapped))
    assert gpus == (Gpus("rtx_4090", ("/dev/nvidia2",)), Gpus("a100", ("/dev/nvidia1", "/dev/nvidia0")))


def test_a_lost_card_is_not_counted_and_is_named() -> None:
    gpus, problems = gpus_of(facts(nvidia_smi=smi("lost-card")))
    assert gpus == (Gpus("h100", tuple(f"/dev/nvidia{i}" for i in (0, 1, 2, 4, 5, 6, 7))),)
    assert "4C:00.0" in problems[0]


def test_mig_devices_have_the_files_of_their_card_and_capabilities() -> None:
    divided = facts(nvidia_smi=smi("mig"), mig_minors=MIG_MINORS, mig_instances=Output(0, MIG_INSTANCES))
    gpus, problems = gpus_of(divided)
    assert problems == []
    assert {each.type: each.count for each in gpus} == {
        "a100": 2,
        "a100_3g.40gb": 1,
        "a100_2g.20gb": 1,
        "a100_1g.10gb": 2,
    }
    assert gpus[0].files == ("/dev/nvidia0", "/dev/nvidia2")
    assert gpus[1].files == ("/dev/nvidia1,/dev/nvidia-caps/nvidia-cap12,/dev/nvidia-caps/nvidia-cap13",)


def test_mig_devices_whose_files_nobody_names_are_said() -> None:
    gpus, problems = gpus_of(facts(nvidia_smi=smi("mig"), mig_minors=MIG_MINORS))
    assert [each.type for each in gpus] == ["a100"]
    assert "has 4 MIG devices, but the driver names the files of 0" in problems[0]


def test_a_machine_without_cards_needs_no_driver() -> None:
    assert gpus_of(facts(pci_gpus=0)) == ((), [])


def test_cards_without_a_driver_are_named_with_the_vendors_page() -> None:
    gpus, (problem,) = gpus_of(facts(pci_gpus=8))
    assert gpus == ()
    assert "docs.nvidia.com" in problem


def test_device_files_count_where_nvidia_smi_does_not_answer() -> None:
    gpus, (problem,) = gpus_of(
        facts(gpu_files=("/dev/nvidia0", "/dev/nvidia1"), cards=(Card("0", 0, "NVIDIA L4"),), nvidia_smi=Output(124))
    )
    assert gpus == (Gpus("l4", ("/dev/nvidia0", "/dev/nvidia1")),)
    assert "doesn't answer" in problem


def test_gpus_that_differ_within_a_partition_are_named() -> None:
    seven = (Gpus("h100", H100[0].files[:7]),)
    mixed = cluster(nodes=(node(1, gpus=H100), node(2, gpus=H100), node(3, gpus=seven), node(4)))
    (problem,) = differing_gpus(mixed)
    assert "within partition batch: lyra[01-02]: gpu:h100:8; lyra03: gpu:h100:7; lyra04: no GPU" in problem


def test_gpus_may_differ_between_partitions() -> None:
    apart = (Partition("gpu", ("lyra01",)), Partition("cpu", ("lyra02",)))
    assert differing_gpus(cluster(nodes=(node(1, gpus=H100), node(2)), partitions=apart)) == ()

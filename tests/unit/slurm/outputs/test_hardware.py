"""`slurmd -C` and `nvidia-smi -L`: what a machine has, and what isn't known of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.facts import Output
from cluster_provision.slurm.gpu_types import gpu_type
from cluster_provision.slurm.outputs.gres_text import gpus_in_tres, gres_counts
from cluster_provision.slurm.outputs.not_understood import NotUnderstood
from cluster_provision.slurm.outputs.nvidia_smi import read_nvidia_smi
from cluster_provision.slurm.outputs.slurmd_c import Hardware, read_slurmd_c

DATA = Path(__file__).parent / "data"
MIG = {
    "nvidia_h100_80gb_hbm3": 2,
    "nvidia_h100_80gb_hbm3_4g.40gb": 2,
    "nvidia_h100_80gb_hbm3_1g.10gb": 3,
}


def slurmd(name: str, code: int = 0) -> Output:
    return Output(code, (DATA / "slurmd-C" / f"{name}.txt").read_text())


def smi(name: str, code: int = 0) -> Output:
    return Output(code, (DATA / "nvidia-smi" / f"{name}.txt").read_text())


@pytest.mark.parametrize(
    ("name", "hardware"),
    [
        ("2205", Hardware("n01", 256, 1, 2, 64, 2, 1_031_742)),
        ("2411-gpu", Hardware("gpu-l4", 4, 1, 1, 2, 2, 15_983, {"nvidia_l4": 1})),
        ("2411-mig", Hardware("mig01", 96, 1, 2, 48, 1, 772_878, MIG)),
        ("1808", Hardware("old7", 40, 1, 2, 10, 2, 257_843)),
        ("noise-no-uptime", Hardware("arm-3", 72, 1, 1, 72, 1, 490_231)),
        ("vm", Hardware("vm2", 2, 1, 2, 1, 1, 5_666)),
        ("boards", Hardware("quad", 192, 4, 8, 12, 2, 4_127_123)),
    ],
)
def test_slurmd_tells_sockets_cores_threads_memory_and_gpus(name: str, hardware: Hardware) -> None:
    assert read_slurmd_c(slurmd(name)) == hardware


def test_gpus_that_slurmd_does_not_name_are_unknown_and_not_none() -> None:
    hardware = read_slurmd_c(slurmd("2205"))
    assert hardware
    assert hardware.gpus is None


def test_sockets_of_the_whole_machine_are_read_too() -> None:
    old = Output(0, "NodeName=n1 CPUs=8 Sockets=2 CoresPerSocket=2 ThreadsPerCore=2 RealMemory=100\n")
    hardware = read_slurmd_c(old)
    assert hardware
    assert (hardware.boards, hardware.sockets) == (1, 2)


def test_a_machine_without_slurmd_has_no_answer_yet() -> None:
    assert read_slurmd_c(Output(127, "", (DATA / "slurmd-C" / "none.txt").read_text())) is None


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (slurmd("fatal", 1), "slurmd: fatal: Unable to determine this slurmd's NodeName"),
        (Output(0, ""), "nothing"),
        (
            Output(0, "NodeName=n1 CPUs=many CoresPerSocket=2 ThreadsPerCore=2 RealMemory=1 Boards=1"),
            "NodeName=n1 CPUs=many",
        ),
        (Output(0, "NodeName=n1 CPUs=2"), "NodeName=n1 CPUs=2"),
    ],
)
def test_an_answer_of_no_known_form_is_an_error_with_its_first_line(output: Output, line: str) -> None:
    with pytest.raises(NotUnderstood, match="nothing that we understand") as error:
        read_slurmd_c(output)
    assert error.value.line.startswith(line)


@pytest.mark.parametrize(
    ("model", "word"),
    [
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("nvidia_h100_80gb_hbm3", "h100"),
        ("nvidia_h100_80gb_hbm3_4g.40gb", "h100_4g.40gb"),
        ("NVIDIA A100-SXM4-80GB", "a100"),
        ("A100-SXM4-40GB MIG 1g.5gb", "a100_1g.5gb"),
        ("NVIDIA H100 NVL MIG 1c.3g.47gb", "h100_nvl_1c.3g.47gb"),
        ("NVIDIA H100 NVL 1g.12gb+me", "h100_nvl_1g.12gb+me"),
        ("Tesla V100-SXM2-32GB", "v100"),
        ("NVIDIA GeForce RTX 4090", "rtx_4090"),
        ("NVIDIA RTX 6000 Ada Generation", "rtx_6000_ada"),
        ("NVIDIA A100 80GB PCIe", "a100"),
        ("nvidia_l4", "l4"),
        ("NVIDIA B200", "b200"),
        ("NVIDIA GH200 480GB", "gh200"),
        ("NVIDIA", "gpu"),
    ],
)
def test_a_gpu_has_a_short_word(model: str, word: str) -> None:
    assert gpu_type(model) == word


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("gpu:h100:8(S:0-1)", {"h100": 8}),
        ("gpu:8(S:0-3)", {"": 8}),
        ("gpu:a100:2(IDX:0,3),gpu:rtx_4090:1(IDX:1)", {"a100": 2, "rtx_4090": 1}),
        ("gpu:a100", {"a100": 1}),
        ("gpu", {"": 1}),
        ("shard:16,nic:2,gpu:h100_1g.10gb:3", {"h100_1g.10gb": 3}),
        ("gpu:h100:0(IDX:N/A)", {"h100": 0}),
        ("(null)", {}),
        ("", {}),
    ],
)
def test_gpus_are_counted_in_a_gres_text(text: str, counts: dict[str, int]) -> None:
    assert gres_counts(text) == counts


def test_gpus_are_read_from_a_tres_text() -> None:
    assert (gpus_in_tres("cpu=24,mem=1M,gres/gpu=2"), gpus_in_tres("cpu=1"), gpus_in_tres("")) == (2, None, None)


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("8xh100", ("NVIDIA H100 80GB HBM3",)),
        ("mixed", ("NVIDIA GeForce RTX 4090", "NVIDIA A100-PCIE-40GB")),
    ],
)
def test_cards_are_counted_with_their_models(name: str, models: tuple[str, ...]) -> None:
    read = read_nvidia_smi(smi(name))
    assert (read.models, read.problem, read.known) == (models, "", True)
    assert len(read.cards) == len(smi(name).out.splitlines())


@pytest.mark.parametrize(
    ("name", "mig"),
    [
        ("mig", [(), ("3g.40gb", "2g.20gb", "1g.10gb", "1g.10gb"), ()]),
        ("mig-old-names", [("1g.5gb", "1g.5gb")]),
        ("me-media", [("1g.12gb+me", "1c.3g.47gb")]),
    ],
)
def test_mig_devices_belong_to_their_card_and_are_no_cards(name: str, mig: list[tuple[str, ...]]) -> None:
    assert [card.mig for card in read_nvidia_smi(smi(name)).cards] == mig


@pytest.mark.parametrize("code", [0, 15])
def test_a_lost_card_is_named_and_leaves_seven_of_eight(code: int) -> None:
    read = read_nvidia_smi(smi("lost-card", code))
    assert (len(read.cards), read.expected, read.lost) == (7, 8, ("4C:00.0",))
    assert "7 of 8 GPUs answer" in read.problem
    assert [card.index for card in read.cards] == [0, 1, 2, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("output", "named", "known"),
    [
        (smi("none"), "no GPU answers", True),
        (smi("none", 6), "no GPU answers", True),
        (smi("no-driver", 9), "docs.nvidia.com", False),
        (smi("mismatch", 18), "needs a reboot of yours (REBOOT=yes", False),
        (Output(127, "", "nvidia-smi: not found"), "docs.nvidia.com", False),
        (Output(124), "doesn't answer", False),
        (Output(255, "", "Segmentation fault"), "ended with 255 and said: Segmentation fault", False),
        (smi("8xh100", 1), "ended with 1", False),
    ],
)
def test_what_nvidia_smi_can_not_tell_is_said_with_what_to_do(output: Output, named: str, known: bool) -> None:
    read = read_nvidia_smi(output)
    assert named in read.problem
    assert read.known is known

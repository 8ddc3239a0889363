"""By what NCCL goes from machine to machine: the link layer of the cards that the channels use, host by host."""

from __future__ import annotations

import pytest

from cluster_provision.fleet.nccl.verdict import judge
from tests.unit.fleet.nccl_kit import GIB, printed, row
from tests.unit.fleet.nccl_runs import FOLDER, H100, H200, fed, finding, recorded

IB = "NET/IB : Using [0]mlx5_ib0:1/IB/SHARP [1]mlx5_ib1:1/IB/SHARP [2]mlx5_an0:1/RoCE [RO]; OOB eth0:10.0.0.4<0>"
ROCE = "NET/IB : Using [0]mlx5_an0:1/RoCE [RO]; OOB eth0:10.0.0.4<0>"
MERGED = "NET/IB : Using [0]={[0] mlx5_0:1/RoCE, [1] mlx5_1:1/RoCE} [1]={[2] mlx5_2:1/IB, [3] mlx5_3:1/IB} ; OOB eth0:1"


def network(*said: str, other: tuple[str, ...] | None = None) -> dict[str, str]:
    """What is made of two machines that say this, or the second one something else."""
    text = printed(row(16 * GIB, 483.0), network="silent")
    for host, lines in (("vm-0", said), ("vm-1", said if other is None else other)):
        text += "".join(f"{host}:1000:1100 [0] NCCL INFO {line}\n" for line in lines)
    output = fed(text)
    return {**{host: told.network for host, told in output.networks.items()}, "": output.network}


def both(word: str) -> dict[str, str]:
    return {"vm-0": word, "vm-1": word, "": word}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ((ROCE, "Using network IB", "Channel 00/0 : 0[0] -> 15[7] [send] via NET/IB/0"), "ethernet"),
        ((ROCE, "Channel 00/0 : 0[0] -> 15[7] [send] via NET/IBext_v10/0/GDRDMA/Shared"), "ethernet"),
        ((ROCE, "Using network IB"), "ethernet"),
        ((IB, "Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/2/GDRDMA"), "ethernet"),
        ((IB, "Channel 00/0 : 0[0] -> 8[0] [send] via NET/IBext_v8/0/GDRDMA"), "infiniband"),
        ((IB, "Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/1(3)/GDRDMA"), "infiniband"),
        ((IB, "Ring 00 : 7[7] -> 8[0] [receive] via NET/IB/1/GDRDMA"), "infiniband"),
        ((IB, "Channel 0 : 0[1a000] -> 8[1a000] [send] via NET/IB/0",
          "Channel 1 : 0[0] -> 8[0] [send] via NET/IB/2"), "ethernet"),
        ((IB, "Channel 0 : 0[0] -> 8[0] [send] via NET/IB/7"), "unknown"),
        ((IB, "Using network IB"), "unknown"),
        ((IB.replace("[2]mlx5_an0:1/RoCE ", ""), "Using network IB"), "infiniband"),
        (("Channel 0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA",), "unknown"),
        ((MERGED, "Channel 0 : 0[0] -> 8[0] [send] via NET/IB/1/GDRDMA"), "infiniband"),
        ((MERGED, "Channel 0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA"), "ethernet"),
        ((IB, "NET/IB : Made virtual device [3] name=mlx5_ib0+mlx5_ib1 speed=800000 ndevs=2",
          "Channel 0 : 0[0] -> 8[0] [send] via NET/IB/3/GDRDMA"), "infiniband"),
        (("NET/IB : Using [0]mlx5_0:1/UNSPECIFIED [RO]; OOB eth0:1",
          "Channel 0 : 0[0] -> 8[0] [send] via NET/IB/0"), "unknown"),
        (("NET/IB : No device found.", "NET/Socket : Using [0]eth0:10.0.0.4<0>", "Using network Socket"), "ethernet"),
        (("NET/IB : No device found.",), "ethernet"),
        ((IB, "Channel 00/0 : 0[0] -> 8[0] [send] via NET/Socket/0"), "ethernet"),
        (("Using network AWS Libfabric", "Channel 0 : 0[0] -> 8[0] [send] via NET/AWS Libfabric/0/GDRDMA"), "unknown"),
        ((IB, "Using network UCX", "Channel 0 : 0[0] -> 8[0] [send] via NET/UCX/0"), "unknown"),
        ((IB, "Channel 00/0 : 0[0] -> 8[0] via P2P/MNNVL"), "nvlink"),
        (("NCCL_DEBUG set by environment to INFO",), "unknown"),
    ],
)  # fmt: skip
def test_the_layer_of_the_cards_that_are_used_counts(said: tuple[str, ...], word: str) -> None:
    assert network(*said) == both(word)


def test_the_host_that_fell_back_is_named() -> None:
    judged = judge(recorded("roce_on_one_machine"), H100, 2)
    found = finding(judged, "network")
    assert found.verdict == "failed"
    assert "on vm-000001 (mlx5_an0:1/RoCE), and not vm-000000" in found.detail
    assert "fell back silently" in found.detail


def test_a_fallback_fails_where_there_is_no_limit_too() -> None:
    judged = judge(recorded("roce_4_nodes"), H200, 4)
    assert judged.verdict == "failed"
    assert finding(judged, "bandwidth").verdict == "unknown"


def test_roce_with_channels_is_ethernet() -> None:
    output = recorded("roce_with_channels")
    assert output.network == "ethernet"
    assert "vm-000000, vm-000001 (mlx5_an0:1/RoCE)" in finding(judge(output, H100, 2), "network").detail


def test_a_host_that_is_silent_is_known_by_the_other_end_of_infiniband() -> None:
    channel = "Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA"
    assert network(IB, channel, other=()) == both("infiniband")
    assert network(IB, channel.replace("8[0]", "1[1]"), other=()) == {
        "vm-0": "infiniband",
        "vm-1": "unknown",
        "": "unknown",
    }


def test_what_a_host_says_of_itself_counts_more_than_the_other_end() -> None:
    there = (ROCE, "Channel 00/0 : 0[0] -> 8[0] [receive] via NET/IB/0")
    told = network(IB, "Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0", other=there)
    assert told == {"vm-0": "infiniband", "vm-1": "ethernet", "": "ethernet"}


def test_a_host_that_nobody_tells_of_is_named_and_unknown() -> None:
    text = printed(row(16 * GIB, 483.0), network="silent")
    text += f"vm-0:1000:1100 [0] NCCL INFO {IB}\n"
    text += "vm-0:1000:1100 [0] NCCL INFO Channel 0 : 0[0] -> 1[1] [send] via NET/IB/0\n"
    found = finding(judge(fed(text), H200, 2), "network")
    assert (found.verdict, found.detail) == (
        "unknown",
        "NCCL didn't name the network between the machines: vm-1",
    )


@pytest.mark.parametrize("tag", ["[1,0]<stdout>:", " 0: ", "2026-11-30T10:00:00Z ", "[2026-11-30 10:00:00] "])
def test_marked_lines_tell_the_network_too(tag: str) -> None:
    text = "".join(f"{tag}{line}\n" for line in (FOLDER / "roce_with_channels.txt").read_text().splitlines())
    assert fed(text).network == "ethernet"

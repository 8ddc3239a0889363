"""The all-reduce's command, what is read from its output, and what is made of that."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cloud_facts.azure.machine_types import known_sizes, size
from cluster_provision.fleet.nccl import plan as plan_module
from cluster_provision.fleet.nccl.plan import MachineClass, plan_for
from cluster_provision.fleet.nccl.rows import row_of
from cluster_provision.fleet.nccl.thresholds import Threshold, thresholds
from cluster_provision.fleet.nccl.verdict import judge
from tests.unit.fleet.nccl_kit import GIB, printed, row
from tests.unit.fleet.nccl_runs import H100, H200, fed

NOT_JUDGED = (
    "Standard_ND128isr_NDR_GB200_v6",
    "Standard_ND128isrG5_GB300_v6",
    "Standard_NC24ads_A100_v4",
    "Standard_NC48ads_A100_v4",
    "Standard_NC96ads_A100_v4",
    "Standard_NC40ads_H100_v5",
    "Standard_NC80adis_H100_v5",
    "Standard_NV6ads_A10_v5",
    "Standard_NV12ads_A10_v5",
    "Standard_NV18ads_A10_v5",
    "Standard_NV36ads_A10_v5",
    "Standard_NV36adms_A10_v5",
    "Standard_NV72ads_A10_v5",
)


def test_the_seeds_settings_for_h100_and_h200_are_all_there() -> None:
    plan = plan_for(H200)
    seed = {
        "NCCL_SOCKET_IFNAME": "eth0",
        "NCCL_MIN_NCHANNELS": "32",
        "NCCL_IB_QPS_PER_CONNECTION": "4",
        "NCCL_P2P_NET_CHUNKSIZE": "524288",
        "NCCL_PXN_DISABLE": "1",
        "NCCL_IGNORE_CPU_AFFINITY": "1",
        "UCX_TLS": "rc",
        "UCX_NET_DEVICES": "mlx5_ib0:1",
    }
    assert {name: plan.environment.get(name) for name in seed} == seed
    wanted = {"plm_rsh_no_tree_spawn": "1", "plm_rsh_num_concurrent": "800", "coll_hcoll_enable": "0"}
    assert {name: plan.mca.get(name) for name in wanted} == wanted
    assert plan.cycles == 10


def test_the_command_has_a_rank_for_each_gpu_and_the_topology_file_only_where_it_is() -> None:
    plan = plan_for(H200)
    command = plan.script(8, 3, topology=True)
    assert "-np 24 --map-by ppr:8:node" in command
    assert "-x NCCL_TOPO_FILE=/opt/microsoft/ndv5-topo.xml" in command
    assert "NCCL_TOPO_FILE" not in plan.script(8, 3, topology=False)
    assert "-b 1048576 -e 17179869184 -f 2 -g 1 -c 1 -n 20 -w 5 " in command
    assert "module load mpi/hpcx" in command


def machine_of(name: str) -> MachineClass:
    known = size(name)
    assert known is not None, name
    return MachineClass(known.name, known.gpus, known.accelerator, known.infiniband, known.nccl or "ethernet")


@pytest.mark.parametrize("line", thresholds(), ids=lambda line: f"{line.size}-{line.nodes[0]}")
def test_a_plan_ends_at_the_message_size_that_is_judged(line: Threshold) -> None:
    assert plan_for(machine_of(line.size)).end == line.message


def test_the_sizes_that_nobody_published_a_limit_for_are_these() -> None:
    with_gpus = {known.name for known in known_sizes().values() if known.gpus}
    assert with_gpus - {line.size for line in thresholds()} == set(NOT_JUDGED)


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("name", NOT_JUDGED)
def test_a_size_without_a_published_limit_is_measured_and_its_verdict_is_unknown(name: str, nodes: int) -> None:
    machine = machine_of(name)
    hosts = tuple(f"vm-{number}" for number in range(nodes))
    rows = row(plan_for(machine).end, 100.0)
    judged = judge(fed(printed(rows, hosts, machine.gpus, f"NVIDIA {machine.accelerator}")), machine, nodes)
    assert (judged.verdict, judged.threshold, judged.measured) == ("unknown", None, 100.0)
    assert [finding.name for finding in judged.findings if finding.verdict != "ok"] == ["bandwidth"]


@pytest.mark.parametrize("line", thresholds(), ids=lambda line: f"{line.size}-{line.nodes[0]}")
def test_a_threshold_has_its_source_and_its_figures_in_order(line: Threshold) -> None:
    assert line.source
    assert line.fail <= (line.warn or line.fail) <= (line.expected or line.warn or line.fail)


@pytest.mark.parametrize("kind", sorted({machine_of(name).kind for name in known_sizes()}))
def test_mpi_and_ucx_never_meet_in_the_way_that_hangs(kind: str) -> None:
    environment = tomllib.loads(Path(plan_module.__file__).with_name("settings.toml").read_text())["class"][kind][
        "environment"
    ]
    assert not (environment.get("UCX_TLS") == "tcp" and "mlx5" in environment.get("UCX_NET_DEVICES", ""))


def test_rows_are_read_with_both_ways() -> None:
    read = row_of(row(16 * GIB, 480.0, 482.0))
    assert read is not None
    assert (read.bytes, read.busbw, read.in_place_busbw, read.wrong, read.in_place_wrong) == (
        17179869184,
        480.0,
        482.0,
        0,
        0,
    )


@pytest.mark.parametrize(
    "line",
    [
        "#  size  count  type  redop  root  time  algbw  busbw  #wrong  time  algbw  busbw  #wrong",
        "# Avg bus bandwidth    : 440.2",
        "vm-0:1:1 [0] NCCL INFO Using network IB",
        "17179869184 4294967296 float sum -1 nan 1 1 0 1 1 1 0",
        "",
    ],
)
def test_other_lines_are_no_rows(line: str) -> None:
    assert row_of(line) is None


def test_a_good_run_is_ok() -> None:
    output = fed(printed(row(8 * GIB, 470.0) * 10 + row(16 * GIB, 483.0) * 10, average=476.5))
    judged = judge(output, H200, 2)
    assert (judged.verdict, judged.message, judged.measured) == ("ok", 16 * GIB, 483.0)
    assert output.average == 476.5
    assert output.network == "infiniband"
    assert {host: len(devices) for host, devices in output.devices.items()} == {"vm-0": 8, "vm-1": 8}


@pytest.mark.parametrize(("busbw", "verdict"), [(430.0, "ok"), (429.9, "warn"), (322.0, "warn"), (321.9, "failed")])
def test_limits_are_taken_at_their_word(busbw: float, verdict: str) -> None:
    assert judge(fed(printed(row(16 * GIB, busbw))), H200, 2).verdict == verdict


def test_the_average_over_all_cycles_is_judged() -> None:
    rows = row(16 * GIB, 500.0) + row(16 * GIB, 100.0) * 3
    judged = judge(fed(printed(rows)), H200, 2)
    assert judged.measured == pytest.approx(200.0)
    assert judged.verdict == "failed"


def test_a_number_of_nodes_without_a_published_limit_is_unknown() -> None:
    hosts = tuple(f"vm-{i}" for i in range(4))
    judged = judge(fed(printed(row(16 * GIB, 480.0), hosts)), H200, 4)
    assert judged.verdict == "unknown"
    assert judged.threshold is None
    assert judged.measured == 480.0


def test_other_devices_than_the_sizes_are_not_judged_by_its_limits() -> None:
    output = fed(printed(row(16 * GIB, 0.4), device="no GPU: MPI in NCCL's place"))
    judged = judge(output, H200, 2)
    assert judged.verdict == "unknown"
    assert "no GPU: MPI in NCCL's place" in judged.findings[-1].detail


@pytest.mark.parametrize(
    ("device", "accelerator"),
    [
        ("NVIDIA H100 80GB HBM3", "H100 80 GB"),
        ("NVIDIA A100-SXM4-40GB", "A100 40 GB"),
        ("NVIDIA H100 NVL", "H100 NVL 94 GB"),
        ("NVIDIA A10-4Q", "A10, a sixth"),
        ("NVIDIA GB200", "GB200 192 GB"),
    ],
)
def test_devices_are_known_by_their_model(device: str, accelerator: str) -> None:
    machine = MachineClass("Some_size", 8, accelerator, infiniband=False, kind="ethernet")
    detail = judge(fed(printed(row(GIB, 1.0), device=device)), machine, 2).findings[-1].detail
    assert "no normal figure is published" in detail


def test_an_a100_is_no_a10() -> None:
    machine = MachineClass("Some_size", 8, "A10 24 GB", infiniband=False, kind="ethernet")
    detail = judge(fed(printed(row(GIB, 1.0), device="NVIDIA A100-SXM4-40GB")), machine, 2).findings[-1].detail
    assert "not A10" in detail


def test_wrong_values_fail_however_fast_they_came() -> None:
    judged = judge(fed(printed(row(16 * GIB, 483.0, wrong="3"))), H200, 2)
    assert judged.verdict == "failed"
    assert judged.findings[0].detail == "6 values are wrong"


def test_values_that_were_not_checked_are_no_pass() -> None:
    assert judge(fed(printed(row(16 * GIB, 483.0, wrong="N/A"))), H200, 2).verdict == "unknown"


@pytest.mark.parametrize("network", ["ethernet", "roce"])
def test_ethernet_on_machines_with_infiniband_fails(network: str) -> None:
    judged = judge(fed(printed(row(16 * GIB, 483.0), network=network)), H200, 2)
    assert judged.verdict == "failed"
    assert "fell back silently" in next(f.detail for f in judged.findings if f.name == "network")


def test_one_host_on_ethernet_is_enough() -> None:
    text = printed(row(16 * GIB, 483.0))
    text += "vm-1:7:9 [3] NCCL INFO Channel 00/0 : 8[0] -> 0[0] [send] via NET/Socket/0\n"
    assert fed(text).network == "ethernet"


def test_a_silent_network_is_unknown() -> None:
    assert judge(fed(printed(row(16 * GIB, 483.0), network="silent")), H200, 2).verdict == "unknown"


def test_one_machine_needs_no_network_between_machines() -> None:
    judged = judge(fed(printed(row(16 * GIB, 480.0), ("vm-0",), network="silent")), H200, 1)
    assert judged.verdict == "ok"


def test_gpus_that_took_no_part_fail() -> None:
    text = printed(row(16 * GIB, 483.0)).replace("on       vm-1 device  7", "on       vm-0 device  7")
    judged = judge(fed("\n".join(line for line in text.splitlines() if "Rank 15 " not in line)), H200, 2)
    assert judged.verdict == "failed"
    assert "15 of 16 GPUs took part: vm-1 7" in next(f.detail for f in judged.findings if f.name == "ranks")


def test_no_rows_are_unknown_and_no_failure_of_machines() -> None:
    judged = judge(fed(printed("")), H200, 2)
    assert judged.verdict == "unknown"
    assert judged.findings[0].detail == "it printed no row that can be read"


def test_h100_is_judged_up_to_eight_nodes_and_not_beyond() -> None:
    def verdict(nodes: int) -> str:
        hosts = tuple(f"vm-{i}" for i in range(nodes))
        return judge(fed(printed(row(16 * GIB, 440.0), hosts, device="NVIDIA H100 80GB HBM3")), H100, nodes).verdict

    assert [verdict(nodes) for nodes in (2, 8, 9)] == ["ok", "ok", "unknown"]

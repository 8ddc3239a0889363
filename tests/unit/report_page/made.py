"""Results as runs make them, through the result's own classes, of any number of nodes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import Unhealthy
from cluster_provision.health.records import CheckedNode
from cluster_provision.health.verdict import document
from cluster_provision.node import HealthCheck, Node, NodeHealth
from cluster_provision.price import Price
from cluster_provision.result import (
    BenchmarkLimits,
    BenchmarkResult,
    BenchmarkRow,
    Changes,
    Check,
    Cluster,
    Connection,
    Leftover,
    NodeSetUp,
    PlannedChange,
    Result,
    SetUpStep,
    StepResult,
)

if TYPE_CHECKING:
    from cluster_provision.node import StepStatus

STARTED = "2026-12-01T10:00:00.000+00:00"
ENDED = "2026-12-01T10:08:00.000+00:00"
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{ 7 * 7 }}"
"""What no page may take for markup."""

SICK = (
    HealthCheck("aznhc", "failed", "check_ecc: GPU id 3: uncorrectable ECC errors. FaultCode: NHC2019", "t"),
    HealthCheck("dcgm", "failed", "level 2: memory (GPU 5): uncorrectable memory errors", "t"),
)


def result_of(nodes: int = 2, *, text: str = "demo") -> Result:
    """A Create that went wrong on its second node, if it has one; `text` stands where outsiders' words do."""
    result = Result("create", Cluster("demo", "d4a427", "azure", "vmss") if text == "demo" else Cluster(*[text] * 4))
    result.started, result.since = STARTED, "2026-12-01T09:00:00+00:00"
    result.state_uri = f"https://account.blob.example/{text}"
    result.changes = Changes(add=12)
    result.plan = (PlannedChange("create", "azurerm_resource_group", text),)
    result.price = Price(Decimal("169.60"), ((text, Decimal("169.60")),))
    names = [f"demo-vm-{number:06}" for number in range(nodes)]
    result.nodes = [_node(name, number, text) for number, name in enumerate(names)]
    found = [CheckedNode(name, NodeHealth("healthy")) for name in names]
    if nodes > 1:
        noted = (*SICK, HealthCheck("machine", "unknown", text))
        found[1] = CheckedNode(names[1], NodeHealth("unhealthy", noted, text))
        result.error = Unhealthy(f"not every node is healthy: {text}", f"Replace it:\n  az vmss {text}")
    result.health = document(found)
    result.gpus_per_node = 8
    result.set_up = tuple(_set_up(name, number) for number, name in enumerate(names[:64]))
    result.connection = Connection(
        command=f"ssh -J azureuser@192.0.2.7 {text}",
        ssh={name: f"ssh -J azureuser@192.0.2.7:50000 azureuser@{name}" for name in names},
        dashboard="https://portal.example/dashboard",
    )
    result.checks = [Check("credentials", "ok", text), Check("quota cores", "unknown", "the quota can't be read")]
    result.steps = [
        StepResult("credentials", "ok", "2026-12-01T10:00:00.200+00:00", 0.4),
        StepResult("terraform apply", "ok", "2026-12-01T10:00:01.000+00:00", 151.2),
        StepResult("nodes", "ok", "2026-12-01T10:02:32.200+00:00", 210.0),
        StepResult(text, "failed", "2026-12-01T10:06:02.200+00:00", 111.5),
    ]
    result.leftovers = [Leftover("disk", text, "eastus2", f"az disk delete --name {text}", "it is protected")]
    result.benchmark = benchmark(text)
    return result


def benchmark(text: str = "AZC measured it") -> BenchmarkResult:
    """One of two nodes, from 1 KiB to 16 GiB, two cycles each."""
    rows = [_row(1024 * 2**power) for power in range(25)] * 2
    limits = BenchmarkLimits(16 * 1024**3, 300.0, 400.0, 450.0, text)
    return BenchmarkResult(
        size="Standard_ND96isr_H100_v5",
        nodes=2,
        ranks=16,
        command="mpirun",
        verdict="ok",
        network="infiniband",
        networks={},
        devices=(),
        message=limits.message,
        measured=448.1,
        average=180.0,
        limits=limits,
        rows=tuple(rows),
    )


def json_of(result: Result) -> dict[str, Any]:
    return result.to_json()


def _row(size: int) -> BenchmarkRow:
    speed = 460 * size / (size + 64 * 1024**2)
    return BenchmarkRow(size, 10.0, speed, speed, 0, 10.0, speed, speed * 0.98, 0)


def _node(name: str, number: int, text: str) -> Node:
    return Node(
        name,
        zone="eastus2",
        address=f"10.0.{number // 250}.{number % 250 + 4}",
        status="ready",
        jupyter=f"https://{name}.example/lab" if text == "demo" else f"javascript:{text}",
        step="done",
        machine="RUNNING",
        health="healthy" if number != 1 else "unhealthy",
        host=text if number == 1 else "",
    )


def _set_up(name: str, number: int) -> NodeSetUp:
    steps: tuple[tuple[str, StepStatus, float, bool], ...] = (
        ("disks", "ok", 4.5, False),
        ("docker", "ok", 21.0, False),
        ("jupyter", "failed" if number == 3 else "ok", 44.0 + number % 7, True),
        ("health", "ok", 120.0 + number % 13, False),
    )
    return NodeSetUp(name, tuple(SetUpStep(*each) for each in steps))

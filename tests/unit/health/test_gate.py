"""HEALTH_GATE: what Create waits for, what it says, and what it stops at."""

from __future__ import annotations

import pytest

from cluster_provision.errors import Unhealthy
from cluster_provision.health.gate import Gate, pass_gate
from cluster_provision.node import HealthCheck, NodeHealth
from cluster_provision.targets.health import health_stage
from tests.unit.health.kit import Records, Time, Told, mending, sick, site_of


def replacement(name: str) -> str:
    return f"az vmss delete-instances --instance-ids {name}"


WARN, STRICT = Gate("warn", 45, mending(replacement)), Gate("strict", 45, mending(replacement))


@pytest.mark.parametrize(("word", "waits"), [("off", False), ("warn", True), ("strict", True)])
def test_create_waits_unless_the_gate_is_off_and_status_looks_at_any_rate(word: str, *, waits: bool) -> None:
    stage = health_stage(word, lambda _: WARN)
    assert (stage.wait is not None, stage.look is not None) == (waits, True)


def test_it_waits_until_every_node_has_a_verdict() -> None:
    records = Records(
        [{}, {"vm-0": "running"}, {"vm-0": "healthy", "vm-1": "running"}, {"vm-0": "healthy", "vm-1": "healthy"}]
    )
    told = Told()
    site = site_of(records, told)

    pass_gate(STRICT, site, Time().poll(45))

    assert told.updates == ["0 of 2 machines checked", "0 of 2 machines checked", "1 of 2 machines checked"]
    assert (told.conclusion, told.lines) == ("2 healthy", [])
    assert records.listings == 4
    assert records.read == []
    assert [n.health for n in site.result.nodes] == ["healthy", "healthy"]
    assert [(c.name, c.status) for c in site.result.checks] == [("health", "ok")]
    assert site.result.health is not None
    assert site.result.health["verdict"] == "healthy"


def test_strict_stops_at_a_sick_node_and_says_all_that_helps() -> None:
    records = Records([{"vm-0": "healthy", "vm-1": "unhealthy"}], {"vm-1": sick()})
    site = site_of(records, Told())

    with pytest.raises(Unhealthy) as caught:
        pass_gate(STRICT, site, Time().poll(45))

    assert caught.value.exit_code == 22
    for told in ("1 healthy, 1 unhealthy", "vm-1 (physical host BN1234)", "aznhc failed", "NHC2009: a GPU is missing"):
        assert told in caught.value.message
    for told in ("az vmss delete-instances --instance-ids vm-1", "BN1234", "/opt/run-health-checks.sh", "Create"):
        assert told in caught.value.advice
    assert records.read == ["vm-1"]
    assert site.result.health == {
        "verdict": "unhealthy",
        **{"skipped": 0, "healthy": 1, "not_checked": 0, "running": 0, "unknown": 0, "unhealthy": 1},
        "nodes": [
            {"name": "vm-0", "verdict": "healthy", "host": "", "checks": []},
            {
                "name": "vm-1",
                "verdict": "unhealthy",
                "host": "BN1234",
                "checks": [
                    {
                        "name": "aznhc",
                        "status": "failed",
                        "detail": "check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009",
                        "time": "2026-11-25T10:00:00Z",
                        "faults": ["NHC2009"],
                    },
                    {"name": "dcgm", "status": "passed", "detail": "", "time": "", "faults": []},
                ],
            },
        ],
    }


def test_strict_takes_unknown_for_no_pass() -> None:
    records = Records([{"vm-0": "healthy", "vm-1": "unknown"}], {"vm-1": sick("Docker is not installed", "unknown")})

    with pytest.raises(Unhealthy) as caught:
        pass_gate(STRICT, site_of(records, Told()), Time().poll(45))

    assert "Docker is not installed" in caught.value.message
    assert "delete-instances" not in caught.value.advice


def test_warn_says_the_same_and_goes_on() -> None:
    told = Told()
    site = site_of(Records([{"vm-0": "healthy", "vm-1": "unhealthy"}], {"vm-1": sick()}), told)

    pass_gate(WARN, site, Time().poll(45))

    text = "\n".join(told.lines)
    assert told.lines[0].startswith("Warning: not every node is healthy (1 healthy, 1 unhealthy)")
    assert "NHC2009" in text
    assert "az vmss delete-instances --instance-ids vm-1" in text
    assert [(c.name, c.status) for c in site.result.checks] == [("health", "failed")]


@pytest.mark.parametrize(("verdict", "why"), [("running", "still run"), ("", "have not begun")])
def test_checks_without_an_end_are_unknown_when_the_time_is_up(verdict: str, why: str) -> None:
    look = {"vm-0": "healthy", "vm-1": verdict}
    time = Time()

    with pytest.raises(Unhealthy) as caught:
        pass_gate(STRICT, site_of(Records([look]), Told()), time.poll(45))  # type: ignore[list-item]

    assert 45 * 60 <= time.now < 46 * 60
    assert f"they {why} after 45 minutes (HEALTH_TIMEOUT)" in caught.value.message


def test_a_record_of_a_former_machine_of_that_name_tells_nothing() -> None:
    records = Records([{"vm-0": "healthy", "vm-1": "healthy"}], ids={"vm-0": "1", "vm-1": "former"})

    with pytest.raises(Unhealthy) as caught:
        pass_gate(STRICT, site_of(records, Told()), Time().poll(1))

    assert "have not begun" in caught.value.message


def test_nodes_with_nothing_to_check_pass_without_being_called_healthy() -> None:
    told = Told()
    site = site_of(Records([{"vm-0": "skipped", "vm-1": "skipped"}]), told)

    pass_gate(STRICT, site, Time().poll(45))

    assert told.conclusion == "2 with nothing to check"
    assert [c.status for c in site.result.checks] == ["skipped"]


def test_a_check_that_could_not_be_set_up_is_told_to_be_no_fault() -> None:
    health = sick("AzNHC could not set up collect_nccl_allreduce_data: error code 3. FaultCode: NHCNA", "unknown")
    told = Told()

    pass_gate(WARN, site_of(Records([{"vm-0": "healthy", "vm-1": "unknown"}], {"vm-1": health}), told), Time().poll(1))

    assert any("NHCNA: AzNHC could not set a check up: no fault of the machine" in line for line in told.lines)


def test_a_body_that_is_gone_leaves_the_verdict_of_the_listing() -> None:
    with pytest.raises(Unhealthy):
        pass_gate(STRICT, site_of(Records([{"vm-0": "healthy", "vm-1": "unhealthy"}]), Told()), Time().poll(1))


def test_many_sick_nodes_are_not_all_told_one_by_one() -> None:
    from cluster_provision.health.records import CheckedNode
    from cluster_provision.health.verdict import failure_of

    found = [
        CheckedNode(f"vm-{i}", NodeHealth("unhealthy", (HealthCheck("dcgm", "failed", "memory"),))) for i in range(12)
    ]
    failure = failure_of(found, mending(lambda name: ""))

    assert failure is not None
    assert "12 unhealthy" in failure.message
    assert failure.message.endswith("and 2 more")

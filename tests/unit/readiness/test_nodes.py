"""Waiting for nodes goes by the nodes' own records."""

import pytest

from cluster_provision.clouds.base import Machine
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CapacityError, NodeSetupError, NotReady, QuotaError, Unreachable
from cluster_provision.node import Node, NodeRecord, NodeSummary, StepRecord
from cluster_provision.readiness.group_problems import GroupProblems
from cluster_provision.readiness.node_states import DONE, Wanted
from cluster_provision.readiness.nodes import require_none_failed, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from tests.unit.readiness.records import Records


class Time:
    """A clock that only a sleep moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def poll(self, limit: float) -> Poll:
        return Poll(limit, lambda: self.now, self.sleep)


A, B = Machine("a", "1", "z", "10.0.0.1"), Machine("b", "2", "z", "10.0.0.2")


def wait(records: Records, machines: list[Machine], wanted: Wanted, time: Time | None = None) -> tuple[Node, ...]:
    return wait_with(GroupProblems(lambda: [], kind_of, 600, lambda _: None), records, machines, wanted, time or Time())


def wait_with(
    problems: GroupProblems, records: Records, machines: list[Machine], wanted: Wanted, time: Time, limit: float = 60
) -> tuple[Node, ...]:
    return wait_for_nodes(wanted, lambda: machines, records, problems, time.poll(limit), lambda *_: None).nodes  # type: ignore[arg-type]


def test_ready_is_when_every_node_says_so() -> None:
    records = Records(
        [
            [],
            [NodeSummary("a", "ready", DONE, "1"), NodeSummary("b", "starting", "files", "2")],
            [NodeSummary("a", "ready", DONE, "1"), NodeSummary("b", "ready", "command", "2")],
        ]
    )
    assert [n.status for n in wait(records, [A, B], Wanted(2))] == ["ready", "ready"]
    assert records.listings == 3


def test_a_record_of_an_earlier_machine_of_that_name_does_not_count() -> None:
    with pytest.raises(NotReady, match="not started: a"):
        wait(Records([[NodeSummary("a", "ready", DONE, "0")]]), [A], Wanted(1))


def test_a_store_that_does_not_answer_for_minutes_costs_no_cluster() -> None:
    class Away(Records):
        def node_summaries(self) -> list[NodeSummary]:
            if time.now < 120:
                raise Unreachable("listing the records: no answer in time")
            return super().node_summaries()

    time = Time()
    there = Away([[NodeSummary("a", "ready", DONE, "1")]])
    problems = GroupProblems(lambda: [], kind_of, 600, lambda _: None)
    assert [n.name for n in wait_with(problems, there, [A], Wanted(1), time, limit=1800)] == ["a"]


def test_too_few_machines_are_waited_for_and_the_clouds_reason_is_shown() -> None:
    stuck = Machine("b", "2", "z", problem="ZONE_RESOURCE_POOL_EXHAUSTED: no")
    with pytest.raises(CapacityError, match=r"1 of 2 machines exist.*ZONE_RESOURCE_POOL_EXHAUSTED"):
        wait(Records([[]]), [stuck], Wanted(2))


def test_the_group_is_given_up_on_long_before_nodes_are() -> None:
    time = Time()
    stuck = Machine("b", "2", "z", problem="QUOTA_EXCEEDED: Quota 'NVIDIA_T4_GPUS' exceeded. Limit: 0.0")
    problems = GroupProblems(lambda: [], kind_of, 120, lambda _: None)
    with pytest.raises(QuotaError, match="NVIDIA_T4_GPUS"):
        wait_with(problems, Records([[]]), [stuck], Wanted(1), time, limit=1800)
    assert 120 <= time.now < 130


def test_a_machine_that_was_stopped_is_not_ready_by_its_old_record() -> None:
    stopped = Machine("a", "1", "z", status="TERMINATED")
    with pytest.raises(NotReady):
        wait(Records([[NodeSummary("a", "ready", DONE, "1")]]), [stopped], Wanted(1))


def test_a_command_that_failed_after_its_node_was_ready_is_found_at_the_end() -> None:
    failed = NodeRecord("a", "1", "failed", "command", (StepRecord("command", "failed", tail="boom"),))
    records = Records([[NodeSummary("a", "failed", "command", "1")]], {"a": failed})
    with pytest.raises(NodeSetupError, match="boom"):
        require_none_failed(records, [Node("a", instance_id="1")])  # type: ignore[arg-type]
    require_none_failed(records, [Node("a", instance_id="2")])  # type: ignore[arg-type]


def test_a_failed_node_ends_the_wait_with_its_last_lines() -> None:
    failed = NodeRecord("a", "1", "failed", "command", (StepRecord("command", "failed", tail="boom\nexit 3"),))
    records = Records([[NodeSummary("a", "failed", "command", "1")]], {"a": failed})
    with pytest.raises(NodeSetupError, match=r"a: step command failed\n    boom\n    exit 3"):
        wait(records, [A], Wanted(1))
    assert records.listings == 1


def test_a_mount_that_failed_is_named() -> None:
    mounts = [
        {"source": "data", "path": "/mnt/data", "status": "ok", "seconds": 1.5},
        {"source": "10.0.0.2:/nfsshare", "path": "/mnt/share", "status": "failed", "seconds": 900},
    ]
    step = {
        "name": "shares",
        "status": "failed",
        "optional": False,
        "seconds": 901.5,
        "tail": "denied",
        "mounts": mounts,
    }
    failed = NodeRecord.from_json(
        {"node": "a", "instance_id": "1", "status": "failed", "step": "shares", "steps": [step]}
    )
    records = Records([[NodeSummary("a", "failed", "shares", "1")]], {"a": failed})
    text = r"a: step shares failed to mount 10\.0\.0\.2:/nfsshare on /mnt/share\n    denied"
    with pytest.raises(NodeSetupError, match=text):
        wait(records, [A], Wanted(1))


def test_machines_that_are_too_many_are_waited_for_until_they_are_gone() -> None:
    machines = [A, B]

    class Shrinking(Records):
        def node_summaries(self) -> list[NodeSummary]:
            if self.listings == 1:
                machines.remove(B)
            return super().node_summaries()

    both = [NodeSummary("a", "ready", DONE, "1"), NodeSummary("b", "ready", DONE, "2")]
    assert [n.name for n in wait(Shrinking([both]), machines, Wanted(1))] == ["a"]


def test_the_command_is_waited_for_where_asked() -> None:
    records = Records([[NodeSummary("a", "ready", "command", "1")], [NodeSummary("a", "ready", DONE, "1")]])
    wait(records, [A], Wanted(1, command_ended=True))
    assert records.listings == 2


def test_the_limit_holds() -> None:
    time = Time()
    with pytest.raises(NotReady):
        wait(Records([[]]), [A], Wanted(1), time)
    assert time.now == pytest.approx(60)


def test_pauses_grow_and_start_anew_when_something_moves() -> None:
    time, pauses = Time(), []
    poll = Poll(1000, lambda: time.now, lambda s: (pauses.append(s), time.sleep(s)))
    for _ in range(20):
        poll.next()
    assert pauses[0] < pauses[5] < pauses[-1] == pytest.approx(5)
    poll.moved()
    poll.next()
    assert pauses[-1] < 0.2

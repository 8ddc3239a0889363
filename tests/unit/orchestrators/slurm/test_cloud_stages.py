"""A Slurm cluster on a cloud is what its controller's own record says, and nothing else is believed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.base import Machine
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import CapacityError, NodeSetupError, NotReady
from cluster_provision.node import NodeRecord, NodeSummary, StepRecord
from cluster_provision.orchestrators.slurm.cloud_stages import stages
from cluster_provision.orchestrators.slurm.description import with_proof
from cluster_provision.result import Connection
from cluster_provision.slurm.cloud import CLUSTER_FILE, CloudCluster, NodeGroup, Pool, digest_of, read_cloud_cluster
from cluster_provision.slurm.cloud_record import ClusterRecord, ProofRecord
from tests.unit.orchestrators.slurm.sites import site

if TYPE_CHECKING:
    from cluster_provision.stage import Site

pytestmark = pytest.mark.usefixtures("no_pause")

NODES = tuple(f"demo-hpc-{number}" for number in range(1, 5))
POOL = Pool("hpc", (NodeGroup("demo-hpc-mig", NODES),), 2, 8, 1, 4, 2, 32_000)
CLUSTER = CloudCluster("gcp", "demo", {}, "files/slurm/p.tar.gz", "demo-controller", ("demo-login-1",), (POOL,))
STOCK_OUT = "ZONE_RESOURCE_POOL_EXHAUSTED: no room"


@dataclass
class Store:
    """A store whose records change from look to look; the last ones stay."""

    looks: list[dict[str, Any]]
    texts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    tried: str | None = None
    mended_after: int | None = None
    seen: int = 0

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> None:
        self.texts[name] = text

    def node_record(self, name: str) -> NodeRecord | None:
        if name in self.failed:
            steps = (StepRecord("slurm", "failed", tail=self.failed[name]),)
            slurm = None if self.tried is None else {"tried": self.tried}
            return NodeRecord(name, name, "failed", "slurm", steps, slurm=slurm)
        look = self.looks[min(self.seen, len(self.looks) - 1)]
        self.seen += 1
        return NodeRecord(name, name, "ready", "done", slurm=look) if look else None

    def node_summaries(self) -> list[NodeSummary]:
        if self.mended_after is not None:
            self.mended_after -= 1
            self.failed = self.failed if self.mended_after >= 0 else {}
        names = ("demo-controller", "demo-login-1", *NODES)
        return [NodeSummary(n, "failed" if n in self.failed else "ready", "done", n) for n in names]


class Target:
    def __init__(self, **settings: Any) -> None:
        self.settings: Any = SimpleNamespace(
            **{
                "ready_timeout": 1,
                "capacity_wait": 0,
                "startup_command": "",
                "monitoring": "off",
                "controller_name": "demo-controller",
                **settings,
            }
        )
        self.cluster = CLUSTER

    def describe(self) -> CloudCluster:
        return self.cluster

    def put_program(self, site: Site) -> None: ...

    def machines(self) -> list[Machine]:
        return [Machine(n, n, "z", status="RUNNING") for n in ("demo-controller", "demo-login-1", *NODES[:2])]

    def group_errors(self, *_: Any) -> list[Any]:
        return []

    kind_of = staticmethod(kind_of)

    def connection(self, site: Site) -> Connection:
        return Connection(command="docker run image Connect")


def told(**states: str) -> dict[str, Any]:
    """The controller's part: hostlist of nodes (_ for -) by state."""
    store_text = described().texts[CLUSTER_FILE]
    return {
        "applied": digest_of(store_text),
        "wanted": "demo-hpc-[1-2]",
        "nodes": [
            {"names": f"demo-hpc-{n}", "state": state} for n, state in zip("1234", states.values(), strict=False)
        ],
        "proof": {"name": "first", "status": "ok", "nodes": "demo-hpc-[1-2]", "lines": ["proof demo-hpc-1 met-0"]},
    }


def described(*looks: dict[str, Any]) -> Store:
    return Store(list(looks), {CLUSTER_FILE: replace(CLUSTER, proof="first").text()})


UP = {"a": "idle", "b": "mixed", "c": "off", "d": "off"}


def stage(name: str, target: Target | None = None) -> Any:
    return next(each for each in stages(target or Target()) if each.name == name)


def test_the_description_is_written_with_a_proof_to_run() -> None:
    store = Store([{}])
    stage("description").wait(site(store))
    written = read_cloud_cluster(store.texts[CLUSTER_FILE])
    assert replace(written, proof="") == CLUSTER
    assert written.proof


def test_a_second_create_that_changes_nothing_asks_for_no_further_proof() -> None:
    store = described(told(**UP))
    before = store.texts[CLUSTER_FILE]
    stage("description").wait(site(store))
    assert store.texts[CLUSTER_FILE] == before


@pytest.mark.parametrize("status", ["failed", "unknown", ""])
def test_a_proof_that_was_not_passed_is_asked_for_again(status: Any) -> None:
    before = replace(CLUSTER, proof="first")
    asked = with_proof(CLUSTER, before, ClusterRecord(proof=ProofRecord("first", status)), "second")
    assert asked.proof == "second"


def test_changed_settings_ask_for_a_new_proof() -> None:
    before = replace(CLUSTER, proof="first")
    changed = replace(CLUSTER, suspend_time=600)
    asked = with_proof(changed, before, ClusterRecord(proof=ProofRecord("first", "ok")), "second")
    assert asked.proof == "second"


def test_create_waits_until_the_nodes_that_should_be_on_are_up() -> None:
    store = described({}, told(a="powering-up", b="off"), told(**UP))
    at = site(store)
    stage("nodes in Slurm").wait(at)
    assert at.progress.detail == "2 of 2 up; 2 off: demo-hpc-[3-4]"  # type: ignore[attr-defined]
    assert [(node.name, node.part, node.status) for node in at.result.nodes] == [
        ("demo-controller", "controller", "ready"),
        ("demo-login-1", "login", "ready"),
        ("demo-hpc-1", "node", "ready"),
        ("demo-hpc-2", "node", "ready"),
    ]


def test_a_node_that_somebody_has_drained_keeps_nobody_waiting() -> None:
    at = site(described(told(a="drained", b="idle")))
    stage("nodes in Slurm").wait(at)
    assert at.progress.detail == "1 of 2 up; demo-hpc-1: drained"  # type: ignore[attr-defined]


def test_the_word_of_a_controller_that_has_another_description_counts_for_nothing() -> None:
    older = {**told(**UP), "applied": "0" * 16}
    with pytest.raises(NotReady, match="the controller takes the cluster's description"):
        stage("nodes in Slurm", Target(ready_timeout=0.001)).wait(site(described(older)))


def test_a_stock_out_ends_create_with_the_clouds_words() -> None:
    short = told(a="idle", b="off")
    short["problems"] = [{"nodes": "demo-hpc-2", "code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}]
    with pytest.raises(CapacityError, match=f"demo-hpc-2: off; the cloud says: {STOCK_OUT}"):
        stage("nodes in Slurm").wait(site(described(short)))


def test_a_node_whose_own_set_up_failed_ends_create_with_its_last_lines() -> None:
    store = described(told(a="idle", b="powering-up"))
    store.failed["demo-hpc-2"] = "7 GPUs answer, and the machine type has 8"
    with pytest.raises(NodeSetupError, match="7 GPUs answer"):
        stage("nodes in Slurm").wait(site(store))


def two_machines() -> Target:
    target = Target()
    names = ("demo-controller", "demo-login-1")
    target.machines = lambda: [Machine(n, n, "z", status="RUNNING") for n in names]  # type: ignore[method-assign]
    return target


def test_a_controller_that_failed_at_an_earlier_description_is_waited_for() -> None:
    store = described(told(**UP))
    store.failed["demo-controller"], store.tried, store.mended_after = "no Slurm to be had", "0" * 16, 2
    at = site(store)
    stage("controller", two_machines()).wait(at)
    assert at.progress.detail == "demo-controller, demo-login-1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("tried", [None, digest_of(replace(CLUSTER, proof="first").text())], ids=["unsaid", "this"])
def test_a_controller_that_failed_at_this_description_ends_create(tried: str | None) -> None:
    store = described(told(**UP))
    store.failed["demo-controller"], store.tried = "no Slurm to be had", tried
    with pytest.raises(NodeSetupError, match="no Slurm to be had"):
        stage("controller", two_machines()).wait(site(store))


def test_a_create_that_changes_nothing_has_what_failed_try_again() -> None:
    store = described(told(**UP))
    before, store.failed["demo-login-1"] = store.texts[CLUSTER_FILE], "apt did not answer"
    stage("description").wait(site(store))
    assert store.texts[CLUSTER_FILE] != before


def test_a_node_that_is_down_is_waited_for_and_then_named() -> None:
    with pytest.raises(NotReady, match="demo-hpc-2: down"):
        stage("nodes in Slurm", Target(ready_timeout=0.001)).wait(site(described(told(a="idle", b="down"))))


def test_the_proof_is_what_the_job_of_this_description_has_shown() -> None:
    at = site(described(told(**UP)))
    stage("proof").wait(at)
    assert [(check.name, check.status, check.detail) for check in at.result.checks] == [
        ("proof", "ok", "a job ran on 2 nodes")
    ]


def test_a_second_create_says_that_no_job_was_run() -> None:
    at, of = site(described(told(**UP))), {each.name: each for each in stages(Target())}
    for name in ("description", "proof"):
        of[name].wait(at)
    assert [(check.status, check.detail) for check in at.result.checks] == [
        ("ok", "no job was run: the settings are as they were when one ran on 2 nodes")
    ]


@pytest.mark.parametrize(
    ("proof", "error"),
    [
        ({"name": "first", "status": "failed", "detail": "exit code 3"}, NodeSetupError),
        ({"name": "first", "status": "unknown", "detail": "the job did not start"}, NotReady),
        ({"name": "first", "status": "strange"}, NotReady),
    ],
)
def test_a_proof_that_was_not_passed_is_a_failure(proof: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error, match=proof.get("detail", "unknown")):
        stage("proof").wait(site(described({**told(**UP), "proof": proof})))


def test_no_job_proves_a_cluster_without_a_node_that_is_on() -> None:
    at = site(described({**told(**UP), "wanted": ""}))
    stage("proof").wait(at)
    assert at.progress.detail == "no job was run: no node is on"  # type: ignore[attr-defined]
    assert at.result.checks == []


def test_status_names_nodes_that_should_be_on() -> None:
    at = site(described(told(a="idle", b="down")))
    found = stage("nodes in Slurm").look(at)
    assert isinstance(found, NotReady)
    assert "demo-hpc-2: down" in found.message


def test_what_a_controller_has_not_told_is_unknown() -> None:
    at = site(described({}))
    stage("nodes in Slurm").look(at)
    assert [check.status for check in at.result.checks] == ["unknown"]


def test_a_missing_login_node_is_named_by_status() -> None:
    target = Target()
    target.machines = lambda: [Machine("demo-controller", "demo-controller", "z", status="RUNNING")]  # type: ignore[method-assign]
    found = stage("controller", target).look(site(described(told(**UP))))
    assert found is not None
    assert "1 of 2 machines exist" in found.message


@pytest.mark.parametrize("word", ["TERMINATED", "DEALLOCATED"])
def test_a_login_node_that_was_suspended_is_not_a_failure(word: str) -> None:
    target = Target()
    states = {"demo-controller": "RUNNING", "demo-login-1": word}
    target.machines = lambda: [Machine(n, n, "z", status=status) for n, status in states.items()]  # type: ignore[method-assign]
    at = site(described(told(**UP)))
    assert stage("controller", target).look(at) is None
    (check,) = at.result.checks
    assert (check.status, check.detail) == (
        "ok",
        "1 of 1 ready; demo-login-1 stopped: Resume starts it, and so does Create",
    )
    assert [node.status for node in at.result.nodes] == ["ready", "missing"]


def test_a_controller_that_is_stopped_is_a_failure() -> None:
    target = Target()
    states = {"demo-controller": "TERMINATED", "demo-login-1": "RUNNING"}
    target.machines = lambda: [Machine(n, n, "z", status=status) for n, status in states.items()]  # type: ignore[method-assign]
    found = stage("controller", target).look(site(described(told(**UP))))
    assert found is not None


def test_status_says_where_the_last_proof_ran() -> None:
    at = site(described(told(**UP)))
    stage("proof").look(at)
    assert [check.detail for check in at.result.checks] == ["demo-hpc-[1-2]: a job has run there"]


NOTE = "the new description could not be applied: slurmctld refuses slurm.conf"


def test_what_keeps_the_controller_from_taking_the_description_is_in_the_failure() -> None:
    older = {**told(**UP), "applied": "0" * 16, "notes": [NOTE]}
    with pytest.raises(NotReady, match=NOTE):
        stage("nodes in Slurm", Target(ready_timeout=0)).wait(site(described(older)))


def test_a_look_shows_what_the_controller_could_not_do() -> None:
    at = site(described({**told(**UP), "notes": [NOTE]}))
    stage("nodes in Slurm").look(at)
    assert NOTE in at.result.checks[-1].detail

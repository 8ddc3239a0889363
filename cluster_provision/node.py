"""The node, and the record that its own bootstrap keeps of it, as all parts share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

RecordStatus = Literal["starting", "ready", "failed"]
StepStatus = Literal["ok", "failed", "skipped", "running"]
Verdict = Literal["healthy", "unhealthy", "unknown", "running", "skipped", ""]
HealthStatus = Literal["passed", "failed", "unknown", "running", "skipped"]

NODES_FOLDER = "nodes"


@dataclass(frozen=True)
class Node:
    """One machine of the cluster, as the user is told of it.

    `status` is a record's status, or `missing` where the machine has written none yet;
    `jupyter` is the address of its notebook, empty where there is none; `step` is what its set-up is at,
    `machine` the cloud's word for the machine (`RUNNING`), empty where it doesn't exist yet, and `health` the verdict
    of its own checks, empty where it was not looked at.
    """

    name: str
    zone: str = ""
    address: str = ""
    instance_id: str = ""
    status: str = "missing"
    jupyter: str = ""
    step: str = ""
    machine: str = ""
    health: Verdict = ""


@dataclass(frozen=True)
class MountRecord:
    """One mount of a step: `source` a bucket or a share, `path` where it is on the machine, `seconds` it took."""

    source: str
    path: str
    status: StepStatus
    seconds: float = 0.0


@dataclass(frozen=True)
class StepRecord:
    """What one bootstrap step did: `seconds` it took, `tail` its last lines when it failed, `mounts` what it mounts."""

    name: str
    status: StepStatus
    optional: bool = False
    seconds: float = 0.0
    tail: str = ""
    mounts: tuple[MountRecord, ...] = ()

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> StepRecord:
        """A step as the record has it."""
        return cls(
            name=str(given.get("name", "")),
            status=given.get("status", "running"),
            optional=bool(given.get("optional", False)),
            seconds=float(given.get("seconds") or 0.0),
            tail=str(given.get("tail", "")),
            mounts=tuple(
                MountRecord(
                    source=str(m.get("source", "")),
                    path=str(m.get("path", "")),
                    status=m.get("status", "running"),
                    seconds=float(m.get("seconds") or 0.0),
                )
                for m in given.get("mounts", ())
            ),
        )


@dataclass(frozen=True)
class HealthCheck:
    """One health check of a node: `detail` says what failed or why it could not run, `time` is when it ended (UTC)."""

    name: str
    status: HealthStatus
    detail: str = ""
    time: str = ""

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> HealthCheck:
        """A check as the record has it; a status that isn't known is no pass."""
        status: Any = given.get("status")
        return cls(
            name=str(given.get("name", "")),
            status=status if status in get_args(HealthStatus) else "unknown",
            detail=str(given.get("detail") or ""),
            time=str(given.get("time") or ""),
        )


@dataclass(frozen=True)
class NodeHealth:
    """A node's health as its own checks found it (docs/health.md).

    `verdict` is empty where it was never looked at, `running` while the checks run, `skipped` where the size of the
    machine has nothing for them to check. `host` is the physical machine's name, where the cloud tells it.
    """

    verdict: Verdict = ""
    checks: tuple[HealthCheck, ...] = ()
    host: str = ""

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> NodeHealth:
        """The record's `health`; an empty one of a node that never looked."""
        return cls(
            verdict=verdict_of(str(given.get("verdict") or "")),
            checks=tuple(HealthCheck.from_json(each) for each in given.get("checks") or ()),
            host=str(given.get("host") or ""),
        )


def verdict_of(word: str) -> Verdict:
    """The verdict that a record's word means: a word that isn't known is no pass."""
    verdict: Any = word if word in get_args(Verdict) else "unknown"
    found: Verdict = verdict
    return found


@dataclass(frozen=True)
class NodeSummary:
    """What one listing of the records tells of a node: the object's metadata.

    `health` is the verdict of the node's checks. `jupyter` and `agent` are the statuses of these optional steps, empty
    before they began. `ray` is the running Ray cluster that the node is in, by the ID that Ray gave its head, empty
    while it is in none, None where none was asked for; `ray_gpus` are the GPUs that the node brings.
    """

    name: str
    status: RecordStatus
    step: str
    instance_id: str
    jupyter: str = ""
    agent: str = ""
    health: Verdict = ""
    ray: str | None = None
    ray_gpus: int = 0


@dataclass(frozen=True)
class NodeRecord:
    """The whole record, `<deployment>/nodes/<name>.json` (schema 1).

    `host_keys` are the keys by which the machine's ssh server proves who it is, each as `<type> <base64>`; none of an
    older machine.
    """

    node: str
    instance_id: str
    status: RecordStatus
    step: str
    steps: tuple[StepRecord, ...] = ()
    boot_id: str = ""
    address: str = ""
    updated: str = ""
    health: NodeHealth = NodeHealth()
    host_keys: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> NodeRecord:
        """The record of a parsed JSON body; unknown keys are ignored, so that newer nodes can be read."""
        steps = tuple(StepRecord.from_json(step) for step in given.get("steps", ()))
        return cls(
            node=str(given.get("node", "")),
            instance_id=str(given.get("instance_id", "")),
            status=given.get("status", "starting"),
            step=str(given.get("step", "")),
            steps=steps,
            boot_id=str(given.get("boot_id", "")),
            address=str(given.get("address", "")),
            updated=str(given.get("updated", "")),
            health=NodeHealth.from_json(given.get("health") or {}),
            host_keys=tuple(str(key) for key in given.get("host_keys") or ()),
        )

    def failed_step(self) -> StepRecord | None:
        """The step that failed the node, if one did (a failed optional step does not)."""
        return next((s for s in self.steps if s.status == "failed" and not s.optional), None)

"""A node, and the record that its own bootstrap keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

RecordStatus = Literal["starting", "ready", "failed"]
StepStatus = Literal["ok", "failed", "skipped", "running"]
Verdict = Literal["healthy", "unhealthy", "unknown", "running", "skipped", ""]
HealthStatus = Literal["passed", "failed", "unknown", "running", "skipped"]

NODES_FOLDER = "nodes"


@dataclass(frozen=True)
class Node:
    """One machine of the cluster, as the user sees it.

    `status` is a record's status, or `missing` if the machine has written no record yet. `jupyter` is the address of
    its notebook, empty for none. `step` is the current step of its set-up. `machine` is the cloud's word for the
    machine (`RUNNING`), empty if it doesn't exist yet. `health` is the verdict of its own checks, empty if nobody
    looked. `part` says which parts the machine takes in a Slurm cluster, empty elsewhere. `host` is the physical
    machine's name, empty where the cloud doesn't show it.
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
    part: str = ""
    host: str = ""


@dataclass(frozen=True)
class MountRecord:
    """One mount of a step: `source` a bucket or a share, `path` its place on the machine, `seconds` it took."""

    source: str
    path: str
    status: StepStatus
    seconds: float = 0.0


@dataclass(frozen=True)
class CommandResults:
    """What a machine has put into the state store once STARTUP_COMMAND had ended, where a run asked for it.

    `output` and `folder` are numbers of bytes, None for what isn't there: the command's output, and the archive of what
    RESULTS_DIR held. `left_out` are bytes of a longer output's beginning. `note` says what could not be put there.
    """

    output: int | None = None
    folder: int | None = None
    left_out: int = 0
    note: str = ""

    @classmethod
    def from_json(cls, given: Any) -> CommandResults | None:
        """Read the record's `results`; None where there are none."""
        if not isinstance(given, dict):
            return None
        output, folder = (given.get(name) for name in ("output", "folder"))
        return cls(
            output=output if isinstance(output, int) else None,
            folder=folder if isinstance(folder, int) else None,
            left_out=int(given.get("left_out") or 0),
            note=str(given.get("note") or ""),
        )


@dataclass(frozen=True)
class StepRecord:
    """What one bootstrap step did: `seconds` it took, `tail` its last lines if it failed, `mounts` what it mounts.

    `results` is what came home of the user's command.
    """

    name: str
    status: StepStatus
    optional: bool = False
    seconds: float = 0.0
    tail: str = ""
    mounts: tuple[MountRecord, ...] = ()
    results: CommandResults | None = None

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> StepRecord:
        """Read a step of the record."""
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
            results=CommandResults.from_json(given.get("results")),
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
        """Read a check of the record; an unknown status is no pass."""
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

    `verdict` is empty before any check, `running` while the checks run, `skipped` if the machine's size has nothing to
    check. `host` is the physical machine's name, if the cloud shows it.
    """

    verdict: Verdict = ""
    checks: tuple[HealthCheck, ...] = ()
    host: str = ""

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> NodeHealth:
        """Read the record's `health`; empty for a node that never checked itself."""
        return cls(
            verdict=verdict_of(str(given.get("verdict") or "")),
            checks=tuple(HealthCheck.from_json(each) for each in given.get("checks") or ()),
            host=str(given.get("host") or ""),
        )


def verdict_of(word: str) -> Verdict:
    """Return the verdict for a record's word; an unknown word is no pass."""
    verdict: Any = word if word in get_args(Verdict) else "unknown"
    found: Verdict = verdict
    return found


@dataclass(frozen=True)
class NodeSummary:
    """A node's record in short, from a listing: the object's metadata.

    `health` is the verdict of the node's checks. `jupyter` and `agent` are the statuses of these optional steps, empty
    before they began. `ray` is the running Ray cluster that the node is in, by the ID that Ray gave its head: empty
    while it is in none, None if the cluster has no Ray. `ray_gpus` are the GPUs that the node adds to it. `host` is the
    physical machine's name.
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
    host: str = ""


@dataclass(frozen=True)
class NodeRecord:
    """The whole record, `<deployment>/nodes/<name>.json` (schema 1).

    `host_keys` are the keys by which the machine's ssh server proves its identity, each as `<type> <base64>`; an older
    machine has none. `host` is the physical machine's name, empty where the cloud doesn't show it. `slurm`
    is what the machine says of its Slurm cluster, by slurm/cloud_record.py; empty elsewhere.
    """

    node: str
    instance_id: str
    status: RecordStatus
    step: str
    steps: tuple[StepRecord, ...] = ()
    boot_id: str = ""
    address: str = ""
    host: str = ""
    updated: str = ""
    health: NodeHealth = NodeHealth()
    host_keys: tuple[str, ...] = ()
    slurm: Mapping[str, Any] | None = None

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> NodeRecord:
        """Read a parsed JSON body. Unknown keys are ignored, so that newer nodes' records can be read."""
        steps = tuple(StepRecord.from_json(step) for step in given.get("steps", ()))
        return cls(
            node=str(given.get("node", "")),
            instance_id=str(given.get("instance_id", "")),
            status=given.get("status", "starting"),
            step=str(given.get("step", "")),
            steps=steps,
            boot_id=str(given.get("boot_id", "")),
            address=str(given.get("address", "")),
            host=str(given.get("host") or ""),
            updated=str(given.get("updated", "")),
            health=NodeHealth.from_json(given.get("health") or {}),
            host_keys=tuple(str(key) for key in given.get("host_keys") or ()),
            slurm=slurm if isinstance(slurm := given.get("slurm"), dict) else None,
        )

    def command(self) -> StepRecord | None:
        """The user's command, None where it hasn't begun."""
        return next((s for s in self.steps if s.name == "command"), None)

    def failed_step(self) -> StepRecord | None:
        """The step whose failure failed the node, or None (a failed optional step does not)."""
        return next((s for s in self.steps if s.status == "failed" and not s.optional), None)

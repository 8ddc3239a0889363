"""The result of a run: one object on stdout with OUTPUT=json (docs/result.md, schema 1)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from cluster_provision import __version__
from cluster_provision.errors import ProvisionError, exit_code_of

if TYPE_CHECKING:
    from cluster_provision.node import Node, StepStatus
    from cluster_provision.price import Price

SCHEMA = 1

NODE_KEYS = ("name", "address", "zone", "part", "machine", "status", "step", "health", "host", "jupyter")

CheckStatus = Literal["ok", "failed", "unknown", "skipped"]


def now() -> str:
    """The time, RFC 3339, UTC, with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Cluster:
    """The cluster's identity: `label` is the value of its CLUSTER_LABEL."""

    name: str
    label: str
    cloud: str
    target: str


@dataclass(frozen=True)
class Check:
    """A check's result. `unknown`: it could not run. `skipped`: the user skipped it. Neither is a pass."""

    name: str
    status: CheckStatus
    detail: str = ""


@dataclass(frozen=True)
class StepResult:
    """A step of the run; `started` is RFC 3339, `seconds` wall-clock time."""

    name: str
    status: Literal["ok", "failed"]
    started: str
    seconds: float


@dataclass(frozen=True)
class SetUpStep:
    """A step of a node's own set-up, as its record has it. An `optional` one that failed does not fail the node."""

    name: str
    status: StepStatus
    seconds: float
    optional: bool


@dataclass(frozen=True)
class NodeSetUp:
    """A node's own steps, in order."""

    node: str
    steps: tuple[SetUpStep, ...]


@dataclass(frozen=True)
class Changes:
    """What Terraform would do or did: numbers of resources."""

    add: int = 0
    change: int = 0
    destroy: int = 0

    def text(self) -> str:
        """Return one line: "No changes" or "N to add, N to change, N to destroy"."""
        if not (self.add or self.change or self.destroy):
            return "No changes"
        return f"{self.add} to add, {self.change} to change, {self.destroy} to destroy"


@dataclass(frozen=True)
class PlannedChange:
    """One thing that Create or Destroy would change or has changed: `kind` is Terraform's type, or `machine`.

    `replace`: it is destroyed and made anew.
    """

    action: Literal["create", "change", "replace", "destroy"]
    kind: str
    name: str


@dataclass(frozen=True)
class ListedCluster:
    """A cluster whose state lies in a bucket or container, as the state tells.

    `created`: a Create has ended well. `unfinished`: none has, or something is under way. `empty`: nothing is there but
    the place. `foreign`: another tool wrote the state. `since` is when the place was first claimed, and `price` that of
    the last Create.
    """

    name: str
    state: Literal["created", "unfinished", "empty", "foreign", "unknown"]
    place: str = ""
    since: str = ""
    price: Price | None = None
    locked_by: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the object with the price as an object of its own."""
        return {**asdict(self), "price": self.price.to_json() if self.price else None}


@dataclass(frozen=True)
class Leftover:
    """A remaining resource of the cluster: its kind, its name, and its zone or region (empty for a global one).

    `command` deletes it; empty if none is known. `note` adds a few words.
    """

    kind: str
    name: str
    place: str = ""
    command: str = ""
    note: str = ""

    def text(self) -> str:
        """Return everything except the command, in one line."""
        where = f" in {self.place}" if self.place else ""
        note = f" ({self.note})" if self.note else ""
        return f"{self.kind} {self.name}{where}{note}"


@dataclass(frozen=True)
class HostResult:
    """One machine's part of an action on many: `exit_code` is the command's there, None if it never ended.

    `failed`: it ran and did not succeed. `unreachable`: it never ran to its end. `truncated`: there was more on stdout
    or stderr.
    """

    name: str
    address: str
    status: Literal["ok", "failed", "unreachable"]
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    error: str = ""


@dataclass(frozen=True)
class CommandOutput:
    """What STARTUP_COMMAND left on one machine: `text` is the end of its output, `truncated` where there was more.

    `kept` and `archive` are the addresses of the whole output and of what RESULTS_DIR held, empty for what doesn't
    outlive the run. `folder` is the machine's own in OUTPUT_DIR. `note` says what did not come.
    """

    node: str
    status: Literal["ok", "failed"]
    text: str = ""
    truncated: bool = False
    kept: str = ""
    archive: str = ""
    folder: str = ""
    note: str = ""


@dataclass(frozen=True)
class BenchmarkRow:
    """One message size of one cycle, as all_reduce_perf prints it: `bytes`, times in µs, bandwidths in GB/s.

    Also the number of wrong values, None if they weren't checked.
    """

    bytes: int
    time: float
    algbw: float
    busbw: float
    wrong: int | None
    in_place_time: float
    in_place_algbw: float
    in_place_busbw: float
    in_place_wrong: int | None


@dataclass(frozen=True)
class BenchmarkLimits:
    """The figures to judge by: GB/s of bus bandwidth at `message` bytes, or None, and their source."""

    message: int
    fail: float
    warn: float | None
    expected: float | None
    source: str


@dataclass(frozen=True)
class BenchmarkRun:
    """A further run over some of the nodes; `measured` as the whole run's, None where nothing was."""

    nodes: tuple[str, ...]
    verdict: Literal["ok", "failed", "unknown"]
    detail: str
    measured: float | None
    command: str


@dataclass(frozen=True)
class BenchmarkSearch:
    """The further runs after one over all nodes has failed, and what they found.

    `bad` are proven to be so; `likely` alone explains the other failing runs, otherwise one of `suspects` at least is
    bad. Nothing is known of `untested`; the others passed.
    """

    runs: tuple[BenchmarkRun, ...]
    bad: tuple[str, ...]
    likely: tuple[str, ...]
    suspects: tuple[str, ...]
    untested: tuple[str, ...]


@dataclass(frozen=True)
class BenchmarkResult:
    """A run of NCCL's all-reduce.

    `measured` is the average bus bandwidth in GB/s at `message` bytes, judged by `limits`; `average` is NCCL's own,
    over all sizes. The verdicts `warn` and `unknown` are no failures, and `unknown` is no pass.
    `network` is the worst of `networks`, which has that of each host. `stand_in`: a program of the rehearsal ran in
    NCCL's place. `left_out` are nodes that were not measured, each with why; `search` is that for the bad nodes.
    """

    size: str
    nodes: int
    ranks: int
    command: str
    verdict: Literal["ok", "warn", "failed", "unknown"]
    network: Literal["infiniband", "ethernet", "nvlink", "unknown"]
    networks: dict[str, str]
    devices: tuple[str, ...]
    message: int | None
    measured: float | None
    average: float | None
    limits: BenchmarkLimits | None
    rows: tuple[BenchmarkRow, ...]
    stand_in: bool = False
    left_out: dict[str, str] = field(default_factory=dict)
    search: BenchmarkSearch | None = None


@dataclass(frozen=True)
class HeadAccess:
    """The head's address from outside, and its user."""

    name: str
    address: str
    port: int
    user: str


@dataclass(frozen=True)
class KubectlAccess:
    """The set-up of kubectl: the command, and the control plane's name or address.

    `within_vpc_only`: only machines in `network` reach it.
    """

    get_credentials: str
    control_plane: str
    within_vpc_only: bool
    network: str


@dataclass(frozen=True)
class ConnectionPart:
    """An orchestrator's part: the JSON object has `values` under `key`, and the connection text has `text`."""

    key: str
    values: dict[str, str]
    text: str


@dataclass(frozen=True)
class Connection:
    """How to connect (docs/result.md); fields that do not apply are empty.

    `command` is the action Connect's. `access` says whether the head can be reached from outside, through Azure
    Bastion, or only within its network. `ssh` and `jupyter_tunnel` are commands by node; `ssh` is None where another
    way leads to the nodes, and `ssh_title` stands above it in the connection text.
    `private_key` is a key that this run has made and shows once.
    """

    command: str = ""
    access: Literal["", "head", "private", "bastion"] = ""
    head: HeadAccess | None = None
    ssh: dict[str, str] | None = None
    ssh_title: str = "A shell on a node"
    jupyter_tunnel: dict[str, str] = field(default_factory=dict)
    key_file: str = ""
    private_key: str = field(default="", repr=False)
    kubectl: KubectlAccess | None = None
    dashboard: str = ""
    parts: tuple[ConnectionPart, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the object with the keys that apply."""
        plain: dict[str, Any] = {
            "command": self.command,
            "access": self.access,
            "head": asdict(self.head) if self.head else None,
            "jupyter_tunnel": self.jupyter_tunnel,
            "key_file": self.key_file,
            "private_key": self.private_key,
            "dashboard": self.dashboard,
            **{part.key: part.values for part in self.parts},
        }
        given = {key: value for key, value in plain.items() if value}
        ssh = {} if self.ssh is None else {"ssh": self.ssh}
        return {**given, **ssh, **(asdict(self.kubectl) if self.kubectl else {})}


@dataclass
class Result:
    """The steps fill it in as they go, so that a failure's result shows how far the run came.

    `started` is when the run began, `since` when the cluster's place was first claimed, empty where nobody looked.
    """

    action: str
    cluster: Cluster | None = None
    rehearsal: bool = False
    state_uri: str = ""
    changes: Changes | None = None
    plan: tuple[PlannedChange, ...] = ()
    price: Price | None = None
    nodes: list[Node] = field(default_factory=list)
    set_up: tuple[NodeSetUp, ...] = ()
    connection: Connection = field(default_factory=Connection)
    checks: list[Check] = field(default_factory=list)
    health: dict[str, Any] | None = None
    steps: list[StepResult] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    hosts: list[HostResult] = field(default_factory=list)
    outputs: list[CommandOutput] = field(default_factory=list)
    benchmark: BenchmarkResult | None = None
    clusters: list[ListedCluster] | None = None
    error: ProvisionError | None = None
    started: str = field(default_factory=now)
    since: str = ""
    gpus_per_node: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the documented object, ready for json.dumps."""
        error = self.error
        return {
            "schema": SCHEMA,
            "version": __version__,
            "action": self.action,
            "started": self.started,
            "since": self.since,
            "ok": error is None,
            "rehearsal": self.rehearsal,
            "cluster": asdict(self.cluster) if self.cluster else None,
            "state": {"uri": self.state_uri},
            "changes": asdict(self.changes) if self.changes else None,
            "plan": [asdict(each) for each in self.plan],
            "price": self.price.to_json() if self.price else None,
            "nodes": [{key: getattr(n, key) for key in NODE_KEYS} for n in self.nodes],
            "set_up": [asdict(each) for each in self.set_up],
            "gpus_per_node": self.gpus_per_node,
            "connection": self.connection.to_json(),
            "checks": [asdict(c) for c in self.checks],
            "health": self.health,
            "steps": [asdict(s) for s in self.steps],
            "leftovers": [asdict(each) for each in self.leftovers],
            "hosts": [asdict(each) for each in self.hosts],
            "outputs": [asdict(each) for each in self.outputs],
            "clusters": None if self.clusters is None else [each.to_json() for each in self.clusters],
            "benchmark": asdict(self.benchmark) if self.benchmark else None,
            "error": None
            if error is None
            else {
                "class": type(error).__name__,
                "message": error.message,
                "advice": error.advice,
                "exit_code": exit_code_of(error),
            },
        }

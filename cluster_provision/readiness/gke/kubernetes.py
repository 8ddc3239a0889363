"""Proves that a control plane answers at its name, and reads the state of Kubernetes' nodes.

Google's front end answers at the name and asks IAM (container.clusters.connect) before it passes a call on. Behind it,
Kubernetes decides by its own roles. So a refusal proves something only if it comes from Kubernetes itself, as an object
of the kind Status. https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation, and
https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/, read 2026-11-25.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.errors import NotReady, Unreachable
from cluster_provision.number_of import number_of
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.auth.transport.requests import AuthorizedSession

    from cluster_provision.readiness.polling import Poll

SECONDS = (10, 30)
"""Seconds to connect, and to answer."""

GPU = "nvidia.com/gpu"
NAME = "control plane"
NODES = "kubernetes nodes"
CONNECT = "the permission container.clusters.connect (roles/container.viewer has it)"


@dataclass(frozen=True)
class Answer:
    """`status` is HTTP's, 0 without an answer; `body` is the content, parsed if it is JSON."""

    status: int
    body: Any = None
    why: str = ""

    @property
    def by_kubernetes(self) -> bool:
        """Whether Kubernetes itself answered, and not the front end before it."""
        return self.status == 200 or self.of_kind("Status")

    def of_kind(self, kind: str) -> bool:
        """Whether the answer is an object of this kind."""
        return isinstance(self.body, dict) and self.body.get("kind") == kind


def within_vpc() -> Check:
    """Return the check of a private control plane: nobody can prove it from outside."""
    return Check(NAME, "unknown", "it is private: only hosts in its VPC reach it (GKE_DNS_ENDPOINT=yes opens its name)")


def prove_control_plane(session: AuthorizedSession, host: str, poll: Poll, tell: Callable[[str], None]) -> Check:
    """Check that the control plane answers at its name. Raises NotReady when the time is up."""
    answer = Answer(0)
    while poll.next():
        answer = _ask(session, host, "/readyz")
        if answer.status == 200:
            return Check(NAME, "ok", f"{host} is ready")
        if answer.by_kubernetes and answer.status == 403:
            return Check(NAME, "ok", f"{host} answers; you may not ask whether it is ready")
        if answer.status in (401, 403):
            return Check(NAME, "unknown", f"{host} refuses calls without {CONNECT}")
        tell(f"{host}: {answer.why}")
    raise NotReady(
        f"the control plane does not answer at https://{host}: {answer.why}",
        "It needs some minutes at first: run Create again. A proxy or firewall of this machine's network may block "
        "*.gke.goog; GKE_DNS_ENDPOINT=no skips the proof.",
    )


def wait_for_kubernetes(
    session: AuthorizedSession, host: str, gpus: dict[str, int], poll: Poll, tell: Callable[[str], None]
) -> Check:
    """Check that every node has joined and offers its GPUs, whose number `gpus` has by the node's name.

    GKE installs the driver after a node has joined, so the GPUs appear some minutes later. Raises NotReady when the
    time is up. For a caller who may not look, the check is "unknown".
    """
    text = ""
    while poll.next():
        answer = _ask(session, host, "/api/v1/nodes")
        if answer.status in (401, 403):
            return Check(NODES, "unknown", "you may not list Kubernetes' nodes")
        if answer.status == 200 and answer.of_kind("NodeList"):
            items = {str(each["metadata"]["name"]): each for each in answer.body.get("items", ())}
            waiting = [name for name in gpus if not _ready(items.get(name))]
            without = [name for name, count in gpus.items() if name not in waiting and _gpus(items[name]) < count]
            if not waiting and not without:
                total = sum(gpus.values())
                return Check(NODES, "ok", f"{len(gpus)} ready" + (f", with {total} GPUs" if total else ""))
            text = _missing(waiting, without)
        else:
            text = answer.why
        tell(text)
    raise NotReady(
        f"after {number_of(round(poll.elapsed / 60), 'minute')}: {text}",
        "`kubectl describe nodes` says why. The machines that exist stay, and cost money: run Create again to wait "
        "longer, or Destroy. READY_TIMEOUT sets the limit.",
    )


def _missing(waiting: list[str], without: list[str]) -> str:
    told = [f"not ready: {', '.join(waiting[:5])}"] if waiting else []
    told += [f"no GPUs yet (GKE is installing the driver): {', '.join(without[:5])}"] if without else []
    return "; ".join(told)


def _ready(node: dict[str, Any] | None) -> bool:
    conditions = (node or {}).get("status", {}).get("conditions", ())
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _gpus(node: dict[str, Any]) -> int:
    return int((node.get("status", {}).get("allocatable") or {}).get(GPU, 0))


def _ask(session: AuthorizedSession, host: str, path: str) -> Answer:
    """Return the answer, if one came. Raises CredentialsError for credentials that are no longer valid."""
    try:
        with google_failures_named(f"asking {host}"):
            answer = session.request("GET", f"https://{host}{path}", timeout=SECONDS)
    except Unreachable as failure:
        return Answer(0, why=failure.message.partition(": ")[2])
    try:
        body = answer.json()
    except ValueError:
        body = None
    return Answer(answer.status_code, body, f"HTTP {answer.status_code}")

"""What clusters and node pools have in common: operations of their own shape. Source: container_operation.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google import wording
from embedded_cloud.standin.google.api import Interrupted, OperationFailed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

ROOT: Final = "container.googleapis.com/v1"
RESTING: Final = ("RUNNING", "RUNNING_WITH_ERROR", "DEGRADED", "ERROR")
IN_ERROR: Final = ("RUNNING_WITH_ERROR", "DEGRADED", "ERROR")


class GkeLifecycle(Lifecycle):
    """A cluster or a node pool; `parent` is the project and location that its operations are kept in."""

    called = "GKE cluster"

    def finish(self, operation: dict[str, Any], parent: str, minutes: float) -> None:
        """Wait for an operation. Raises OperationFailed or Interrupted."""
        waited = False
        for _ in self.api.ticks(minutes):
            if operation.get("status") == "DONE":
                break
            waited = True
            try:
                operation = self.api.call("GET", f"{ROOT}/{parent}/operations/{operation['name']}")
            except ApiError as refused:
                raise OperationFailed(f"error while retrieving operation: {refused}", waited=True) from None
        else:
            if self.api.stopped.is_set():
                raise Interrupted(str(operation["name"]))
            limit = wording.duration(minutes)
            state = operation.get("status")
            cause = f"timeout while waiting for state to become 'DONE' (last state: '{state}', timeout: {limit})"
            raise OperationFailed(cause, waited=True)
        if said := operation.get("statusMessage"):
            raise OperationFailed(str(said), waited=waited)

    def resumed(self, state: Values, parent: str) -> None:
        """Wait for the operation that an interrupted run has left. Raises Failed."""
        if not state.get("operation"):
            return
        try:
            self.finish({"name": state["operation"]}, parent, 20)
        except OperationFailed as failed:
            raise Failed(f"Error waiting for resuming {self.called}: {failed}", state) from None

    def patiently(self, verb: str, url: str, body: Any, minutes: float) -> dict[str, Any]:
        """The answer; the call is repeated while another operation is in the way. Raises ApiError."""
        refusal = ApiError(0, "no answer in time")
        for _ in self.api.ticks(minutes):
            try:
                return self.api.call(verb, url, body, minutes)
            except ApiError as refused:
                if refused.status != 400 or "failedPrecondition" not in str(refused):
                    raise
                refusal = refused
        raise refusal

    def rest(self, url: str, minutes: float) -> str:
        """Wait for a status that lasts, and return it."""
        status = ""
        for _ in self.api.ticks(minutes):
            status = str(self.api.call("GET", url).get("status", ""))
            if status in RESTING:
                break
        return status

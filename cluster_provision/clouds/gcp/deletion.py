"""Deletes in Compute Engine: a call begins the deletion, and an operation says when it is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATION_SECONDS = 300.0
POLL_SECONDS = 0.5


class GoogleDeletion(GoogleApi):
    """Deletes resources of the project."""

    def _delete(self, path: str) -> None:
        """Delete, and wait until it is done. A missing resource is no failure; one in use raises."""
        doing = f"deleting {path}"
        try:
            operation = self._call("DELETE", f"{COMPUTE}/projects/{self._project}/{path}", doing)
        except NotFound:
            return
        wait_until(lambda: self._over(operation, doing))

    def _over(self, operation: dict[str, Any], doing: str) -> bool:
        found = self._get(str(operation["selfLink"]).replace("//www.googleapis", "//compute.googleapis"), doing)
        if found.get("status") != "DONE":
            return False
        errors = (found.get("error") or {}).get("errors", ())
        if errors:
            raise Refused(f"{doing}: {'; '.join(str(each.get('message', '')) for each in errors)}")
        return True


def wait_until(over: Callable[[], bool]) -> None:
    """Poll until it is over, at most OPERATION_SECONDS. It returns in any case: the caller looks itself."""
    until = time.monotonic() + OPERATION_SECONDS
    while not over() and time.monotonic() < until:
        time.sleep(POLL_SECONDS)

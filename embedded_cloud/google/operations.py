"""Operations, which are done at once and kept so that clients can look them up. Not kept over a restart."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.self_links import link
from embedded_cloud.google.times import stamp

if TYPE_CHECKING:
    from embedded_cloud.store import Store

KEPT = 5000
HTTP_STATUS = {"RESOURCE_IN_USE_BY_ANOTHER_RESOURCE": (400, "BAD REQUEST")}


class Operations:
    """The last operations, by full name."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def compute(
        self, scope: str, kind: str, target: str, target_id: str, user: str = "", error: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """A compute operation in `scope` (`projects/p/zones/z`) on `target` (a path); `error` is code and message."""
        number = self._store.next_id()
        name = f"operation-{number}"
        now = stamp()
        path = f"{scope}/operations/{name}"
        done: dict[str, Any] = {
            "kind": "compute#operation",
            "id": number,
            "name": name,
            "operationType": kind,
            "targetLink": link(target),
            "targetId": target_id,
            "status": "DONE",
            "user": user,
            "progress": 100,
            "insertTime": now,
            "startTime": now,
            "endTime": now,
            "selfLink": link(path),
        }
        part, _, where = scope.partition("/")[2].partition("/")[2].partition("/")
        if where:
            done[part.removesuffix("s")] = link(scope)
        if error is not None:
            code, message = error
            done["error"] = {"errors": [{"code": code, "message": message}]}
            done["httpErrorStatusCode"], done["httpErrorMessage"] = HTTP_STATUS.get(code, (500, "INTERNAL"))
        return self.keep(path, done)

    def longrunning(self, api: str, response: dict[str, Any] | None = None) -> dict[str, Any]:
        """An operation as the other APIs have them (google.longrunning)."""
        name = f"operations/acat.p2-{self._store.next_id()}"
        return self.keep(f"{api}/{name}", {"name": name, "done": True, "response": response or {}})

    def located(self, api: str, parent: str, metadata: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
        """The same for an API that keeps its operations in places; `parent` is `projects/p/locations/l`."""
        name = f"{parent}/operations/operation-{self._store.next_id()}"
        return self.keep(f"{api}/{name}", {"name": name, "metadata": metadata, "done": True, "response": response})

    def get(self, path: str) -> dict[str, Any] | None:
        return self._all.get(path)

    def below(self, scope: str) -> list[tuple[str, dict[str, Any]]]:
        """The operations of a scope, by name."""
        return sorted((v["name"], v) for k, v in self._all.items() if k.startswith(scope + "/operations/"))

    def items(self) -> list[tuple[str, dict[str, Any]]]:
        """All that are kept, oldest first, by full name."""
        return list(self._all.items())

    def keep(self, path: str, operation: dict[str, Any]) -> dict[str, Any]:
        """Keep an operation of another shape, or its present state, under its full name."""
        self._all[path] = operation
        while len(self._all) > KEPT:
            self._all.popitem(last=False)
        return operation

"""Resource Manager as the checks ask it: the embedded cloud's, in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.api import refusal
from cluster_provision.clouds.base import NotFound
from tests.unit.embedded_cloud.azure_kit import SUBSCRIPTION, Azure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.checks.base import Finding


@dataclass
class Api:
    """Resource Manager's calls as AzureApi makes them, answered in this process."""

    azure: Azure
    subscription_id: str = SUBSCRIPTION
    asked: list[str] = field(default_factory=list)

    def get(self, path: str, version: str, doing: str, query: Mapping[str, str] | None = None) -> Any:
        self.asked.append(path)
        more = "".join(f"&{key}={value}" for key, value in (query or {}).items())
        answer = self.azure.ask("GET", path, query=more)
        told = json.loads(answer.body)
        if answer.status == 404:
            raise NotFound(doing)
        if answer.status >= 300:
            raise refusal(answer.status, doing, Told(told))  # type: ignore[arg-type]
        return told

    def find(self, path: str, version: str, doing: str) -> Any:
        try:
            return self.get(path, version, doing)
        except NotFound:
            return None

    def pages(self, path: str, version: str, doing: str, query: Mapping[str, str] | None = None) -> Iterator[Any]:
        yield from self.get(path, version, doing, query)["value"]

    def array(self, path: str, version: str, doing: str) -> list[Any]:
        return list(self.get(path, version, doing))


@dataclass
class Told:
    """An answer with JSON."""

    body: Any

    def json(self) -> Any:
        return self.body


def conditions(azure: Azure, **given: Any) -> None:
    (azure.asked.folder / "conditions.json").write_text(json.dumps(given))


def rows(finding: Finding) -> dict[str, tuple[str, str]]:
    return {check.name: (check.status, check.detail) for check in finding.checks}

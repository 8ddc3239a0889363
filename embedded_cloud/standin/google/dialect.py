"""The google provider: its configuration, and what its code adds to a plan. Source: google/provider/provider.go."""

from __future__ import annotations

import importlib
import os
import re
import threading
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.google import labels
from embedded_cloud.standin.google.lifecycle import Place
from embedded_cloud.standin.planning import known
from embedded_cloud.standin.table import filled
from embedded_cloud.standin.wire import UNKNOWN, error

if TYPE_CHECKING:
    from embedded_cloud.standin.google.api import Api
    from embedded_cloud.standin.google.lifecycle import Lifecycle
    from embedded_cloud.standin.schema import Schemas
    from embedded_cloud.standin.table import Row, Table
    from embedded_cloud.standin.wire import Path, Values, type_of_messages

# https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
_FROM_ENVIRONMENT: Final = {
    "project": ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}

# Types that are not made as most are: the module and the class that know how. Imported when one is met.
_KINDS: Final = {
    "google_compute_instance": ("instance", "Instance"),
    "google_compute_instance_template": ("instance_template", "InstanceTemplate"),
    "google_compute_instance_group_manager": ("instance_group", "InstanceGroup"),
    "google_compute_router_nat": ("router_nat", "RouterNat"),
    "google_container_cluster": ("gke.cluster", "GkeCluster"),
    "google_container_node_pool": ("gke.node_pool", "GkeNodePool"),
    "google_monitoring_dashboard": ("dashboard", "Dashboard"),
    "google_project_iam_custom_role": ("custom_role", "CustomRole"),
    "google_project_iam_member": ("iam_member", "ProjectIamMember"),
    "google_service_account": ("service_account", "ServiceAccount"),
    "google_storage_bucket_iam_member": ("iam_member", "BucketIamMember"),
}


class Google:
    """See dialect.py for what each method is for."""

    def __init__(self, table: Table, schemas: Schemas) -> None:
        self._table, self._schemas = table, schemas
        self._place = Place()
        self._made: Api | None = None
        self._stopped = threading.Event()

    def configure(self, config: Values) -> list[type_of_messages]:
        given = {}
        for name, variables in _FROM_ENVIRONMENT.items():
            value = config.get(name)
            given[name] = value if isinstance(value, str) else _first(variables)
        default = config.get("default_labels")
        self._place = Place(
            **given,
            labels=tuple(default.items()) if isinstance(default, dict) else (),
            attribution=config.get("add_terraform_attribution_label") is not False,
        )
        return []

    def planned(self, name: str, planned: Values, prior: Values | None) -> tuple[Values, list[type_of_messages]]:
        found = []
        if "project" in planned and planned["project"] in (UNKNOWN, None):
            if not self._place.project:
                found.append(error("Failed to retrieve project, pid: , err: project: required field is not set"))
            planned["project"] = self._place.project
        if prior is None:
            planned |= self._foreseen(self._table.row(name), planned)
        return planned | labels.plan(planned, prior, self._place), found

    def replaces(self, name: str, prior: Values, planned: Values) -> list[Path]:
        return []

    def lifecycle(self, name: str) -> Lifecycle:
        block = self._schemas.block("resource", name)
        return _kind(name)(self._table.row(name), block, self._api(), self._place)

    def data(self, name: str, config: Values) -> Values:
        from embedded_cloud.standin.google.data_source import read

        row, block = self._table.data_row(name), self._schemas.block("data_source", name)
        return read(row, block, config, self._api(), self._place)

    def imported(self, name: str, identifier: str) -> Values:
        row = self._table.row(name)
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(row.id))
        found = re.fullmatch(pattern, identifier)
        if not found:
            raise ValueError(f"Import id {identifier!r} doesn't match {row.id}")
        return {**found.groupdict(), **row.imports, "id": identifier}

    def stop(self) -> None:
        self._stopped.set()

    def _foreseen(self, row: Row, planned: Values) -> Values:
        """What the provider knows of a new resource before it is made."""
        found: Values = {}
        if "deletion_policy" in planned and planned["deletion_policy"] == UNKNOWN:
            found["deletion_policy"] = "DELETE"
        if planned.get("zone") == UNKNOWN and self._place.zone:
            found["zone"] = self._place.zone
        for name, template in row.plans.items():
            parts = {part: planned.get(part) for part in re.findall(r"\{(\w+)\}", template)}
            if known(parts) and all(parts.values()):
                found[name] = filled(template, parts)
        return found

    def _api(self) -> Api:
        """Made when it is first needed: a plan of nothing but new resources asks nobody."""
        if self._made is None:
            from embedded_cloud.standin.google.api import Api

            self._made = Api(self._stopped)
        return self._made


def _kind(name: str) -> type[Lifecycle]:
    from embedded_cloud.standin.google.lifecycle import Lifecycle

    if name not in _KINDS:
        return Lifecycle
    module, kind = _KINDS[name]
    found: type[Lifecycle] = getattr(importlib.import_module(f"{__package__}.{module}"), kind)
    return found


def _first(variables: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in variables if os.environ.get(name)), "")


def open_dialect(tables: dict[str, Any], schemas: Schemas) -> tuple[Table, Google]:
    """The tables with this provider's manner, and the dialect on them."""
    from embedded_cloud.standin.google import codecs
    from embedded_cloud.standin.table import Table

    table = Table(tables, codecs)
    return table, Google(table, schemas)

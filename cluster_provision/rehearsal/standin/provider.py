"""The provider's side of the protocol: one method an RPC."""

from __future__ import annotations

import importlib
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

from . import checks, labels
from .lifecycle import Failed, Lifecycle, Place
from .planning import changes, known, plan
from .table import Table, filled
from .wire import UNKNOWN, attribute_path, decode, encode, error, pb, type_of_messages

if TYPE_CHECKING:
    from .api import Api
    from .mapping import Values
    from .schema import Block, Schemas
    from .table import Row

# https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
_FROM_ENVIRONMENT: Final = {
    "project": ("GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"),
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}


class Provider:
    """Serves the types that the facts hold; every method takes and gives a message of wire.py."""

    def __init__(self, schemas: Schemas, table: Table, schema: bytes) -> None:
        self._schemas, self._table, self._schema = schemas, table, schema
        self._place = Place()
        self._made: Api | None = None

    def GetProviderSchema(self, _: type_of_messages) -> bytes:
        return self._schema

    def ValidateProviderConfig(self, _: type_of_messages) -> type_of_messages:
        return pb["ProviderReply"]()

    def ConfigureProvider(self, request: type_of_messages) -> type_of_messages:
        config = decode(request.config) or {}
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
        return pb["Diagnostics"]()

    def ValidateResourceConfig(self, request: type_of_messages) -> type_of_messages:
        name = request.type_name
        block, config = self._schemas.block("resource", name), decode(request.config)
        found = checks.problems(self._table.row(name), self._table.rules(name), block, config)
        return pb["Diagnostics"](diagnostics=found)

    def ValidateDataResourceConfig(self, request: type_of_messages) -> type_of_messages:
        block = self._schemas.block("data_source", request.type_name)
        return pb["Diagnostics"](diagnostics=checks.unconfigurable(block, decode(request.config)))

    def UpgradeResourceState(self, request: type_of_messages) -> type_of_messages:
        block = self._schemas.block("resource", request.type_name)
        return pb["UpgradeReply"](upgraded_state=encode(_fitted(block, json.loads(request.raw_state.json))))

    def ReadResource(self, request: type_of_messages) -> type_of_messages:
        state = decode(request.current_state)
        reply = pb["ReadReply"](private=request.private)
        try:
            read = self._lifecycle(request.type_name).read(state)
        except Exception as failed:
            reply.diagnostics.append(error(str(failed)))
            read = state
        reply.new_state.CopyFrom(encode(read))
        return reply

    def PlanResourceChange(self, request: type_of_messages) -> type_of_messages:
        # The provider's SDK plans by rules older than Terraform's own: defaults, and blocks that are known after apply.
        reply = pb["PlanReply"](planned_private=request.prior_private, legacy_type_system=True)
        prior, config = decode(request.prior_state), decode(request.config)
        if decode(request.proposed_new_state) is None:  # to be destroyed
            reply.planned_state.CopyFrom(encode(None))
            return reply
        name = request.type_name
        row, rules = self._table.row(name), self._table.rules(name)
        planned = plan(row, rules, self._schemas.block("resource", name), config, prior)
        if "project" in planned and planned["project"] in (UNKNOWN, None):
            if not self._place.project:
                text = "Failed to retrieve project, pid: , err: project: required field is not set"
                reply.diagnostics.append(error(text))
            planned["project"] = self._place.project
        if prior is None:
            planned |= self._foreseen(row, planned)
        planned |= labels.plan(planned, prior, self._place)
        if prior is not None:
            reply.requires_replace.extend(attribute_path(path) for path in changes(rules, prior, planned))
        reply.planned_state.CopyFrom(encode(planned))
        return reply

    def ApplyResourceChange(self, request: type_of_messages) -> type_of_messages:
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        reply = pb["ApplyReply"](private=request.planned_private, legacy_type_system=True)
        lifecycle = self._lifecycle(request.type_name)
        state = prior
        try:
            if planned is None:
                lifecycle.delete(prior)
                state = None
            else:
                state = lifecycle.create(planned) if prior is None else lifecycle.update(prior, planned)
        except Failed as failed:
            reply.diagnostics.append(error(str(failed)))
            state = failed.state
        except Exception as failed:
            reply.diagnostics.append(error(str(failed) or repr(failed)))
        reply.new_state.CopyFrom(encode(state))
        return reply

    def ImportResourceState(self, request: type_of_messages) -> type_of_messages:
        name, row = request.type_name, self._table.row(request.type_name)
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(row.id))
        found = re.fullmatch(pattern, request.id)
        if not found:
            return pb["ImportReply"](diagnostics=[error(f"Import id {request.id!r} doesn't match {row.id}")])
        state = _fitted(self._schemas.block("resource", name), {**found.groupdict(), **row.imports, "id": request.id})
        reply = pb["ImportReply"]()
        reply.imported_resources.add(type_name=name, state=encode(state))
        return reply

    def ReadDataSource(self, request: type_of_messages) -> type_of_messages:
        from .data_source import read

        name = request.type_name
        block, row = self._schemas.block("data_source", name), self._table.data_row(name)
        try:
            state = read(row, block, decode(request.config), self._api(), self._place)
        except Exception as failed:
            return pb["DataReply"](diagnostics=[error(str(failed))])
        return pb["DataReply"](state=encode(state))

    def StopProvider(self, _: type_of_messages) -> type_of_messages:
        self._api().stopped.set()
        return pb["Empty"]()

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

    def _lifecycle(self, name: str) -> Lifecycle:
        return _kind(name)(self._table.row(name), self._schemas.block("resource", name), self._api(), self._place)

    def _api(self) -> Api:
        """Made when it is first needed: a plan of nothing but new resources asks nobody."""
        if self._made is None:
            from .api import Api

            self._made = Api()
        return self._made


# Types that are not made as most are: the module and the class that know how. Imported when one is met.
_KINDS: Final = {
    "google_compute_instance_template": ("instance_template", "InstanceTemplate"),
    "google_compute_instance_group_manager": ("instance_group", "InstanceGroup"),
    "google_compute_router_nat": ("router_nat", "RouterNat"),
    "google_container_cluster": ("gke_cluster", "GkeCluster"),
    "google_container_node_pool": ("gke_node_pool", "GkeNodePool"),
    "google_monitoring_dashboard": ("dashboard", "Dashboard"),
    "google_project_iam_member": ("iam_member", "ProjectIamMember"),
    "google_service_account": ("service_account", "ServiceAccount"),
    "google_storage_bucket_iam_member": ("iam_member", "BucketIamMember"),
}


def _kind(name: str) -> type[Lifecycle]:
    if name not in _KINDS:
        return Lifecycle
    module, kind = _KINDS[name]
    found: type[Lifecycle] = getattr(importlib.import_module(f"{__package__}.{module}"), kind)
    return found


def _first(variables: tuple[str, ...]) -> str:
    return next((os.environ[name] for name in variables if os.environ.get(name)), "")


def _fitted(block: Block, given: dict[str, Any]) -> Values:
    """A state as JSON made to fit the schema: what it lacks becomes null or empty, what the schema lacks goes."""
    made: Values = {name: given.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        found = given.get(name)
        if nested.nesting == "single":
            made[name] = _fitted(nested.block, found) if found else None
        else:
            made[name] = [_fitted(nested.block, each) for each in found or []]
    return made

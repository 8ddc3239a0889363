"""The provider's side of the protocol, whatever the provider: one method an RPC."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin import checks
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.planning import changes, plan
from embedded_cloud.standin.wire import attribute_path, decode, encode, error, pb, type_of_messages

if TYPE_CHECKING:
    from embedded_cloud.standin.dialect import Dialect
    from embedded_cloud.standin.schema import Block, Schemas
    from embedded_cloud.standin.table import Table
    from embedded_cloud.standin.wire import Values


class Provider:
    """Serves the types that the facts hold; every method takes and gives a message of wire.py."""

    def __init__(self, dialect: Dialect, schemas: Schemas, table: Table, schema: bytes) -> None:
        self._dialect, self._schemas, self._table, self._schema = dialect, schemas, table, schema

    def GetProviderSchema(self, _: type_of_messages) -> bytes:
        return self._schema

    def ValidateProviderConfig(self, _: type_of_messages) -> type_of_messages:
        return pb["ProviderReply"]()

    def ConfigureProvider(self, request: type_of_messages) -> type_of_messages:
        return pb["Diagnostics"](diagnostics=self._dialect.configure(decode(request.config) or {}))

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
            read = self._dialect.lifecycle(request.type_name).read(state)
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
        planned, found = self._dialect.planned(name, planned, prior)
        reply.diagnostics.extend(found)
        if prior is not None:
            paths = [*changes(rules, prior, planned), *self._dialect.replaces(name, prior, planned)]
            reply.requires_replace.extend(attribute_path(path) for path in paths)
        reply.planned_state.CopyFrom(encode(planned))
        return reply

    def ApplyResourceChange(self, request: type_of_messages) -> type_of_messages:
        prior, planned = decode(request.prior_state), decode(request.planned_state)
        reply = pb["ApplyReply"](private=request.planned_private, legacy_type_system=True)
        state = prior
        try:
            lifecycle = self._dialect.lifecycle(request.type_name)
            if planned is None:
                lifecycle.delete(prior)
                state = None
            else:
                block = self._schemas.block("resource", request.type_name)
                planned = _with_secrets(block, planned, prior, decode(request.config))
                state = lifecycle.create(planned) if prior is None else lifecycle.update(prior, planned)
        except Failed as failed:
            reply.diagnostics.append(error(str(failed)))
            state = failed.state
        except Exception as failed:
            reply.diagnostics.append(error(str(failed) or repr(failed)))
        reply.new_state.CopyFrom(encode(state))
        return reply

    def ImportResourceState(self, request: type_of_messages) -> type_of_messages:
        name = request.type_name
        try:
            given = self._dialect.imported(name, request.id)
        except ValueError as refused:
            return pb["ImportReply"](diagnostics=[error(str(refused))])
        reply = pb["ImportReply"]()
        reply.imported_resources.add(
            type_name=name, state=encode(_fitted(self._schemas.block("resource", name), given))
        )
        return reply

    def ReadDataSource(self, request: type_of_messages) -> type_of_messages:
        try:
            state = self._dialect.data(request.type_name, decode(request.config))
        except Exception as failed:
            return pb["DataReply"](diagnostics=[error(str(failed))])
        return pb["DataReply"](state=encode(state))

    def StopProvider(self, _: type_of_messages) -> type_of_messages:
        self._dialect.stop()
        return pb["Empty"]()


def _with_secrets(block: Block, planned: Values, prior: Values | None, config: Values) -> Values:
    """The planned values with those that are written only, which no plan holds: when it is made, or its version of them
    is another."""
    named = [name for name, each in block.attributes.items() if each.write_only]
    wanted = [name for name in named if prior is None or prior.get(f"{name}_version") != planned.get(f"{name}_version")]
    return {**planned, **{name: config.get(name) for name in wanted}}


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

"""Data sources: one GET of a resource by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.azurerm import ids
from embedded_cloud.standin.dialect import NotRead
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import state_of

if TYPE_CHECKING:
    from embedded_cloud.standin.azurerm.api import Api
    from embedded_cloud.standin.schema import Block
    from embedded_cloud.standin.table import Row
    from embedded_cloud.standin.wire import Values


def read(row: Row, block: Block, config: Values, api: Api, subscription: str) -> Values:
    """The state of a data source with this configuration. Raises NotRead."""
    names = {**config, "subscription": subscription}
    identifier = ids.made(row.id, names)
    try:
        answer = api.call("GET", identifier, row.version).body
    except ApiError as refused:
        what = ids.described(row.noun, identifier)
        if refused.status == 404:
            raise NotRead(f"{what} was not found") from None
        raise NotRead(f"retrieving {what}: {refused}") from None
    return {**state_of(row, block, answer, config, names), "id": identifier}

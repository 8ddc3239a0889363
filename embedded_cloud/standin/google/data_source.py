"""Data sources: one GET, whose answer is the state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import NotRead
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import state_of
from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from embedded_cloud.standin.google.api import Api
    from embedded_cloud.standin.google.lifecycle import Place
    from embedded_cloud.standin.schema import Block
    from embedded_cloud.standin.table import Row
    from embedded_cloud.standin.wire import Values


def read(row: Row, block: Block, config: Values, api: Api, place: Place) -> Values:
    """The state of a data source with this configuration. Raises NotRead."""
    if not any(config.get(name) for name in row.needs):
        raise NotRead(f"must provide either {' or '.join(f'`{name}`' for name in reversed(row.needs))}")
    names = place.names({name: value for name, value in config.items() if value is not None})
    if link := config.get("self_link"):
        found = re.search(r"projects/([^/]+)/", link)
        names |= {"name": last(link), "project": found[1] if found else names["project"]}
    own = filled(row.id, names)
    try:
        answer = api.call("GET", filled(row.item, names))
    except ApiError as refused:
        if refused.status == 404:
            raise NotRead(f"{own} not found") from None
        raise NotRead(f"Error when reading or editing {filled(row.noun, names)}: {refused}") from None
    return {**state_of(row, block, answer, config, names), "id": own, "project": names["project"]}

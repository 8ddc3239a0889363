"""Data sources: one GET of a resource by its id, for most of them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from ..mapping import state_of
from . import ids
from .api import ApiError

if TYPE_CHECKING:
    from ..mapping import Values
    from ..schema import Block
    from ..table import Row
    from .account import Account
    from .api import Api


class NotRead(Exception):
    """The provider's message about a data source that can't be read."""


class DataSource:
    """One type's reading."""

    def __init__(self, row: Row, block: Block, api: Api, account: Account) -> None:
        self.row, self.block, self.api, self.account = row, block, api, account

    def read(self, config: Values) -> Values:
        """The state of a data source with this configuration. Raises NotRead."""
        names = {**config, "subscription": self.account.subscription}
        identifier = ids.made(self.row.id, names)
        try:
            answer = self.api.call("GET", identifier, self.row.version).body
        except ApiError as refused:
            what = ids.described(self.row.noun, identifier)
            if refused.status == 404:
                raise NotRead(f"{what} was not found") from None
            raise NotRead(f"retrieving {what}: {refused}") from None
        state = state_of(self.row, self.block, answer, config, names)
        return {**state, **self.more(identifier, answer), "id": identifier}

    def more(self, identifier: str, answer: Values) -> Values:
        """What the resource's own body doesn't tell."""
        return {}


class ClientConfig(DataSource):
    """Who the provider acts for. Source: internal/services/authorization/client_config_data_source.go."""

    def read(self, config: Values) -> Values:
        own = self.account
        told = f"clientId={own.client};objectId={own.object};subscriptionId={own.subscription};tenantId={own.tenant}"
        identifier = base64.b64encode(f"clientConfigs/{told}".encode()).decode()
        given: dict[str, Any] = {
            "id": identifier,
            "client_id": own.client,
            "object_id": own.object,
            "subscription_id": own.subscription,
            "tenant_id": own.tenant,
        }
        return {**config, **given}

"""Private endpoints, each with a network card in its subnet, and the private zones that lead to them.

Source: learn.microsoft.com/azure/private-link/private-endpoint-overview, and what azurerm 5.2.0 reads back (read
2026-12-01).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure import resources
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.ids import key

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.exchange import Answer

ENDPOINT = "microsoft.network/privateendpoints"


def delete(call: Call) -> Answer:
    """Delete the endpoint, and its card with it."""
    endpoint = call.store.get(*key(call.id.path))
    answer = resources.delete(call)
    for card in read(endpoint, "properties.networkInterfaces") or () if endpoint else ():
        call.store.delete(*key(card["id"]))
    return answer

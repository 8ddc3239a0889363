"""A list in pages: each answers with the address of the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

HOST = "https://management.azure.com"
MOST = 1000


def page(call: Call, rows: list[Body]) -> Answer:
    """A page of rows, and the address of the next one."""
    top, start = call.request.one("$top"), call.request.one("$skiptoken")
    count = min(int(top), MOST) if top.isdigit() else MOST
    first = int(start) if start.isdigit() else 0
    answer: Body = {"value": rows[first : first + count]}
    if first + count < len(rows):
        others = {name: values[0] for name, values in call.request.query.items() if name != "$skiptoken"}
        query = urlencode({**others, "$skiptoken": first + count}, quote_via=quote, safe="$")
        answer["nextLink"] = f"{HOST}{call.request.path}?{query}"
    return Answer.json(answer)

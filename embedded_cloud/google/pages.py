"""A list in pages. The token of a page says where the next one starts."""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

from embedded_cloud.google.failure import invalid

Item = TypeVar("Item")


def page(items: list[tuple[str, Item]], size: str, token: str, most: int = 500) -> tuple[list[Item], str]:
    """`size` of the items after the one named in `token`, and the next token, empty at the end.

    Items come with the keys that they are sorted by, so a page that follows is right although others came or went.
    """
    try:
        count = min(int(size or most), most) or most
        after = base64.urlsafe_b64decode(token).decode() if token else ""
    except (ValueError, binascii.Error):
        raise invalid(f"Invalid value for field 'pageToken': '{token}'.") from None
    rest = [(key, item) for key, item in items if not token or key > after]
    shown = rest[:count]
    following = base64.urlsafe_b64encode(shown[-1][0].encode()).decode() if len(rest) > count else ""
    return [item for _, item in shown], following

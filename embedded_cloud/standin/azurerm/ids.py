"""Ids of resources: made from a row's template, parsed, and described in the provider's words."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from typing import TYPE_CHECKING, Final

from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.standin.wire import Values

# A segment of an id -> what the provider calls the name that follows it: the String methods of go-azure-sdk's and
# go-azure-helpers' ids. The others are the segment's words and "Name".
_WORDS: Final = {
    "subscriptions": "Subscription",
    "resourceGroups": "Resource Group Name",
    "publicIPAddresses": "Public I P Addresses Name",
    "userAssignedIdentities": "Name",
}
_WHOLE: Final = ("scope",)
"""Parts of a template that are ids themselves, as are those that end in _id."""

JOINED: Final = "|"
"""Between the two ids of an association that has both."""

_locks: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def made(template: str, names: Values) -> str:
    """The id of a resource with these values."""
    return filled(template, {name: value for name, value in names.items() if isinstance(value, str)})


def parts(template: str, identifier: str) -> dict[str, str]:
    """The values of an id in the template's places. Raises ValueError where the id is of another kind."""
    pattern = re.sub(r"\\{(\w+)\\}", lambda part: f"(?P<{part[1]}>{_shape(part[1])})", re.escape(template))
    found = re.fullmatch(pattern, identifier)
    if found is None:
        raise ValueError(f'parsing "{identifier}": the ID does not have the form {template}')
    return found.groupdict()


def described(noun: str, identifier: str) -> str:
    """An id in words: Subnet (Subscription: "…"\\nResource Group Name: "…"\\n…)."""
    steps = identifier.strip("/").split("/")
    pairs = zip(steps[::2], steps[1::2], strict=False)
    told = [f"{_word(kind)}: {json.dumps(name)}" for kind, name in pairs if kind != "providers"]
    return f"{noun} ({chr(10).join(told)})"


def parent(identifier: str) -> str:
    """The id without its last kind and name."""
    return identifier.rsplit("/", 2)[0]


@contextlib.contextmanager
def locked(identifiers: list[str]) -> Iterator[None]:
    """Lock these resources against every other thread of this process, always in the same order."""
    with contextlib.ExitStack() as held:
        for identifier in sorted({each.lower() for each in identifiers}):
            with _guard:
                lock = _locks.setdefault(identifier, threading.Lock())
            held.enter_context(lock)
        yield


def _shape(part: str) -> str:
    return ".+" if part in _WHOLE or part.endswith("_id") else "[^/]+"


def _word(kind: str) -> str:
    if kind in _WORDS:
        return _WORDS[kind]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).title()
    return f"{words.removesuffix('s')} Name"

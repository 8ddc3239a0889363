"""How azurerm writes, reads and compares single values: the codecs that facts/azurerm/api/*.toml name.

location     a region's name: "West Europe" means westeurope
ids          a list of ids, for the API a list of objects that hold them
keys         a list of ids, for the API an object whose keys they are
first        one value, for the API a list of it
enabled      true or false, for the API Enabled or Disabled
none         a value whose "None" means that it is unset
positive     a number that is sent only above 0
ignore case  a value whose case does not count
ssh key      a public key, whose line breaks and spaces do not count
ssh path     a user, for the API the path of the file that holds the user's keys
part OF      a name, for the API the id of that part of the load balancer
tib, gib     a capacity in those, for the API in bytes
commas       a list, for the API one text with commas
protocols    a list of NFSv3, NFSv4.1 and CIFS, for the API three fields that are true or false
address, addresses   of a load balancer's frontends, the first one's private address, or every one's
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.table import last
from embedded_cloud.standin.wire import as_sent, number

if TYPE_CHECKING:
    from collections.abc import Callable

# Not the API object's own: Terraform's, or a part of the id. A resource's own file of the table adds others.
FOREIGN: Final = ("id", "name", "resource_group_name", "timeouts")

# As the provider words them; {what} is the id in words (ids.py), {quoted} the same as a
# quoted text, {cause} the API's or the operation's own text.
SAYS: Final = {
    "exists": "checking for presence of existing {what}: {cause}",
    "create": "creating {what}: {cause}",
    "read": "retrieving {what}: {cause}",
    "update": "updating {what}: {cause}",
    "delete": "deleting {what}: {cause}",
}
_PROTOCOLS: Final = {"CIFS": "cifs", "NFSv3": "nfsv3", "NFSv4.1": "nfsv41"}
_KEYS: Final = re.compile(r"/home/(.*?)/\.ssh/authorized_keys")


def to_api(codec: str, value: Any, names: dict[str, Any]) -> Any:
    """One value as the API wants it; None is not sent. `names` holds the resource's other values."""
    kind, _, rest = codec.partition(" ")
    if kind == "part":
        return f"{names['loadbalancer_id']}/{rest}/{value}"
    write: dict[str, Callable[[Any], Any]] = {
        "ids": lambda given: [{"id": each} for each in given],
        "keys": lambda given: {each: {} for each in given},
        "first": lambda given: [given],
        "enabled": lambda given: "Enabled" if given else "Disabled",
        "positive": lambda given: number(given) if number(given) > 0 else None,
        "tib": lambda given: int(number(given) * 2**40),
        "gib": lambda given: int(number(given) * 2**30),
        "commas": ",".join,
        "protocols": lambda given: {field: word in given for word, field in _PROTOCOLS.items()},
        "ssh path": lambda given: f"/home/{given}/.ssh/authorized_keys",
    }
    return write[codec](value) if codec in write else value


def from_api(codec: str, value: Any, names: dict[str, Any]) -> Any:
    """One value of the API's as Terraform's state holds it."""
    if value is None:
        return None
    read: dict[str, Callable[[Any], Any]] = {
        "location": normalised,
        "ids": lambda given: [each["id"] for each in given if each.get("id")],
        "keys": list,
        "first": lambda given: given[0] if given else None,
        "enabled": lambda given: str(given).lower() == "enabled",
        "none": lambda given: None if given == "None" else given,
        "positive": as_sent,
        "part": last,
        "address": lambda given: next(iter(_addresses(given)), ""),
        "addresses": _addresses,
        "tib": lambda given: int(given) // 2**40,
        "gib": lambda given: int(given) // 2**30,
        "commas": lambda given: given.split(","),
        "protocols": lambda given: [word for word, field in _PROTOCOLS.items() if given.get(field)],
        "ssh path": lambda given: found[1] if (found := _KEYS.search(given)) else given,
    }
    kind = codec if codec in read else codec.partition(" ")[0]
    return read[kind](value) if kind in read else value


def planned(codec: str, value: Any) -> Any:
    """A configured value as a plan holds it."""
    return normalised(value) if codec == "location" else value


def same(codec: str, old: Any, new: Any) -> bool:
    """Whether two spellings of a value mean the same; `old` is the state's."""
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    if codec == "location":
        return normalised(old) == normalised(new)
    if codec == "ssh key":
        return old.split() == new.split()
    return codec in ("ignore case", "ids", "keys") and old.lower() == new.lower()


def normalised(location: str) -> str:
    """A region's name as the API writes it."""
    return location.replace(" ", "").lower()


def _addresses(frontends: list[dict[str, Any]]) -> list[str]:
    found = [each.get("properties", {}).get("privateIPAddress") for each in frontends]
    return [each for each in found if each]

"""How single values are written for the API, read from it, and compared: the codecs that facts/google/api/*.toml name.

link COLLECTION   a URL; a bare name is one of that collection in the resource's project
place COLLECTION  a region or zone: Terraform's name, the API's URL
name              a path or the name at its end: both mean the same
image             a boot image in any of the provider's spellings
made_from         the image of a disk that exists; a family means the image whose name has the family's in it
template          a template's URL, which may carry ?uniqueId=
items             a map, for the API {"items": [{"key": …, "value": …}]}
int64             a number that the API writes as a string
scope             an OAuth scope's short name or URL
ours              a map to which Google adds keys of its own, which begin with goog-
json              an object as text; what only the API's side of it has does not count
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from collections.abc import Callable

# Not the API object's own: Terraform's, a part of its URL, or derived from others.
FOREIGN: Final = ("id", "project", "timeouts", "deletion_policy", "labels", "terraform_labels")

# Messages as the provider's generated resources word them; {cause} is the API's or the operation's own text.
SAYS: Final = {
    "create": "Error creating {noun}: {cause}",
    "waited": "Error waiting to create {noun}: {cause}",
    "wait": "Creating {noun}",
    "update": 'Error updating {noun} "{id}": {cause}',
    "update_wait": "Updating {noun}",
    "delete": "Error when reading or editing {noun}: {cause}",
    "delete_wait": "Deleting {noun}",
    "read": 'Compute{noun} "{id}"',
}
_SCOPES = {
    "cloud-platform": "cloud-platform",
    "compute-ro": "compute.readonly",
    "compute-rw": "compute",
    "logging-write": "logging.write",
    "monitoring": "monitoring",
    "monitoring-write": "monitoring.write",
    "service-control": "servicecontrol",
    "service-management": "service.management.readonly",
    "storage-full": "devstorage.full_control",
    "storage-ro": "devstorage.read_only",
    "storage-rw": "devstorage.read_write",
    "trace": "trace.append",
    "userinfo-email": "userinfo.email",
}


def to_api(codec: str, value: Any, names: dict[str, Any]) -> Any:
    """One value as the API wants it; `names` holds the resource's project, region and zone."""
    kind, _, collection = codec.partition(" ")
    if isinstance(value, list):
        return [to_api(codec, each, names) for each in value]
    if kind in ("link", "place"):
        return _link(value, filled(collection, names), names)
    write: dict[str, Callable[[Any], Any]] = {
        "image": _image,
        "made_from": _image,
        "template": _numbered,
        "items": _items,
        "int64": _decimal,
    }
    return write[kind](value) if kind in write else value


def from_api(codec: str, value: Any, names: dict[str, Any]) -> Any:
    """One value of the API's as Terraform's state holds it."""
    kind, _, _ = codec.partition(" ")
    if kind == "place" and isinstance(value, str):
        return last(value)
    if kind == "image" and isinstance(value, str):
        path = relative(value)
        return f"projects/{names['project']}/{path}" if path.startswith("global/") else path
    if kind == "items" and isinstance(value, dict):
        return {each["key"]: each.get("value", "") for each in value.get("items", ())}
    return value


def planned(codec: str, value: Any) -> Any:
    """A configured value as a plan holds it."""
    if codec == "scope":
        return [_scope(each) for each in value] if isinstance(value, list) else _scope(value)
    if codec == "json" and isinstance(value, str):
        return as_json(json.loads(value))
    return value


def same(codec: str, old: Any, new: Any) -> bool:
    """Whether two spellings of a value mean the same; `old` is the state's."""
    kind, _, _ = codec.partition(" ")
    if not isinstance(old, str) or not isinstance(new, str):
        ours = {k: v for k, v in old.items() if not k.startswith("goog-")} if isinstance(old, dict) else None
        return kind == "ours" and ours == new
    compared: dict[str, Callable[[str, str], bool]] = {
        "template": _same_template,
        "image": _same_image,
        "made_from": _made_from,
        "name": lambda old, new: last(old) == last(new),
        "json": _same_json,
        "link": _same_link,
        "place": _same_link,
    }
    return kind in compared and compared[kind](old, new)


def as_json(value: Any) -> str:
    """An object as the provider writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def relative(link: str) -> str:
    """A URL's part from projects/ on, or the whole."""
    at = link.find("projects/")
    return link[at:] if at >= 0 else link


def _link(value: str, collection: str, names: dict[str, Any]) -> str:
    if "projects/" in value:
        return relative(value)
    if "/" in value:
        return f"projects/{names['project']}/{value}"
    return f"projects/{names['project']}/{collection}/{value}" if collection else value


def _image(value: str) -> str:
    """The spellings that need no look-up. The provider asks the API for the others; no module uses one."""
    if value.startswith("https://"):
        return value
    if found := re.match(r"(projects/[^/]+/)?(global/images/(?:family/)?[^/]+)$", value):
        return found[0]
    return f"global/images/{value}" if value.startswith("family/") else value


def _numbered(value: str) -> str:
    """A template's URL by its number, where that is known: another of the same name is another one."""
    link, _, unique = value.partition("?uniqueId=")
    return f"{link.rpartition('/')[0]}/{unique}" if unique else value


def _decimal(value: float) -> str:
    return str(int(value))


def _items(value: dict[str, str]) -> dict[str, Any]:
    return {"items": [{"key": key, "value": value[key]} for key in sorted(value)]}


def _without(old: Any, new: Any) -> Any:
    """`old` without the keys that `new` lacks, at every depth."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _without(value, new[key]) for key, value in old.items() if new.get(key) is not None}
    if isinstance(old, list) and isinstance(new, list):
        return [_without(each, new[at]) if at < len(new) else each for at, each in enumerate(old)]
    return old


def _same_template(old: str, new: str) -> bool:
    (old, _, before), (new, _, after) = old.partition("?uniqueId="), new.partition("?uniqueId=")
    return relative(old) == relative(new) and not (before and after and before != after)


def _same_image(old: str, new: str) -> bool:
    return relative(old) == relative(_image(new)) or f"projects/{relative(old)}".endswith(f"/{_image(new)}")


def _made_from(old: str, new: str) -> bool:
    """Whether a disk of the image `old` is one of `new`, as resource_compute_disk.go compares them."""
    if _same_image(old, new):
        return True
    family = re.match(r"(?:(projects/[^/]+)/)?(?:global/images/)?family/([^/]+)$", relative(new))
    if not family or (family[1] and not relative(old).startswith(f"{family[1]}/")):
        return False
    image, name = last(old), family[2]
    return any(
        name.removesuffix(kind) in image and (kind in image) == name.endswith(kind) for kind in ("-arm64", "-amd64")
    )


def _same_link(old: str, new: str) -> bool:
    return last(old) == new if "/" not in new else relative(old) == relative(new)


def _same_json(old: str, new: str) -> bool:
    wanted = json.loads(new)
    return as_json(_without(json.loads(old), wanted)) == as_json(wanted)


def _scope(value: Any) -> Any:
    return f"https://www.googleapis.com/auth/{_SCOPES[value]}" if value in _SCOPES else value

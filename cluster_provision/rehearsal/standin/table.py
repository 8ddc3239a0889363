"""How each resource type maps to Google's APIs, and what its provider demands: rows of facts/api and facts/rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "facts"

# Messages as the provider's generated resources word them; {cause} is the API's or the operation's own text.
_SAYS: Final = {
    "create": "Error creating {noun}: {cause}",
    "waited": "Error waiting to create {noun}: {cause}",
    "wait": "Creating {noun}",
    "update": 'Error updating {noun} "{id}": {cause}',
    "update_wait": "Updating {noun}",
    "delete": "Error when reading or editing {noun}: {cause}",
    "delete_wait": "Deleting {noun}",
    "read": 'Compute{noun} "{id}"',
}


@dataclass(frozen=True)
class Update:
    """One call that changes a resource. See facts/api.md."""

    when: tuple[str, ...] = ()
    whole: bool = False
    verb: str = "PATCH"
    url: str = ""
    suffix: str = ""
    query: str = ""
    mask: bool = False
    fingerprint: bool = False
    wait: str = ""
    says: str = ""


@dataclass(frozen=True)
class Row:
    """One type's place in the API. See facts/api.md."""

    item: str
    id: str
    noun: str
    collection: str = ""
    operations: str = ""
    final: tuple[int, ...] = ()
    waits: dict[str, int] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    outside: tuple[str, ...] = ()
    virtual: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    codecs: dict[str, str] = field(default_factory=dict)
    many: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()
    switches: dict[str, str] = field(default_factory=dict)
    sends: tuple[str, ...] = ()
    plans: dict[str, str] = field(default_factory=dict)
    imports: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    keeps: bool = False

    def message(self, which: str, **values: Any) -> str:
        """A message of the provider: {noun}, {cause} and {id} or other values of the resource are put in."""
        return filled(self.says.get(which, _SAYS[which]), {"noun": filled(self.noun, values), **values})


@dataclass(frozen=True)
class Rules:
    """What the provider adds to one type's schema in code. See facts/rules.md."""

    force_new: tuple[str, ...] = ()
    force_new_emptied: tuple[str, ...] = ()
    in_place: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    equal: dict[str, Any] = field(default_factory=dict)
    one_of: tuple[tuple[str, ...], ...] = ()
    conflicts: tuple[tuple[str, str], ...] = ()
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, tuple[int, int]] = field(default_factory=dict)
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)

    def forces_new(self, path: str) -> bool:
        """Whether a change at this path, dotted and without indexes, makes a new resource."""
        outer = [path[:at] if at >= 0 else path for at in _dots(path)]
        if any(each in self.in_place for each in outer):
            return False
        return "*" in self.force_new or any(each in self.force_new for each in outer)


class Table:
    """The rows and rules of all types, from the data that `read` gives."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._api, self._rules = data["api"], data["rules"]

    def row(self, name: str) -> Row:
        """A resource type's row. Raises KeyError."""
        return _row(self._api[name])

    def data_row(self, name: str) -> Row:
        """A data source type's row. Raises KeyError."""
        return _row(self._api["data"][name])

    def rules(self, name: str) -> Rules:
        """A resource type's rules; none are known of the others."""
        return Rules(**self._rules.get(name, {}))


def read(folder: Path = FOLDER) -> dict[str, Any]:
    """The data of both tables, as one that JSON can hold: a file a service."""
    return {"api": _merged(folder / "api"), "rules": _merged(folder / "rules")}


def _merged(folder: Path) -> dict[str, Any]:
    import tomllib

    merged: dict[str, Any] = {"data": {}}
    for file in sorted(folder.glob("*.toml")):
        given = tomllib.loads(file.read_text())
        merged["data"] |= given.pop("data", {})
        merged |= given
    return merged


def filled(template: str, values: dict[str, Any]) -> str:
    """`template` with each {name} replaced by its value; an absent one is empty."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", "" if value is None else str(value))
    return template


def _row(given: dict[str, Any]) -> Row:
    updates = tuple(Update(**each) for each in given.get("updates", ()))
    item = given.get("item") or given["collection"] + "/{name}"
    return Row(**{**given, "item": item, "updates": updates})


def _dots(path: str) -> list[int]:
    """Where a path may end: at each of its dots, and at its end."""
    return [at for at, letter in enumerate(path) if letter == "."] + [-1]

"""How each resource type maps to its cloud's API, and what its provider demands.

Rows of facts/<provider>/{api,rules}; facts/api.md and facts/rules.md say what each key means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from embedded_cloud.standin.dialect import Manner

FOLDER: Final = Path(__file__).parent / "facts"


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

    manner: Manner
    item: str
    id: str
    noun: str
    collection: str = ""
    version: str = ""
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
    hidden: tuple[str, ...] = ()
    absent: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    instant: bool = False
    locks: tuple[str, ...] = ()
    rolls: tuple[str, ...] = ()

    def message(self, which: str, **values: Any) -> str:
        """A message of the provider: {noun}, {cause} and {id} or other values of the resource are put in."""
        return filled(self.says.get(which, self.manner.SAYS[which]), {"noun": filled(self.noun, values), **values})


@dataclass(frozen=True)
class Rules:
    """What the provider adds to one type's schema in code. See facts/rules.md."""

    force_new: tuple[str, ...] = ()
    force_new_emptied: tuple[str, ...] = ()
    force_new_lowered: tuple[str, ...] = ()
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

    def __init__(self, data: dict[str, Any], manner: Manner) -> None:
        self._api, self._rules, self._manner = data["api"], data["rules"], manner

    def names(self) -> list[str]:
        """All resource types that have a row."""
        return sorted(self._api.keys() - {"data"})

    def row(self, name: str) -> Row:
        """A resource type's row. Raises KeyError."""
        return self._row(self._api[name])

    def data_row(self, name: str) -> Row:
        """A data source type's row. Raises KeyError."""
        return self._row(self._api["data"][name])

    def rules(self, name: str) -> Rules:
        """A resource type's rules; none are known of the others."""
        return Rules(**self._rules.get(name, {}))

    def _row(self, given: dict[str, Any]) -> Row:
        updates = tuple(Update(**each) for each in given.get("updates", ()))
        item = given.get("item") or (f"{given['collection']}/{{name}}" if "collection" in given else "")
        return Row(**{**given, "manner": self._manner, "item": item, "updates": updates})


def read(provider: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The data of both tables of a provider, as one that JSON can hold: a file a service."""
    return {"api": _merged(folder / provider / "api"), "rules": _merged(folder / provider / "rules")}


def _merged(folder: Path) -> dict[str, Any]:
    """The rows of all files, each with the content of the table `common` in common.toml."""
    import tomllib

    merged: dict[str, Any] = {"data": {}}
    for file in sorted(folder.glob("*.toml")):
        given = tomllib.loads(file.read_text())
        merged["data"] |= given.pop("data", {})
        merged |= given
    common = merged.pop("common", {})
    rows = {name: _with(common, row) for name, row in merged.items() if name != "data"}
    return {**rows, "data": {name: _with(common, row) for name, row in merged["data"].items()}}


def _with(common: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A row with the common parts: tables are merged, lists are joined, else the row's own holds."""
    made = {**common, **row}
    for key in common.keys() & row.keys():
        if isinstance(row[key], dict):
            made[key] = {**common[key], **row[key]}
        elif isinstance(row[key], list):
            made[key] = [*common[key], *row[key]]
    return made


def filled(template: str, values: dict[str, Any]) -> str:
    """`template` with each {name} replaced by its value; an absent one is empty."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", "" if value is None else str(value))
    return template


def last(link: str) -> str:
    """The last part of a path."""
    return link.rpartition("/")[2]


def _dots(path: str) -> list[int]:
    """The positions where a path may end: each of its dots, and its end."""
    return [at for at, letter in enumerate(path) if letter == "."] + [-1]

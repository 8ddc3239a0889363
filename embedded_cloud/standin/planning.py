"""Plans a change: the configuration, its defaults, values that stay, and values that only the API knows.

It follows the provider's SDK: "", 0, false and no elements are the same as unset; an optional attribute that the
API may fill in keeps its value when the configuration does not set it; equal spellings of a link are no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.mapping import empty
from embedded_cloud.standin.table import last
from embedded_cloud.standin.wire import UNKNOWN, Path, Unknown, Values

if TYPE_CHECKING:
    from embedded_cloud.standin.schema import Attribute, Block, Nested
    from embedded_cloud.standin.table import Row, Rules


def plan(row: Row, rules: Rules, block: Block, config: Values, prior: Values | None) -> Values:
    """The planned state of a resource with this configuration; `prior` is its state, None where it's to be made."""
    return _Planner(row, rules).block(block, config, prior, "")


def changes(rules: Rules, before: Any, after: Any) -> list[Path]:
    """The paths of the differences that need a new resource."""
    return [
        path
        for path in _differences(before, after, ())
        if rules.forces_new(dotted(path))
        or (path[0] in rules.force_new_emptied and empty(after[path[0]]))
        or (path[0] in rules.force_new_lowered and _lowered(before[path[0]], after[path[0]]))
    ]


def _lowered(before: Any, after: Any) -> bool:
    return isinstance(before, int) and isinstance(after, int) and after < before


def dotted(path: Path) -> str:
    """A path without its indexes."""
    return ".".join(step for step in path if isinstance(step, str))


def known(value: Any) -> bool:
    """Whether no part of a value is unknown."""
    if isinstance(value, dict):
        return all(known(each) for each in value.values())
    return all(known(each) for each in value) if isinstance(value, list) else not isinstance(value, Unknown)


def _differences(before: Any, after: Any, path: Path) -> list[Path]:
    # A block: the resource's own, or an element of a list. A map is one value.
    block = not path or isinstance(path[-1], int)
    if block and isinstance(before, dict) and isinstance(after, dict):
        return [found for key in before for found in _differences(before[key], after.get(key), (*path, key))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after) > 0:
        if not isinstance(before[0], dict) or not isinstance(after[0], dict):
            return [] if before == after else [path]
        pairs = enumerate(zip(before, after, strict=True))
        return [found for index, (old, new) in pairs for found in _differences(old, new, (*path, index))]
    return [] if before == after or (empty(before) and empty(after)) else [path]


class _Planner:
    def __init__(self, row: Row, rules: Rules) -> None:
        self._row, self._rules = row, rules

    def block(self, block: Block, config: Values, prior: Values | None, path: str) -> Values:
        made: Values = {}
        for name, attribute in block.attributes.items():
            made[name] = self._attribute(attribute, config.get(name), prior, path, name)
        for name, nested in block.blocks.items():
            old = prior.get(name) if prior else None
            made[name] = self._blocks(nested, config.get(name), old, path + name, new=prior is None)
        return made

    def _attribute(self, attribute: Attribute, given: Any, prior: Values | None, path: str, name: str) -> Any:
        at, old = path + name, prior.get(name) if prior else None
        if attribute.write_only:
            return None
        if isinstance(given, Unknown):
            return given
        codec = self._row.codecs.get(at, "")
        value = self._rules.defaults.get(at) if given is None else self._row.manner.planned(codec, given)
        if value is None:
            if attribute.computed:
                return UNKNOWN if prior is None else old
            equal = self._rules.equal.get(at)
            return old if empty(old) or (equal is not None and old == equal) else None
        return old if prior is not None and self._same(attribute.type, at, old, value) else value

    def _same(self, kind: Any, path: str, old: Any, new: Any) -> bool:
        if old == new or (empty(old) and empty(new)):
            return True
        codec = self._row.codecs.get(path, "")
        if isinstance(old, list) and isinstance(new, list):
            if kind[0] == "set":
                old, new = sorted(old, key=_ending), sorted(new, key=_ending)
            pairs = list(zip(old, new, strict=False))
            return len(old) == len(new) and all(
                each == other or self._row.manner.same(codec, each, other) for each, other in pairs
            )
        return self._row.manner.same(codec, old, new)

    def _blocks(self, nested: Nested, given: Any, old: Any, path: str, *, new: bool) -> Any:
        if isinstance(given, Unknown) or nested.nesting == "single":
            return given
        if not given and path in (*self._rules.filled, *self._rules.kept) and (path in self._rules.filled or not new):
            return UNKNOWN if new else old
        if nested.nesting == "set":
            return self._set(nested, given or [], old or [], path)
        made: list[Any] = []
        for index, each in enumerate(given or []):
            before = old[index] if isinstance(old, list) and index < len(old) else None
            made.append(each if isinstance(each, Unknown) else self.block(nested.block, each, before, f"{path}."))
        return made

    def _set(self, nested: Nested, given: list[Any], old: list[Values], path: str) -> list[Any]:
        """A set's elements have no order: each is compared with those of the state that are still without a partner."""
        left, made = list(old), list[Any]()
        for each in given:
            match = None
            if not isinstance(each, Unknown):
                match = next((one for one in left if self.block(nested.block, each, one, f"{path}.") == one), None)
            if match is not None:
                left.remove(match)
                made.append(match)
            else:
                made.append(each if isinstance(each, Unknown) else self._element(nested, each, path))
        # In the state's order where nothing changed, so that the whole is equal.
        return old if not left and len(made) == len(old) else made

    def _element(self, nested: Nested, given: Values, path: str) -> Values:
        """A set's new element, whose absent lists are empty ones."""
        made = self.block(nested.block, given, None, f"{path}.")
        lists = [name for name, each in nested.block.attributes.items() if each.type[0] in ("list", "set")]
        return {name: [] if value is None and name in lists else value for name, value in made.items()}


def _ending(value: Any) -> str:
    return last(value) if isinstance(value, str) else str(value)

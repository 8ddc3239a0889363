"""The provider's checks of a configuration before it plans, in its own words."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.mapping import empty
from embedded_cloud.standin.planning import known
from embedded_cloud.standin.wire import Path, Unknown, Values, error, type_of_messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.standin.schema import Block
    from embedded_cloud.standin.table import Row, Rules


def problems(row: Row, rules: Rules, block: Block, config: Values) -> list[type_of_messages]:
    """Diagnostics about a resource's configuration; unknown values count as right."""
    return [
        *unconfigurable(block, config),
        *_beyond(row, config),
        *_together(rules, config),
        *_values(rules, config),
    ]


def unconfigurable(block: Block, config: Values, path: Path = ()) -> Iterator[type_of_messages]:
    """Computed attributes that are set, which Terraform itself lets pass, and deprecated ones."""
    for name, attribute in block.attributes.items():
        if config.get(name) is None:
            continue
        if attribute.computed and not attribute.optional:
            text = (
                f'Can\'t configure a value for "{name}": its value will be decided automatically based on the '
                "result of applying this configuration."
            )
            yield error("Value for unconfigurable attribute", text, (*path, name))
        if attribute.deprecated:
            yield error("Argument is deprecated", f'"{name}" is deprecated.', (*path, name), warning=True)
    for name, nested in block.blocks.items():
        given = config.get(name)
        for index, each in enumerate(given if isinstance(given, list) else []):
            if isinstance(each, dict):
                # A set's elements have no index that Terraform could follow.
                at = (*path, name, index) if nested.nesting == "list" else (*path, name)
                yield from unconfigurable(nested.block, each, at)


def _beyond(row: Row, config: Values) -> Iterator[type_of_messages]:
    for name in row.unknown:
        if _given(config, name):
            text = "A rehearsal's provider stand-in doesn't know it; the real provider in PROVIDER_MIRROR does."
            yield error(f'"{name}" is not in the stand-in', text, (name.split(".")[0],))


def _together(rules: Rules, config: Values) -> Iterator[type_of_messages]:
    for one, other in rules.conflicts:
        first, second = (_given(config, each) for each in (one, other))
        if any(map(known, first)) and any(map(known, second)):
            yield error("Conflicting configuration arguments", f'"{one}": conflicts with {other}', (one.split(".")[0],))
    for group in rules.one_of:
        found = {name: _given(config, name) for name in group}
        given, listed = [name for name, values in found.items() if values], ",".join(group)
        sure = all(known(value) for values in found.values() for value in values)
        if not given:
            text = f'"{group[0]}": one of `{listed}` must be specified'
            yield error("Invalid combination of arguments", text, (group[0],))
        elif len(given) > 1 and sure:
            text = f'"{given[0]}": only one of `{listed}` can be specified, but `{",".join(given)}` were specified.'
            yield error("Invalid combination of arguments", text, (given[0],))


def _values(rules: Rules, config: Values) -> Iterator[type_of_messages]:
    for name, allowed in rules.enums.items():
        for path, value in _reach(config, name):
            if isinstance(value, str) and value not in allowed:
                listed = " ".join(json.dumps(each) for each in allowed)
                yield error(f"expected {_shown(path)} to be one of [{listed}], got {value}", path=path)
    for name, pattern in rules.patterns.items():
        for path, value in _reach(config, name):
            if isinstance(value, str) and not re.search(pattern, value):
                yield error(f'"{_shown(path)}" ("{value}") doesn\'t match regexp "{pattern}"', path=path)
    for name, (least, most) in rules.lengths.items():
        for path, value in _reach(config, name):
            if isinstance(value, str) and not least <= len(value.encode()) <= most:
                text = f'"{_shown(path)}" ("{value}") must be between {least} and {most} characters long'
                yield error(text, path=path)
    for name, (least, most) in rules.ranges.items():
        for path, value in _reach(config, name):
            if isinstance(value, int | float) and not least <= value <= most:
                yield error(f"expected {_shown(path)} to be in the range ({least} - {most}), got {value}", path=path)


def _given(config: Values, name: str) -> list[Any]:
    return [value for _, value in _reach(config, name) if isinstance(value, Unknown) or not empty(value)]


def _shown(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _reach(value: Any, name: str) -> Iterator[tuple[Path, Any]]:
    """Every place that a dotted name reaches, through lists, with its path and value."""
    yield from _follow(value, name.split("."), ())


def _follow(value: Any, steps: list[str], path: Path) -> Iterator[tuple[Path, Any]]:
    if not steps:
        yield path, value
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _follow(each, steps, (*path, index))
    elif isinstance(value, dict):
        yield from _follow(value.get(steps[0]), steps[1:], (*path, steps[0]))

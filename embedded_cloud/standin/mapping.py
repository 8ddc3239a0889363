"""Terraform's values as the API's objects, and back, guided by the schema and a type's row of the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.wire import Unknown, Values

if TYPE_CHECKING:
    from embedded_cloud.standin.schema import Block, Nested
    from embedded_cloud.standin.table import Row

_LISTS = ("list", "set")


def body_of(row: Row, block: Block, values: Values, names: Values, only: tuple[str, ...] = ()) -> Values:
    """The body that makes a resource of these values, or that changes the attributes in `only`.

    `names` holds what a link may need: the resource's project, region and zone. What is unset, unknown, zero or
    empty is left out, as the provider does, but for the row's `zeros`; an attribute in `only` is always sent.
    """
    body: Values = {}
    for name in block.names():
        if (name not in (*row.manner.FOREIGN, *row.virtual)) and (not only or name in only):
            _send(body, row, block, name, values.get(name), names, always=name in only)
    return body


def put(body: Values, path: str, value: Any) -> None:
    """Write `value` at `a.b.c`, in the body itself."""
    *outer, field = path.split(".")
    for step in outer:
        inner = body.get(step)
        body[step] = body = inner if isinstance(inner, dict) else {}
    body[field] = value


def place_of(row: Row, name: str) -> str:
    """Where the API's object keeps a resource's attribute or block."""
    return _place(row, name)


def found_at(answer: Any, path: str) -> Any:
    """The value at `a.b.c` of an API's object; None where there is none. The empty path is the object itself."""
    for step in path.split(".") if path else ():
        answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def state_of(row: Row, block: Block, answer: Values, known: Values, names: Values) -> Values:
    """The state that an answer of the API describes.

    `known` is the planned or the last state: it holds what only Terraform knows.
    """
    state = _read(row, block, answer, names, "", known)
    for name in (*row.manner.FOREIGN, *row.virtual):
        if name in block.attributes or name in block.blocks:
            before = known.get(name)
            state[name] = None if isinstance(before, Unknown) else before
            if state[name] is None and name in block.blocks and block.blocks[name].nesting != "single":
                state[name] = []
    return state


def _send(body: Values, row: Row, block: Block, path: str, value: Any, names: Values, *, always: bool = False) -> None:
    name = path.rpartition(".")[2]
    always = always or path in row.zeros or path in row.switches
    if isinstance(value, Unknown) or value is None or (empty(value) and not always):
        return
    if name in block.blocks:
        sent = _send_blocks(row, block.blocks[name], path, value, names)
    elif path in row.sends or block.attributes[name].settable:
        sent = row.manner.to_api(row.codecs.get(path, ""), value, names)
    else:
        return
    place = _place(row, path)
    if not place:
        body.update(sent)
    elif sent is not None:
        put(body, place, sent)


def _send_blocks(row: Row, nested: Nested, path: str, value: list[Values], names: Values) -> Any:
    made: list[Values] = []
    for each in value:
        inner: Values = {}
        for name, given in each.items():
            _send(inner, row, nested.block, f"{path}.{name}", given, names)
        made.append(inner)
    if switch := row.switches.get(path):
        return {**(made[0] if made else {}), switch: bool(made)}
    if path in row.single or (nested.max_items == 1 and path not in row.many):
        return made[0] if made else {}
    return made


def _read(row: Row, block: Block, answer: Values, names: Values, path: str, known: Values) -> Values:
    state: Values = {}
    for name, attribute in block.attributes.items():
        at = path + name
        if at in row.hidden:
            before = known.get(name)
            state[name] = None if isinstance(before, Unknown) else before
            continue
        found = row.manner.from_api(row.codecs.get(at, ""), found_at(answer, _place(row, at)), names)
        value = typed(found, attribute.type)
        state[name] = row.absent.get(at, _zero(attribute.type)) if value is None else value
    for name, nested in block.blocks.items():
        at = path + name
        before = known.get(name)
        old = before if isinstance(before, list) else []
        state[name] = None if nested.nesting == "single" else _read_blocks(row, nested, answer, names, at, old)
    return state


def _read_blocks(row: Row, nested: Nested, answer: Values, names: Values, path: str, old: list[Any]) -> list[Values]:
    found = found_at(answer, _place(row, path))
    if nested.max_items == 1 and (not found or (path in row.switches and not found.get(row.switches[path]))):
        return []
    every = found if isinstance(found, list) else [found] if found else []
    made = []
    for index, each in enumerate(every):
        known = old[index] if index < len(old) and isinstance(old[index], dict) else {}
        made.append(_read(row, nested.block, each, names, f"{path}.", known))
    return made


def _zero(kind: Any) -> Any:
    """What the SDK keeps in the state for an attribute that the API's answer lacks."""
    return (
        {"string": "", "number": 0, "bool": False}.get(kind)
        if isinstance(kind, str)
        else []
        if kind[0] in _LISTS
        else None
    )


def _place(row: Row, path: str) -> str:
    """Where the API keeps an attribute: from the object that holds the block which it is in."""
    name = path.rpartition(".")[2]
    field = row.fields.get(path, camel(name))
    return f"{row.inside}.{field}" if row.inside and path == name and name not in row.outside else field


def typed(value: Any, kind: Any) -> Any:
    """A value of the API's as one of Terraform's type: its int64 come as strings, its lists of one as objects."""
    if value is None:
        return None
    if kind == "number":
        return value if isinstance(value, int | float) else float(value) if "." in value else int(value)
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "bool":
        return value if isinstance(value, bool) else value == "true"
    return _collection(value, *kind)


def _collection(value: Any, outer: str, inner: Any) -> Any:
    if outer == "map":
        return {key: typed(each, inner) for key, each in value.items()}
    if outer == "object":
        return {name: typed(value.get(camel(name)), each) for name, each in inner.items()}
    return [typed(each, inner) for each in (value if isinstance(value, list) else [value])]


def empty(value: Any) -> bool:
    """Whether a value is what the provider's SDK takes for unset: "", 0, False and no elements are all one to it."""
    return value is None or (not isinstance(value, Unknown) and value in ("", 0, [], {}))


def camel(name: str) -> str:
    """snake_case as camelCase."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)

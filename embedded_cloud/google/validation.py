"""Checks requests against the API's description: unknown fields, wrong types, enums and patterns, missing fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.failure import ApiError, invalid

if TYPE_CHECKING:
    from embedded_cloud.google.discovery import Api, Method, Schema

NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


def check_request(api: Api, method: Method, query: dict[str, list[str]], body: Any) -> None:
    """Raise ApiError where the API would refuse this request."""
    for name in query:
        if name not in method.query:
            raise _bad(f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.', name)
    if method.request:
        if not isinstance(body, dict):
            raise _bad("Invalid JSON payload received. Expected an object.", "")
        check(api, {"$ref": method.request}, body, "resource" if api.name.startswith("compute") else "", method.id)


def check(api: Api, schema: Schema, value: Any, where: str, method: str) -> None:
    """Raise ApiError unless `value` is what `schema` describes; `where` is its path in messages."""
    schema = _resolved(api, schema)
    if value is None:
        return
    kind = schema.get("type")
    if kind == "object":
        _check_object(api, schema, value, where, method)
    elif kind == "array":
        if not isinstance(value, list):
            raise _bad(f"Invalid JSON payload received. '{where}' is not a list.", where)
        for index, each in enumerate(value):
            check(api, schema.get("items", {}), each, f"{where}[{index}]", method)
    elif kind == "string":
        _check_string(schema, value, where)
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise _bad(f"Invalid value at '{where}' (TYPE_BOOL), {value!r}", where)
    elif kind in ("integer", "number"):
        text = value if isinstance(value, str) else str(value)
        if isinstance(value, (dict, list, bool)) or not NUMBER.fullmatch(text):
            raise _bad(f"Invalid value at '{where}' (TYPE_{str(schema.get('format', kind)).upper()}), {value!r}", where)


def without_output_fields(api: Api, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body without nulls, and without the fields that only the API sets: the real one ignores them."""
    known = api.properties(name)
    given = {k: v for k, v in body.items() if not known.get(k, {}).get("readOnly")}
    return dict(_without_nulls(given))


def _without_nulls(value: Any) -> Any:
    """The value without its nulls, and without objects that held nothing else."""
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return {k: v for k, v in kept.items() if v != {} or value[k] == {}}


def _check_object(api: Api, schema: Schema, value: Any, where: str, method: str) -> None:
    if not isinstance(value, dict):
        raise _bad(f"Invalid JSON payload received. '{where}' is not an object.", where)
    known, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name, each in value.items():
        inner = f"{where}.{name}" if where else name
        if name in known:
            check(api, known[name], each, inner, method)
        elif others is not None:
            check(api, others, each, inner, method)
        elif each is not None and each != []:  # the provider sends empty lists of fields that are gone
            at = f" at '{where}'" if where else ""
            raise _bad(f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.', where)
    if method.endswith(".patch"):
        return  # the documents list firewalls.patch as needing a name, which the API takes from the path
    for name, each in known.items():
        if method in each.get("annotations", {}).get("required", ()) and value.get(name) in (None, ""):
            raise ApiError(400, "required", f"Required field '{where}.{name}' not specified")


def _check_string(schema: Schema, value: Any, where: str) -> None:
    if isinstance(value, (dict, list, bool)):
        raise _bad(f"Invalid value at '{where}' (TYPE_STRING), {value!r}", where)
    if schema.get("format") in ("int64", "uint64"):
        if not NUMBER.fullmatch(str(value)):
            raise _bad(f"Invalid value at '{where}' (TYPE_{schema['format'].upper()}), {value!r}", where)
        return
    if not isinstance(value, str):
        raise _bad(f"Invalid value at '{where}' (TYPE_STRING), {value!r}", where)
    if value and "enum" in schema and value not in schema["enum"]:
        raise invalid(f"Invalid value for field '{where}': '{value}'. Must be one of {', '.join(schema['enum'])}.")
    # A field that takes a name takes a reference to it too, so what holds a slash isn't matched.
    if value and "pattern" in schema and "/" not in value and not re.fullmatch(schema["pattern"], value):
        pattern = schema["pattern"]
        raise invalid(f"Invalid value for field '{where}': '{value}'. Must be a match of regex '{pattern}'")


def _resolved(api: Api, schema: Schema) -> Schema:
    return api.schema(schema["$ref"]) if "$ref" in schema else schema


def _bad(message: str, where: str) -> ApiError:
    """A request that can't be read at all, with the field named in `details` as the real API does."""
    error = ApiError(400, "badRequest", message)
    error.body["error"]["details"] = [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": where, "description": message}],
        }
    ]
    return error

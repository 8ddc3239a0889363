"""docs/result.schema.json, held against what runs print."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "result.schema.json"


def undocumented(result: dict[str, Any]) -> list[str]:
    """What of the result is not as the schema says, and keys that it doesn't have; readers must bear those, and the
    schema allows them."""
    return [f"{error.json_path}: {error.message}" for error in _strict().iter_errors(result)]


@cache
def _strict() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(_closed(schema))


def _closed(schema: Any) -> Any:
    """The same, where objects have no other properties than those named, unless the schema says so itself."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    return {**more, **{key: _closed(value) for key, value in schema.items()}}

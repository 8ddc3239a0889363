"""Reads the config.yaml of the CycleCloud cluster: a map of names, whose values are text, nothing, or maps of tags.

Every value is the text that stands there: 007, true and 2026-01-31 are no number, no truth and no date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.reading import BadValue, shown


@dataclass(frozen=True)
class ConfigYaml:
    """The values by their keys: text (empty for none), a map of texts, or None for what is neither.

    `doubles` are keys that stand twice, the last of which counts. `documents` is how many the file holds: the first one
    is read.
    """

    values: dict[str, str | dict[str, str] | None]
    doubles: tuple[str, ...] = ()
    documents: int = 1


def config_yaml(text: str) -> ConfigYaml:
    """Return the file's values. Raises BadValue where it is no YAML, or no map."""
    import yaml

    try:
        roots = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as failure:
        mark = getattr(failure, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise BadValue(
            f"is no valid YAML{where}: {shown(getattr(failure, 'problem', '') or 'it ends too early')}"
        ) from None
    if not roots or not isinstance(roots[0], yaml.MappingNode):
        raise BadValue("holds no lines of name: value, such as region: eastus2")
    doubles: list[str] = []
    values: dict[str, str | dict[str, str] | None] = {}
    for key, node in _pairs(roots[0], "", doubles):
        if isinstance(node, yaml.MappingNode):
            texts = {name: _text(each) for name, each in _pairs(node, f"{key}: ", doubles)}
            good = {name: value for name, value in texts.items() if value is not None}
            values[key] = good if len(good) == len(texts) else None
        else:
            values[key] = _text(node)
    return ConfigYaml(values, tuple(doubles), len(roots))


def _pairs(node: Any, where: str, doubles: list[str]) -> list[tuple[str, Any]]:
    """Key and value's node of a map, each key once; those that stand twice are added to `doubles`."""
    found: dict[str, Any] = {}
    for key_node, value in node.value:
        key = str(key_node.value) if isinstance(key_node.value, str) else "?"
        if key in found:
            doubles.append(f"{where}{key}")
        found[key] = value
    return list(found.items())


def _text(node: Any) -> str | None:
    """The text of a scalar, empty for null; None for a list or a map."""
    if not isinstance(node.value, str):
        return None
    return "" if node.tag == "tag:yaml.org,2002:null" else node.value

"""docs/parameters.schema.json: the environment as an object of text values, for editors and pipelines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.catalogue import AZURE, CATALOGUES, EXISTING, GCP
from cluster_provision.settings.readers.choices import pattern_of
from scripts.documents.values import default_of, later_values

if TYPE_CHECKING:
    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.parameter import Parameter


def schema_text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(parameters_schema(), indent=2, ensure_ascii=False) + "\n"


def parameters_schema() -> dict[str, Any]:
    """The content of the file: what all clouds share, and then what holds by CLOUD."""
    by_cloud = {each.cloud: properties_of(each) for each in CATALOGUES.values()}
    whole = {name: described for every in reversed(by_cloud.values()) for name, described in every.items()}
    differing = {n for every in by_cloud.values() for n, described in every.items() if described != whole[n]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cluster-provision's environment",
        "description": "Made by `make docs` from the declarations. Rules across parameters are the tool's own.",
        "type": "object",
        "properties": {name: {"type": "string"} if name in differing else whole[name] for name in whole},
        "additionalProperties": True,
        **_by_cloud([each for each in CATALOGUES.values() if each is not GCP], differing),
    }


def _by_cloud(others: list[Catalogue], differing: set[str]) -> dict[str, Any]:
    """What holds by CLOUD; Google Cloud's where it is none of `others`, or unset."""
    if not others:
        return _own(GCP, differing)
    return {
        "if": {"properties": {"CLOUD": {"pattern": pattern_of((others[0].cloud,))}}, "required": ["CLOUD"]},
        "then": _own(others[0], differing),
        "else": _by_cloud(others[1:], differing),
    }


def _own(catalogue: Catalogue, differing: set[str]) -> dict[str, Any]:
    """What one cloud needs, and the names that it describes otherwise than another."""
    own = properties_of(catalogue)
    return {**_required(catalogue), "properties": {name: own[name] for name in own if name in differing}}


def properties_of(catalogue: Catalogue) -> dict[str, Any]:
    """The schema of each of a cloud's names."""
    properties: dict[str, Any] = {}
    for parameter in catalogue.parameters:
        properties[parameter.name] = _property(parameter)
        for alias, turned in parameter.declaration.aliases.items():
            described: dict[str, Any] = {"type": "string", "description": f"Means the opposite of {parameter.name}."}
            properties[alias] = described if turned else {**properties[parameter.name], "x-alias-of": parameter.name}
    return properties


def _required(catalogue: Catalogue) -> dict[str, Any]:
    """What must be set: by one name, or by one of several."""
    needed = [(p.name, *p.declaration.aliases) for p in catalogue.parameters if p.declaration.mandatory]
    if catalogue is AZURE:
        needed = [(*names, "CONFIG_FILE") for names in needed]  # which holds them all
        needed.append(("NAME_PREFIX", "VMSS_NAME"))
    if catalogue is EXISTING:
        needed.append(("NODES", "INVENTORY"))
    found: dict[str, Any] = {"required": [names[0] for names in needed if len(names) == 1]}
    several = [{"anyOf": [{"required": [name]} for name in names]} for names in needed if len(names) > 1]
    return {**found, "allOf": several} if several else found


def _property(parameter: Parameter) -> dict[str, Any]:
    declaration = parameter.declaration
    found: dict[str, Any] = {"type": "string", "description": declaration.help}
    found |= declaration.reader.schema()
    if "pattern" in found and not declaration.mandatory:
        found["pattern"] = f"^$|{found['pattern']}"  # empty means unset
    if not declaration.mandatory:
        found["x-default"] = default_of(parameter)
    found["examples"] = [declaration.example]
    extra = {
        "x-unit": declaration.unit,
        "x-cloud": declaration.cloud,
        "x-orchestrator": declaration.orchestrator,
        "x-since": declaration.since,
        "x-not-in-this-version": dict(later_values(parameter)),
        "x-confidential": declaration.confidential,
    }
    return found | {name: value for name, value in extra.items() if value}

"""The kept facts are those that the modules need."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from embedded_cloud.standin import facts, table
from embedded_cloud.standin.install import VERSIONS
from tests.unit.embedded_cloud.standin.kit import schemas, tables

ADDRESS = "registry.terraform.io/hashicorp/google"
MODULES = Path(__file__).parents[4] / "terraform"
PROVIDER = {
    "provider": {"version": 0, "block": {"attributes": {"project": {"type": "string", "optional": True}}}},
    "resource_schemas": {
        "google_a": {
            "version": 1,
            "block": {"attributes": {"description": {"type": "string", "description": "words"}}},
        },
        "google_b": {"version": 0, "block": {}},
    },
    "data_source_schemas": {},
}


@pytest.mark.parametrize("provider", VERSIONS)
def test_every_type_of_the_modules_is_kept_and_has_its_row_and_no_other(provider: str) -> None:
    kept = json.loads((facts.FACTS / f"{provider}.json").read_text())
    rows = table.read(provider)["api"]
    data = rows.pop("data")
    for kind, names in facts.used(provider, MODULES).items():
        assert names == sorted(kept[kind]) == sorted(rows if kind == "resource_schemas" else data)
    assert all(schemas(provider).block("resource", name) and tables(provider).row(name) for name in rows)
    assert all(schemas(provider).block("data_source", name) and tables(provider).data_row(name) for name in data)


def test_the_modules_of_both_clouds_are_looked_through() -> None:
    found = {provider: facts.used(provider, MODULES)["resource_schemas"] for provider in VERSIONS}
    assert "google_compute_network" in found["google"]
    assert "azurerm_linux_virtual_machine_scale_set" in found["azurerm"]


@pytest.mark.parametrize("provider", VERSIONS)
def test_rows_and_rules_name_attributes_that_exist(provider: str) -> None:
    data = table.read(provider)
    rows = {name: row for name, row in data["api"].items() if name != "data"}
    common = {"location", "tags", "zones", "identity", "plan", "name", "resource_group_name"}  # a type may lack them
    for name in facts.used(provider, MODULES)["resource_schemas"]:
        known = _paths(schemas(provider).block("resource", name)) | (common if provider == "azurerm" else set())
        row, rules = rows[name], data["rules"].get(name, {})
        named = [
            each
            for key in ("virtual", "unknown", "zeros", "many", "single", "sends", "outside", "hidden", "rolls")
            for each in row.get(key, ())
        ]
        named += [each for key in ("fields", "codecs", "switches", "plans", "absent") for each in row.get(key, {})]
        named += [each for update in row.get("updates", ()) for each in update.get("when", ())]
        named += [
            each for key in ("force_new", "in_place", "filled", "kept") for each in rules.get(key, ()) if each != "*"
        ]
        named += [
            each
            for key in ("defaults", "equal", "enums", "patterns", "lengths", "ranges")
            for each in rules.get(key, {})
        ]
        named += [each for key in ("one_of", "conflicts") for group in rules.get(key, ()) for each in group]
        assert [each for each in named if each not in known] == [], name


@pytest.mark.parametrize("provider", VERSIONS)
def test_templates_are_made_of_known_names(provider: str) -> None:
    places = {"project", "region", "zone", "subscription", "virtual_network_id", "disk"}
    for name in facts.used(provider, MODULES)["resource_schemas"]:
        row = tables(provider).row(name)
        wanted = set(re.findall(r"\{(\w+)\}", "".join((row.collection, row.item, row.id, *row.locks))))
        assert wanted <= {*schemas(provider).block("resource", name).names(), *places}, name


@pytest.mark.parametrize("shape", ["whole output", "one provider"])
def test_facts_are_written_from_either_shape_without_the_words(shape: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {"name": ADDRESS, **PROVIDER}
    if shape == "whole output":
        given = {"format_version": "1.0", "provider_schemas": {ADDRESS: PROVIDER}}
    source, modules = tmp_path / "s.json.gz", tmp_path / "modules"
    source.write_bytes(gzip.compress(json.dumps(given).encode()))
    modules.mkdir()
    (modules / "main.tf").write_text('resource "google_a" "this" {\n}\n')
    out, _ = facts.write(source, modules, tmp_path / "out")
    assert out == tmp_path / "out" / "google.json"
    kept = json.loads(out.read_text())
    assert kept["resource_schemas"] == {
        "google_a": {"version": 1, "block": {"attributes": {"description": {"type": "string"}}}}
    }


def test_a_type_that_the_source_lacks_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(PROVIDER))
    (tmp_path / "main.tf").write_text('data "google_c" "this" {\n}\n')
    with pytest.raises(KeyError, match="google_c"):
        facts.write(tmp_path / "s.json", tmp_path, tmp_path)


def _paths(block: Any, outer: str = "") -> set[str]:
    found = {outer + name for name in block.names()}
    for name, nested in block.blocks.items():
        found |= _paths(nested.block, f"{outer}{name}.")
    return found

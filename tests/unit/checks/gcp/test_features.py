"""The permissions that the tool tests are those that the documents name."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from cluster_provision.checks.gcp.features import USED, all_features

PAGE = Path(__file__).resolve().parents[4] / "docs" / "permissions.md"


def documented() -> set[str]:
    """What the table asks for on the project."""
    found = set()
    for line in PAGE.read_text().partition("## What the machines' account gets")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[1] == "project":
            told = cells[3].partition(";")[0] if "without" in cells[3] else cells[3]
            for code in re.findall("`([^`]+)`", told):
                found |= {each for each in expanded(code) if each.count(".") == 2}
    return found


def expanded(text: str) -> list[str]:
    """`a.{b,c}.d` is `a.b.d` and `a.c.d`."""
    parts = [part.split(",") for part in re.split(r"[{}]", text)]
    return ["".join(each) for each in itertools.product(*parts)]


def test_the_documents_and_the_table_name_the_same_permissions() -> None:
    kept = {permission for feature in all_features().values() for permission in feature.permissions}
    assert kept - documented() == set(), "missing in docs/permissions.md"
    assert documented() - kept == set(), "missing in checks/features.toml"


def test_it_is_known_when_each_feature_is_used() -> None:
    assert set(USED) == set(all_features())


def test_the_documents_name_every_service() -> None:
    services = {service for feature in all_features().values() for service in feature.services}
    assert services
    assert services <= set(re.findall("`([a-z]+)`", PAGE.read_text()))

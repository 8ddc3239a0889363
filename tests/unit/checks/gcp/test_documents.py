"""The page on the checks names them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.checks.azure.preflight import CHECKS as AZURE
from cluster_provision.checks.gcp.preflight import CHECKS as GOOGLE

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "checks.md").read_text()


@pytest.mark.parametrize(
    ("checks", "part"),
    [(GOOGLE, PAGE.partition("## On Azure")[0]), (AZURE, PAGE.partition("## On Azure")[2])],
    ids=["google", "azure"],
)
def test_each_check_has_its_row(checks, part):
    missing = [check.name for check in checks if f"\n| `{check.name}` |" not in part]
    assert missing == []

"""What an image's own list says of Terraform's providers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scripts.sbom import providers

if TYPE_CHECKING:
    from pathlib import Path

GOOGLE = "terraform-provider-google_7.45.0_linux_amd64.zip"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """One packed, as `terraform providers mirror` writes it, and one unpacked."""
    hashicorp = tmp_path / "registry.terraform.io/hashicorp"
    (hashicorp / "azurerm/5.2.0/linux_amd64").mkdir(parents=True)
    (hashicorp / "google").mkdir()
    for name in (GOOGLE, "index.json", "7.45.0.json"):
        (hashicorp / "google" / name).touch()
    return tmp_path


def test_each_provider_is_listed_with_its_version(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sbom.py", "yes"])
    assert sorted(each["purl"] for each in providers(mirror)) == [
        "pkg:github/hashicorp/terraform-provider-azurerm@v5.2.0",
        "pkg:github/hashicorp/terraform-provider-google@v7.45.0",
    ]


def test_somebodys_own_builds_are_not_called_the_makers(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sbom.py", "own"])
    assert {each["purl"].partition("/")[0] for each in providers(mirror)} == {"pkg:generic"}


def test_an_image_without_providers_lists_none(tmp_path: Path) -> None:
    assert providers(tmp_path / "none") == []

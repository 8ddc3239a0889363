"""The pages that the installation carries, and how messages name them."""

import re
from pathlib import Path

import pytest

from cluster_provision.documents.pages import FOLDER, how_to_read, linked, page
from cluster_provision.errors import SettingsError

PROJECT = Path(__file__).resolve().parents[3]
BASE = "https://example.com/docs/"


def test_without_a_name_every_page_is_listed_with_its_title() -> None:
    listed = page("")
    assert all(f"  {each.stem} " in listed for each in FOLDER.glob("*.md"))
    assert "Troubleshooting" in listed


@pytest.mark.parametrize("name", ["troubleshooting", "Troubleshooting", "docs/troubleshooting.md"])
def test_a_page_is_shown_however_it_is_named(name: str) -> None:
    assert page(name) == (PROJECT / "docs" / "troubleshooting.md").read_text().rstrip()


def test_a_page_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean troubleshooting"):
        page("trubleshooting")


def test_messages_name_pages_by_their_address_where_there_is_one() -> None:
    assert linked("see docs/capacity.md.", BASE) == "see https://example.com/docs/capacity.md."
    assert linked("see docs/capacity.md.", "") == "see docs/capacity.md."


def test_without_an_address_a_line_says_how_to_read_the_pages() -> None:
    assert how_to_read("docs/ray.md and docs/gke.md, docs/ray.md", "") == "To read them: `Docs ray`, `Docs gke`"
    assert how_to_read("docs/ray.md", BASE) == how_to_read("nothing", "") == ""


def test_every_page_that_a_message_names_is_there() -> None:
    named = {
        name
        for path in (PROJECT / "cluster_provision").rglob("*.py")
        for name in re.findall(r"\bdocs/([a-z0-9-]+)\.md\b", path.read_text())
        if "iap" not in path.parts  # whose sources are Google's documents
    }
    assert "troubleshooting" in named
    assert {name for name in named if not (FOLDER / f"{name}.md").is_file()} == set()

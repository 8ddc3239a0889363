"""The report: what it shows, and that nothing from outside becomes markup."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from cluster_provision.report_page.page import page
from cluster_provision.result import Result
from tests.unit.report_page.made import ENDED, NASTY, STARTED, result_of


class Parsed(HTMLParser):
    """The tags with their attributes, and the texts, of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def parsed(result: Result, ended: str = ENDED) -> Parsed:
    """The page of what the result is once it has been printed and read again."""
    return Parsed(page(json.loads(json.dumps(result.to_json())), ended))


def test_what_outsiders_say_adds_no_tag_no_attribute_and_no_address() -> None:
    plain, nasty = parsed(result_of(8)), parsed(result_of(8, text=NASTY))
    assert NASTY in nasty.text
    assert "49" not in nasty.text.split("onerror")[1][:30]
    # the notebooks' addresses are no http here, so they are no links
    links = [(tag, attributes) for tag, attributes in plain.tags if str(attributes.get("href")).endswith("/lab")]
    words = Counter(tag for tag, _ in plain.tags)
    words.subtract({"a": len(links), "code": -len(links)})
    assert Counter(tag for tag, _ in nasty.tags) == words
    assert {name for _, attributes in nasty.tags for name in attributes} == {
        name for _, attributes in plain.tags for name in attributes
    }
    assert not [each for each in nasty.values("href") if not each.startswith(("#", "https://"))]


def test_it_runs_no_script_and_fetches_nothing() -> None:
    seen = parsed(result_of(8))
    assert not {"script", "link", "img", "iframe", "object"}.intersection(tag for tag, _ in seen.tags)
    assert "default-src 'none'" in seen.values("content")[0]
    assert not {"src", "onload", "onclick", "onerror"}.intersection(name for _, each in seen.tags for name in each)


def test_every_link_within_the_page_leads_somewhere() -> None:
    seen = parsed(result_of(8))
    places = seen.values("id")
    inner = [each[1:] for each in seen.values("href") if each.startswith("#")]
    assert set(inner) <= set(places)
    assert len(places) == len(set(places))
    assert "finding-demo-vm-000001" in inner
    assert "fault-NHC2019" in inner


def test_a_sick_node_is_marked_with_its_gpus_findings_and_what_to_do() -> None:
    seen = parsed(result_of(8))
    cells = {each["title"]: each["class"] for tag, each in seen.tags if tag == "a" and "title" in each}
    assert cells["demo-vm-000001: unhealthy, GPU 3, 5"] == "cell bad"
    assert Counter(cells.values()) == {"cell good": 7, "cell bad": 1}
    assert seen.values("class").count("gpus") == 8
    assert seen.values("class").count("named") == 2
    assert "Reset the GPU or reboot the node" in seen.text
    assert "7 healthy, 1 unhealthy" in seen.text


def test_where_nobody_knows_how_many_gpus_there_are_those_that_findings_name_are_shown() -> None:
    result = result_of(8)
    result.gpus_per_node = None
    assert parsed(result).values("class").count("gpus") == 1


def test_without_verdicts_the_map_is_of_the_set_up() -> None:
    result = result_of(2)
    result.health = None
    assert "Set-up of the nodes" in parsed(result).text
    assert "Health of the nodes" in parsed(result_of(2)).text


def test_what_is_left_stands_with_the_command_that_deletes_it() -> None:
    seen = parsed(result_of(2))
    assert "az disk delete --name demo" in seen.text
    assert "Unhealthy, exit code 22" in seen.text


def test_the_cost_so_far_is_the_hourly_price_times_the_clusters_age() -> None:
    assert "192.22 USD" in parsed(result_of(2)).text  # 169.60 for 68 minutes, rounded up
    result = result_of(2)
    result.since = ""
    assert "so far" not in parsed(result).text
    result.price = None
    assert "USD" not in parsed(result).text


def test_steps_are_bars_at_their_times() -> None:
    styles = [each for each in parsed(result_of(1)).values("style") if each.startswith("margin-left")]
    assert styles[1] == "margin-left:0.21%;width:31.50%"  # of 480 s
    assert styles[2] == "margin-left:31.71%;width:43.75%"


def test_a_clock_that_was_set_back_keeps_bars_on_the_page() -> None:
    for style in parsed(result_of(1), ended=STARTED).values("style"):
        left, width = (float(part.partition(":")[2].rstrip("%")) for part in style.split(";"))
        assert 0 <= left <= 100
        assert left + width <= 100.01


def test_a_thousand_nodes_have_a_cell_and_a_row_each() -> None:
    seen = parsed(result_of(1000))
    assert sum(1 for tag, each in seen.tags if tag == "a" and str(each.get("class")).startswith("cell")) == 1000
    assert sum(1 for each in seen.values("id") if each.startswith("node-")) == 1000
    assert "Of 64 of 1000 nodes" in seen.text


@pytest.mark.parametrize("action", ["status", "destroy", "validate", ""])
def test_a_result_with_nothing_in_it_has_a_page(action: str) -> None:
    result: Any = Result(action)
    result.started = STARTED
    assert "8 min 0 s" in parsed(result).text

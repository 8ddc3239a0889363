"""A notebook's address is only shown once something answers there."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cluster_provision.clouds.base import Machine
from cluster_provision.errors import NotReady
from cluster_provision.node import Node, NodeRecord, NodeSummary, StepRecord
from cluster_provision.readiness.gcp import jupyter
from cluster_provision.readiness.gcp.jupyter import url_answers, wait_for_notebooks


class Records:
    """Nodes whose records say this of their notebooks; "ok" unless told otherwise."""

    def __init__(self, **jupyter: str) -> None:
        self.jupyter = jupyter

    def node_summaries(self) -> list[NodeSummary]:
        return [NodeSummary(name, "ready", "done", "1", self.jupyter.get(name, "ok")) for name in ("a", "b")]

    def node_record(self, name: str) -> NodeRecord | None:
        step = StepRecord("jupyter", "failed", tail="no module named jupyter")
        return NodeRecord(name, "1", "ready", "done", (step,))


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "REGISTRATION_SECONDS", 0.0)


def wait(nodes: list[Node], urls: dict[str, str], records: Records, good: set[str]) -> jupyter.Notebooks:
    machines = [Machine(n.name, "1", "z", proxy_url=urls.get(n.name, "")) for n in nodes]
    return wait_for_notebooks(
        nodes,
        lambda: machines,
        records,  # type: ignore[arg-type]
        0.3,
        lambda *_: None,
        lambda url: url in good,
    )


def test_the_proxys_address_is_asked() -> None:
    found = wait([Node("a")], {"a": "x.example"}, Records(), {"https://x.example/"})
    assert found.nodes[0].jupyter == "https://x.example/"


def test_an_address_that_does_not_answer_is_an_error_that_names_it() -> None:
    with pytest.raises(NotReady, match=r"a: https://x\.example/"):
        wait([Node("a")], {"a": "x.example"}, Records(), set())


def test_without_an_address_the_nodes_own_record_counts() -> None:
    found = wait([Node("a"), Node("b")], {}, Records(a="ok", b="skipped"), set())
    assert found.tunnelled == ("a",)
    assert found.without == ("b",)
    assert [n.jupyter for n in found.nodes] == [jupyter.LOCAL, ""]


def test_a_notebook_that_failed_to_start_is_an_error_with_its_reason() -> None:
    with pytest.raises(NotReady, match="a: no module named jupyter"):
        wait([Node("a")], {}, Records(a="failed"), set())


@pytest.mark.parametrize(("status", "expected"), [(200, True), (302, True), (403, True), (404, False), (504, False)])
def test_answers_that_prove_a_notebook(status: int, expected: bool) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert url_answers(f"http://127.0.0.1:{server.server_port}/") is expected


def test_an_address_counts_for_nothing_where_the_node_says_that_its_notebook_failed() -> None:
    with pytest.raises(NotReady, match="no module named jupyter"):
        wait([Node("a")], {"a": "x.example"}, Records(a="failed"), {"https://x.example/"})


def test_a_notebook_that_still_starts_is_waited_for() -> None:
    looks = iter(["running", "running", "ok"])

    class Starting(Records):
        def node_summaries(self) -> list[NodeSummary]:
            return [NodeSummary("a", "ready", "done", "1", next(looks))]

    found = wait_for_notebooks([Node("a")], list, Starting(), 60.0, lambda *_: None)  # type: ignore[arg-type]
    assert found.tunnelled == ("a",)

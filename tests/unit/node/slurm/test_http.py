"""A call of a service ends with an answer, or with why there is none."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from node.slurm_cloud.http import CallFailed, send

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def answering(text: bytes) -> Iterator[str]:
    """A server that says this to its first visitor, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def visit() -> None:
            visitor, _ = server.accept()
            with visitor:
                visitor.recv(65536)
                visitor.sendall(text)

        thread = threading.Thread(target=visit, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/it"
        thread.join(10)


@pytest.mark.parametrize("status", [200, 503])
def test_an_answer_has_its_status_and_body(status: int) -> None:
    with answering(b"HTTP/1.1 %d Word\r\nContent-Length: 2\r\n\r\nit" % status) as url:
        reply = send("GET", url, direct=True)
    assert (reply.status, reply.body, reply.headers["content-length"]) == (status, b"it", "2")


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\ncut",
        b"something else\r\n\r\n",
        b"",
    ],
    ids=["cut off", "refusal cut off", "no HTTP", "nothing"],
)
def test_what_is_no_whole_answer_is_a_failed_call_without_a_status(text: bytes) -> None:
    with answering(text) as url, pytest.raises(CallFailed) as failed:
        send("GET", url, direct=True)
    assert failed.value.status == 0

"""Names of the outside world don't exist for a node, and it learns so at once."""

from __future__ import annotations

import socket
import struct
import threading

from cluster_provision.rehearsal.machines.name_server import NameServer, refusal

# RFC 1035: id, recursion desired, one question; example.com, type A, class IN.
QUERY = struct.pack(">6H", 0xABCD, 0x0100, 1, 0, 0, 0) + b"\x07example\x03com\x00" + struct.pack(">2H", 1, 1)


def test_every_name_is_unknown() -> None:
    server = NameServer(("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.sendto(QUERY, server.server_address)
        answer = client.recv(512)
    server.shutdown()
    server.server_close()
    number, flags, questions, answers, *_ = struct.unpack(">6H", answer[:12])
    assert (number, flags & 0x8000, flags & 0xF, questions, answers) == (0xABCD, 0x8000, 3, 1, 0)
    assert answer[12:] == QUERY[12:]


def test_what_follows_the_question_is_left_out() -> None:
    assert refusal(QUERY + b"\x00\x00\x29\x10\x00") == refusal(QUERY)


def test_what_is_no_query_gets_no_answer() -> None:
    assert refusal(b"\xff" * 20) == b""
    assert refusal(b"") == b""

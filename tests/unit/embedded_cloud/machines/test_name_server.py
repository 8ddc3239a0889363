"""Names of the outside world don't exist for a node, and it learns so at once."""

from __future__ import annotations

import socket
import struct
import threading

from embedded_cloud.machines.name_server import NameServer, address_answer, name_in, refusal

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


def test_a_name_that_is_known_to_the_asker_is_told() -> None:
    known = {("127.0.0.1", "example.com"): "172.18.128.3"}
    server = NameServer(("127.0.0.1", 0), lambda asker, name: known.get((asker, name)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.sendto(QUERY, server.server_address)
        answer = client.recv(512)
    server.shutdown()
    server.server_close()
    _, flags, questions, answers, *_ = struct.unpack(">6H", answer[:12])
    assert (flags & 0xF, questions, answers) == (0, 1, 1)
    assert answer.endswith(socket.inet_aton("172.18.128.3"))


def test_a_known_name_has_no_address_of_another_kind() -> None:
    sixth = QUERY[:-4] + struct.pack(">2H", 28, 1)
    _, flags, _, answers, *_ = struct.unpack(">6H", address_answer(sixth, "172.18.128.3")[:12])
    assert (flags & 0xF, answers) == (0, 0)
    assert name_in(sixth) == "example.com"
    assert name_in(b"\xff" * 20) == ""

"""Frames of the relay are read as the protocol's text has them, and written so that peers take them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_provision.clouds.gcp.iap.frames import (
    ACK,
    CONNECTED,
    DATA,
    LONG_CLOSE,
    MOST,
    RECONNECTED,
    BrokenFrame,
    Frame,
    ack_frame,
    data_frame,
    read_frame,
)


@given(st.binary(max_size=200))
def test_data_arrives_as_it_was_sent(payload: bytes) -> None:
    assert read_frame(data_frame(payload)) == Frame(DATA, payload)


def test_the_largest_frame_is_as_long_as_peers_take() -> None:
    assert len(data_frame(b"x" * MOST)) == 6 + 16384


@pytest.mark.parametrize(
    ("message", "frame"),
    [
        (struct.pack(">HI", 1, 3) + b"abc", Frame(CONNECTED, b"abc")),
        (struct.pack(">HQ", 2, 2**40), Frame(RECONNECTED, number=2**40)),
        (struct.pack(">HQ", 7, 5), Frame(ACK, number=5)),
        (struct.pack(">HII", 10, 4033, 2) + b"no", Frame(LONG_CLOSE, b"no", 4033)),
        (struct.pack(">HI", 4, 2) + b"ab and more", Frame(DATA, b"ab")),
        (struct.pack(">H", 99) + b"whatever", Frame(99)),
    ],
    ids=["connected", "reconnected", "acknowledged", "closed", "surplus bytes", "a tag that nobody knows"],
)
def test_each_kind_of_frame_is_read(message: bytes, frame: Frame) -> None:
    assert read_frame(message) == frame


@pytest.mark.parametrize("message", [b"", b"\0", b"\0\4", struct.pack(">HI", 4, 9) + b"short", b"\0\7\0"])
def test_what_is_cut_off_is_no_frame(message: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read_frame(message)


def test_an_acknowledgement_counts_from_the_sessions_beginning() -> None:
    assert read_frame(ack_frame(2**33)) == Frame(ACK, number=2**33)

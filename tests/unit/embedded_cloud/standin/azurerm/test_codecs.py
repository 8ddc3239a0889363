"""Numbers that no float holds exactly come as text, and are numbers all the same."""

from __future__ import annotations

import pytest

from embedded_cloud.standin.azurerm.codecs import from_api, to_api
from embedded_cloud.standin.wire import decode, encode


@pytest.mark.parametrize("price", ["4.51", "1.2", "0.1", "0.00234", 0.25, 2.75, 1, 4])
def test_a_price_is_sent_as_a_number_and_read_as_it_was_configured(price: str | float) -> None:
    sent = to_api("positive", price, {})
    assert sent == float(price)
    assert not isinstance(sent, str)
    assert from_api("positive", sent, {}) == price
    assert decode(encode(price)) == price


@pytest.mark.parametrize("price", [-1, "-0.1", 0])
def test_no_price_is_not_sent(price: str | float) -> None:
    assert to_api("positive", price, {}) is None

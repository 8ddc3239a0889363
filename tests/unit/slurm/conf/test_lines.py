"""Values are written so that Slurm's parser reads them back, or not at all."""

from __future__ import annotations

import pytest

from cluster_provision.errors import UnexpectedError
from cluster_provision.slurm.conf.lines import line, pair


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a=b,c", "Key=a=b,c"),
        ("/bin/systemctl reboot", 'Key="/bin/systemctl reboot"'),
        ("a#b", "Key=a\\#b"),
        ("a\\b", "Key=a\\\\b"),
    ],
)
def test_blanks_are_quoted_and_hashes_and_backslashes_are_hidden(value: str, written: str) -> None:
    assert pair("Key", value) == written


@pytest.mark.parametrize(
    ("key", "value"), [("Key", ""), ("Key", 'a"b'), ("Key", "a\nb"), ("Key", "a\tb"), ("Key Two", "a"), ("", "a")]
)
def test_what_would_be_read_as_something_else_is_never_written(key: str, value: str) -> None:
    with pytest.raises(UnexpectedError):
        pair(key, value)


def test_pairs_without_a_value_are_left_out_of_a_line() -> None:
    assert line(("A", "1"), ("B", ""), ("C", "2")) == "A=1 C=2"

"""For which release a plug-in was built, by its own symbol."""

from __future__ import annotations

import pytest

from cluster_provision.checks.existing.debian_package import plugin_release
from cluster_provision.slurm.release import Release
from tests.unit.checks.existing.package_server import plugin


@pytest.mark.parametrize(("version", "release"), [(0x160508, Release(22, 5)), (0x180B05, Release(24, 11))])
def test_the_release_is_the_symbols_value_without_its_last_part(version: int, release: Release) -> None:
    assert plugin_release(plugin(version)) == release


@pytest.mark.parametrize("text", [b"", b"\x7fELF\x02\x01", b"#!/bin/sh\n", plugin(7, b"other"), plugin(0x160508)[:100]])
def test_what_says_no_release_has_none(text: bytes) -> None:
    assert plugin_release(text) is None

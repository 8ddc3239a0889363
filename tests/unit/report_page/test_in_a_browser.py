"""The report in a headless Chromium: nothing overlaps, everything can be read, dark and light, on a telephone too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.report_page.page import page
from tests.unit.report_page.browser import BROWSER, look
from tests.unit.report_page.made import ENDED, NASTY, result_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here: scripts/browser.sh installs it on Debian"),
]

WIDE, TELEPHONE = 1100, 400


@pytest.mark.parametrize(
    ("nodes", "width", "dark"), [(1, WIDE, False), (8, TELEPHONE, True), (1000, WIDE, True), (1000, TELEPHONE, False)]
)
def test_nothing_overlaps_and_everything_can_be_read(tmp_path: Path, nodes: int, width: int, *, dark: bool) -> None:
    seen = look(page(result_of(nodes).to_json(), ENDED), tmp_path, width=width, dark=dark)
    assert (seen.dark, seen.width) == (dark, width)
    assert seen.texts > 7 * nodes
    assert (seen.overlaps, seen.faint, seen.wider) == ([], [], 0)


def test_long_words_from_outside_spoil_nothing(tmp_path: Path) -> None:
    seen = look(page(result_of(8, text=NASTY + "x" * 300).to_json(), ENDED), tmp_path, width=TELEPHONE, dark=False)
    assert (seen.overlaps, seen.wider) == ([], 0)


def test_what_overlaps_is_faint_or_too_wide_is_seen(tmp_path: Path) -> None:
    spoilt = "</style><style>.card b { margin-top: -1rem } .quiet { color: #ccc } h2 { width: 120vw }</style>"
    html = page(result_of(1).to_json(), ENDED).replace("</style>", spoilt)
    seen = look(html, tmp_path, width=WIDE, dark=False)
    assert ["nodes ready", "1 of 1"] in seen.overlaps
    assert any(text.startswith("began ") or "began " in text for text in seen.faint)
    assert seen.wider > 0

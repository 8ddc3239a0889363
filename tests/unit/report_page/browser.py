"""A headless Chromium that lays a page out and says what a reader would stumble over."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""scripts/browser.sh installs it; None where there is none."""

SCRIPT = Path(__file__).with_name("look.js")
POLICY = re.compile(r"default-src 'none'; style-src 'unsafe-inline'")
SECONDS = 120


@dataclass(frozen=True)
class Seen:
    """What the browser saw: `texts` is how many pieces of text there are. `overlaps` are pairs of them, `faint` those
    with a contrast below 4.5 (WCAG 2.2, 1.4.3), and `wider` how many pixels the page is wider than its window."""

    dark: bool
    width: int
    texts: int
    overlaps: list[list[str]]
    faint: list[str]
    wider: int


def look(html: str, folder: Path, *, width: int, dark: bool) -> Seen:
    """Lay the page out in a window of so many pixels. The page's own policy lets no script run, so it goes first."""
    assert BROWSER is not None
    assert len(POLICY.findall(html)) == 1
    open_to_look = POLICY.sub("default-src 'unsafe-inline'", html)
    file = folder / "page.html"
    file.write_text(open_to_look.replace("</body>", f"<script>{SCRIPT.read_text()}</script></body>"))
    command = [
        BROWSER,
        "--no-sandbox",  # as root, and the page is our own
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},2000",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        "--dump-dom",
        file.as_uri(),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    found = re.search(r"<title>(\{.*\})</title>", ran.stdout)
    assert found, ran.stderr
    return Seen(**json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")))

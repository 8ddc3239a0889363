"""A long page's table of contents: a line of links to its sections, kept by `make docs`."""

from __future__ import annotations

import re

FEWEST_WORDS = 1500
"""Of a page that gets one."""
SECTIONS = range(5, 41)
"""How many it has; a page with more is searched, not read: docs/troubleshooting.md, by message."""
_BEGIN, _END = "<!-- Contents, made by `make docs`. -->\n", "\n<!-- End of the contents. -->\n\n"
_THERE = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def with_contents(text: str) -> str:
    """The page with its contents before its first section, where it is long; without where it isn't."""
    page = _THERE.sub("", text)
    titles = re.findall(r"^## (.+)$", _CODE.sub("", page), re.MULTILINE)
    if len(page.split()) < FEWEST_WORDS or len(titles) not in SECTIONS:
        return page
    links = " · ".join(f"[{_plain(title)}](#{anchor(title)})" for title in titles)
    before, first, after = page.partition(f"## {titles[0]}\n")
    return f"{before}{_BEGIN}{links}\n{_END}{first}{after}"


def anchor(title: str) -> str:
    """What GitHub calls a heading in links."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _plain(title: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)

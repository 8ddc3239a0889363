"""The pages of docs/: shown by the action Docs, and named in messages by an address that leads there."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from cluster_provision.errors import MachineError, SettingsError

FOLDER = Path(__file__).resolve().parents[2] / "docs"
NAMED = re.compile(r"\bdocs/([a-z0-9-]+)\.md\b")


def page(name: str) -> str:
    """The page of this name as it was written, in Markdown; without a name, the list of all.

    Raises SettingsError with the nearest names for one that isn't there.
    """
    titles = _titles()
    wanted = name.strip().casefold().removeprefix("docs/").removesuffix(".md")
    if not wanted:
        width = max(map(len, titles))
        listed = "\n".join(f"  {each:<{width}}  {title}" for each, title in titles.items())
        return f"The pages, each of which `Docs <page>` shows:\n{listed}"
    if wanted not in titles:
        near = difflib.get_close_matches(wanted, titles, n=3) or [each for each in titles if wanted in each]
        told = f"; did you mean {' or '.join(near)}?" if near else ""
        raise SettingsError((f"there is no page {wanted}{told}",), "`Docs` lists all pages.", where="")
    return (FOLDER / f"{wanted}.md").read_text(encoding="utf-8").rstrip()


def linked(text: str, base: str) -> str:
    """The text with each page named by its address below `base`; as it is where that is empty."""
    if not base.strip():
        return text
    return NAMED.sub(lambda found: f"{base.strip().rstrip('/')}/{found[1]}.md", text)


def how_to_read(text: str, base: str) -> str:
    """A line on how to read the pages that a message names; empty where it names none, or `base` leads to them."""
    named = dict.fromkeys(NAMED.findall(text))
    if not named or base.strip() or not FOLDER.is_dir():
        return ""
    return f"To read {'it' if len(named) == 1 else 'them'}: " + ", ".join(f"`Docs {each}`" for each in named)


def _titles() -> dict[str, str]:
    """The pages' headings by their names."""
    if not FOLDER.is_dir():
        raise MachineError(f"this installation carries no documents: {FOLDER} is not there", "Take the whole image.")
    return {each.stem: _title(each) for each in sorted(FOLDER.glob("*.md"))}


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")

"""Every command line in the documents is as its program takes it, and does no more than it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_lines.rules import check, is_mention
from tests.command_lines.texts import command_lines

PROJECT = Path(__file__).parents[3]
DOCUMENTS = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")])
LINES = [(document.name, line) for document in DOCUMENTS for line in command_lines(document.read_text())]


@pytest.mark.parametrize(("document", "line"), LINES, ids=lambda text: text[:60])
def test_a_line_of_a_document_is_as_its_program_takes_it(document: str, line: str) -> None:
    assert is_mention(line) or check(line), document


def test_lines_are_found_in_blocks_and_in_sentences() -> None:
    documents = {document for document, _ in LINES}
    assert {"gke.md", "troubleshooting.md", "node-status.md", "azure-permissions.md"} <= documents
    assert len(LINES) > 50

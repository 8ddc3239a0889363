"""A GPU that hangs, hangs whoever asks its driver: each such call on the nodes has a limit."""

from __future__ import annotations

import re

from tests.unit.node.trial import NODE_FOLDER

CALL = re.compile(r"^(.*)\b(?:nvidia-smi|dcgmi) (?:-L|--persistence-mode|diag|discovery)", re.MULTILINE)


def test_the_driver_is_asked_within_a_limit() -> None:
    texts = "\n".join(file.read_text() for file in sorted(NODE_FOLDER.rglob("*.sh")))
    before = CALL.findall(texts)
    assert before
    assert [words for words in before if not re.search(r"\b(timeout|limited) \S+ $", words)] == []

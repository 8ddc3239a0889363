"""What of an inventory no message may show, and what stands in a password's place until somebody replaces it."""

from __future__ import annotations

import re

_SECRET_NAME = re.compile("pass|secret|token|credential|vault|private_key$|hash|api_?key", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(also)?_?replace.*|change[ _-]?(me|it|this|now|password).*"
    r"|(put|insert|enter|set)[ _-]?(your|a|the|my)?[ _-]?pass.*"
    r"|(your|my)[ _-].*(here|pass|secret).*|.*password[ _-]?here|your[ _-]?password.*|fix[ _-]?me.*|todo.*|tbd"
    r"|place[ _-]?holder|dummy|x{3,}|[*.?-]+|<.*>|\[.*\]|\$\{.*\}|none|null",
    re.IGNORECASE | re.DOTALL,
)


def is_secret_name(name: str) -> bool:
    """Whether a variable of this name may hold something secret."""
    return _SECRET_NAME.search(name) is not None


def is_placeholder(text: str) -> bool:
    """Whether the text stands where a password is to be written."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None

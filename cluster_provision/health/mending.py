"""What is done about machines of a cloud whose checks have found something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Mending:
    """`logs` are the checks' own on a machine, and `cloud` has the physical machines repaired. `renewal` says in words
    how a node is replaced; `replacement` returns the command that does it to the node of a name, empty for none."""

    cloud: str
    logs: tuple[str, ...]
    renewal: str
    replacement: Callable[[str], str]

"""A made-up root folder, which stands for / to whatever looks at a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from node import facts
from node.looks import accounts, hardware, network, reading, software, system

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Machine:
    """The machine's files below `root`; `says` are what its programs answer, by name."""

    root: Path
    says: dict[str, tuple[int, str]]

    def write(self, path: str, text: str) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path, {})

    def output(*command: str) -> dict[str, object]:
        code, out = made.says.get(command[0], (127, ""))
        return {"exit": code, "out": out, "err": "" if code != 127 else f"{command[0]}: no such program"}

    for module in (accounts, hardware, network, reading, software, system, facts):
        monkeypatch.setattr(module, "ROOT", str(tmp_path))
        monkeypatch.setattr(module, "output", output, raising=False)
    monkeypatch.setattr(software.shutil, "which", lambda name: f"/usr/bin/{name}" if name in made.says else None)
    return made

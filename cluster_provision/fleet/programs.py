"""The tool's own programs for machines (node/*.py), each as one text that runs there by itself."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACTS, APPLY, STORE = "facts", "apply", "store"

RUN = """
import sys, types
for name in {packages!r}:
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = []
for name, path, text in {modules!r}:
    module = sys.modules[name] = types.ModuleType(name)
    module.__file__ = path
    exec(compile(text, path, "exec"), module.__dict__)
exec(compile({main!r}, {path!r}, "exec"), {{"__name__": "__main__"}})
"""


@cache
def program_text(name: str) -> str:
    """The text of node/<name>.py with the modules of node/ that it imports, directly or not.

    It needs Python's own library alone.
    """
    path = f"node/{name}.py"
    main = (ROOT / path).read_text(encoding="utf-8")
    modules: dict[str, tuple[str, str]] = {}
    _add_imports(main, modules)
    parents = {".".join(each.split(".")[:depth]) for each in modules for depth in range(1, each.count(".") + 1)}
    found = [(each, path, text) for each, (path, text) in modules.items()]
    return RUN.format(packages=sorted(parents), modules=found, main=main, path=path)


def _add_imports(text: str, modules: dict[str, tuple[str, str]]) -> None:
    """Add the modules that the text imports, each after those that it imports itself."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("node."):
            continue
        name = node.module or ""
        if name not in modules:
            path = f"{name.replace('.', '/')}.py"
            own = (ROOT / path).read_text(encoding="utf-8")
            _add_imports(own, modules)
            modules[name] = (path, own)

"""Finds the texts of the product's source that name a command of one of the programs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLE = "{}"
COMMAND = re.compile(r"(?<![\w./~$-])(?P<program>gcloud|gsutil|kubectl|az|terraform|ssh) (?P<rest>[a-z{-][^\n`]*)")
STARTS = {True: re.compile(r"(?:^ *|\n {2,}|`|&& )$"), False: re.compile(r"(?:\n {2,}|`|&& )$")}


@dataclass(frozen=True)
class Text:
    """A text of a module; in the place of each value that is filled in stands HOLE."""

    module: str
    line: int
    template: str

    @property
    def whole(self) -> bool:
        """Whether nothing is filled in: then it is printed as it stands."""
        return HOLE not in self.template


@dataclass(frozen=True)
class Named:
    """A command that a text names. `placed`: it begins where a line or a span of code does."""

    text: Text
    program: str
    head: str
    placed: bool


def texts(folder: Path) -> Iterator[Text]:
    """Every text of the modules below a folder but their docstrings; templates whole, but for scripts, which their own
    tests run."""
    for path in sorted(folder.rglob("*.py")):
        module = path.relative_to(folder.parent).as_posix()
        tree = ast.parse(path.read_text())
        for node in _outermost(tree, _docstrings(tree)):
            yield Text(module, node.lineno, _template(node))
    for path in sorted(path for path in folder.rglob("*.j2") if not path.name.endswith(".sh.j2")):
        text = re.sub(r"\{\{.*?\}\}", HOLE, re.sub(r"\{%.*?%\}\n?", "", path.read_text()))
        yield Text(path.relative_to(folder.parent).as_posix(), 1, text)


def named_in(text: Text) -> Iterator[Named]:
    """The commands that it names, by the words that are known before anything is filled in."""
    for found in COMMAND.finditer(text.template):
        if _is_speech(found, text.template):
            continue
        known = found["rest"].partition(HOLE)[0]
        head = re.match(r"(?:[a-z-]+ ?)*", known)
        placed = bool(STARTS[True].search(text.template[: found.start()]))
        yield Named(text, found["program"], head[0].strip() if head else "", placed)


def _is_speech(found: re.Match[str], template: str) -> bool:
    """Of ssh and Terraform messages tell by name: `ssh to a node`, `terraform apply failed`."""
    if found["program"] == "ssh":
        return found["rest"][0] not in "-{"
    return found["program"] == "terraform" and not STARTS[False].search(template[: found.start()])


def _docstrings(tree: ast.AST) -> set[int]:
    """The texts that stand by themselves, for whoever reads the code."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _outermost(node: ast.AST, docstrings: set[int]) -> Iterator[ast.JoinedStr | ast.Constant]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant):
            if isinstance(child.value, str) and id(child) not in docstrings:
                yield child
        elif isinstance(child, ast.JoinedStr):
            yield child
            for part in child.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _outermost(part, docstrings)
        else:
            yield from _outermost(child, docstrings)


def _template(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)

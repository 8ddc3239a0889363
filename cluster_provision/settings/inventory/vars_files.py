"""Reads group_vars and host_vars beside an inventory, as ansible-core 2.19 does (plugins/vars/host_group_vars.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.settings.inventory.model import Place, Remark, Variable
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ENDINGS = ("", ".yml", ".yaml", ".json")
_VAULT = "$ANSIBLE_VAULT;"
NOT_UTF8 = "the file is not UTF-8; save it as that, with `iconv -f WINDOWS-1252 -t UTF-8` or in an editor"
MOST_BYTES = 4 * 1024 * 1024
DEEPEST = 8


@dataclass
class VarsFiles:
    """The variables of one of the two folders, by host or group, later files over earlier ones."""

    variables: dict[str, dict[str, Variable]] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def read_vars_files(folder: Path, names: Iterable[str], kind: str) -> VarsFiles:
    """Return the variables in `folder`, which is group_vars or host_vars; `kind` is the word for one of `names`.

    Of a name's files the first counts: without an ending, then .yml, .yaml and .json. It may be a folder, whose files
    are all read, in order. What belongs to none of `names` isn't read, and is noted.
    """
    found = VarsFiles()
    try:
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as failure:
        found.problems.append(Remark(Place(folder.name), f"the folder can't be read: {failure.strerror}"))
        return found
    taken: set[Path] = set()
    every = tuple(dict.fromkeys(names))
    for name in every:
        if not name or "/" in name or name.startswith("."):
            continue
        there = [path for path in (folder / f"{name}{ending}" for ending in _ENDINGS) if path.exists()]
        taken.update(there)
        if there:
            variables = found.variables.setdefault(name, {})
            for path in _files(there[0], 0):
                variables |= _read(path, f"{folder.name}/{path.relative_to(folder)}", found)
        for beside in there[1:]:
            text = f"isn't read, since {there[0].name} stands beside it, and Ansible reads the first of the two alone"
            found.notes.append(Remark(Place(f"{folder.name}/{beside.name}"), text))
    found.notes += [_unread(path, folder, kind, every) for path in entries if path not in taken and _looks_meant(path)]
    return found


def _unread(path: Path, folder: Path, kind: str, names: Iterable[str]) -> Remark:
    stem = path.name if path.is_dir() else path.stem if path.suffix in _ENDINGS else path.name
    advice = "move its lines to group_vars/all.yml, or name it after a group of the inventory"
    where = advice if kind == "group" else "name the file after a host"
    if alike := next((name for name in names if name.replace("_", "-") == stem.replace("_", "-")), ""):
        where = f"rename it to {path.name.replace(stem, alike, 1)}"
    text = f"isn't read, as Ansible wouldn't: the inventory has no {kind} {shown(stem)}; {where}"
    return Remark(Place(f"{folder.name}/{path.name}"), text)


def _looks_meant(path: Path) -> bool:
    """Whether somebody may think that Ansible reads it; not for backups and read-mes."""
    hidden = path.name.startswith(".") or path.name.endswith("~") or path.stem.upper() == "README"
    return not hidden and (path.is_dir() or path.suffix in _ENDINGS)


def _files(path: Path, depth: int) -> list[Path]:
    """Return the files of an entry: itself, or all below it in Ansible's order."""
    if not path.is_dir():
        return [path]
    if depth >= DEEPEST:
        return []
    found: list[Path] = []
    for each in sorted(path.iterdir(), key=lambda one: one.name):
        if each.name.startswith(".") or each.name.endswith("~"):
            continue
        if each.is_dir():
            found += _files(each, depth + 1) if not each.suffix else []
        elif each.suffix in _ENDINGS:
            found.append(each)
    return found


def _read(path: Path, name: str, found: VarsFiles) -> dict[str, Variable]:
    """Return the variables of one file, none where it can't be read."""
    text = _text(path, name, found)
    if text.lstrip().startswith(_VAULT):
        found.notes.append(Remark(Place(name), "the whole file is encrypted with ansible-vault: none of it is used"))
        return {}
    return _variables(text, name, found) if text.strip() else {}


def _text(path: Path, name: str, found: VarsFiles) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise OSError(0, f"it has more than {MOST_BYTES} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        found.problems.append(Remark(Place(name), f"the file can't be read: {failure.strerror}"))
    except UnicodeDecodeError:
        found.problems.append(Remark(Place(name), NOT_UTF8))
    return ""


def _variables(text: str, name: str, found: VarsFiles) -> dict[str, Variable]:
    from cluster_provision.settings.inventory.yaml_nodes import BadYaml, Document, is_empty

    variables: dict[str, Variable] = {}
    try:
        document = Document(text)
        if is_empty(document.root):
            return {}
        for key, line, node in document.pairs(document.root):
            variables[str(key)] = Variable(str(key), document.value(node), Place(name, line))
    except BadYaml as bad:
        found.problems.append(Remark(Place(name, bad.line), bad.text))
        return {}
    for line, key in document.doubles:
        remark = f"{shown(key)} stands twice in one map; the last one counts, as in Ansible"
        found.notes.append(Remark(Place(name, line), remark))
    return variables

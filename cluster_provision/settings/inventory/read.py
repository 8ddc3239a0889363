"""Reads an Ansible inventory with the group_vars and host_vars beside it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from cluster_provision.settings.inventory.ini import read_ini
from cluster_provision.settings.inventory.model import Source
from cluster_provision.settings.inventory.precedence import put_together
from cluster_provision.settings.inventory.vars_files import NOT_UTF8, read_vars_files

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.settings.inventory.model import Inventory

_YAML_ENDINGS = (".yml", ".yaml", ".json")
_YAML_LINE = re.compile(r"---(\s.*)?|['\"]?[A-Za-z_][\w-]*['\"]?:(\s.*)?|\{.*")
_VAULT = "$ANSIBLE_VAULT;"


def read_inventory(path: Path) -> Inventory:
    """Return the inventory in a readable file. Nothing is raised: every problem and note is in it."""
    source = _source(path)
    folder = path.resolve().parent
    group_vars = read_vars_files(folder / "group_vars", ("all", *source.groups, "ungrouped"), "group")
    host_vars = read_vars_files(folder / "host_vars", source.hosts, "host")
    return put_together(source, group_vars, host_vars)


def _source(path: Path) -> Source:
    source = Source(path.name)
    try:
        text, line = _decoded(path.read_bytes())
    except OSError as failure:
        source.problem(0, f"the file can't be read: {failure.strerror}")
        return source
    if line:
        source.problem(line, NOT_UTF8)
        return source
    if text.startswith("#!"):
        source.problem(1, "the file is a program, which isn't run; write its hosts out: ansible-inventory --list -y")
    elif text.lstrip().startswith(_VAULT):
        source.problem(1, "the file is encrypted with ansible-vault, and can't be read: mount it decrypted")
    elif path.suffix == ".toml":
        source.problem(0, "Ansible's TOML form isn't read; write it as INI or YAML: ansible-inventory --list -y")
    elif _is_yaml(path, text):
        from cluster_provision.settings.inventory.yaml_form import read_yaml

        return read_yaml(text, path.name)
    else:
        return read_ini(text, path.name)
    return source


def _decoded(data: bytes) -> tuple[str, int]:
    """Return the text, and 0 or the first line that isn't UTF-8. As for Ansible, comments may be in any encoding."""
    try:
        return data.decode("utf-8-sig"), 0
    except UnicodeDecodeError:
        pass
    found: list[str] = []
    for number, line in enumerate(data.removeprefix(BOM_UTF8).split(b"\n"), start=1):
        try:
            found.append(line.decode("utf-8", "replace" if line[:1] in (b"#", b";") else "strict"))
        except UnicodeDecodeError:
            return "", number
    return "\n".join(found), 0


def _is_yaml(path: Path, text: str) -> bool:
    """Whether the file is YAML: by its ending, else by its first line that is no comment."""
    if path.suffix in _YAML_ENDINGS:
        return True
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith(("#", ";"))), "")
    return path.suffix != ".ini" and _YAML_LINE.fullmatch(first) is not None

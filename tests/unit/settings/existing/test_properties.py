"""Generated environments and inventories: nothing but SettingsError ever comes out, and nothing secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import EXISTING, GCP
from scripts.documents.schema import properties_of
from tests.unit.settings.existing.conftest import MANDATORY

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = {name: p["pattern"] for name, p in properties_of(EXISTING).items() if "pattern" in p and name != "ACTION"}
EXAMPLES = [p.declaration.example for p in EXISTING.parameters]
SIGNS = [*"{}[]()\"'\\=:,;/@% \n\t.-_*&?#!|>", "..", "~", "0", "-1", "[1-3]", "10.0.0.1", "::1", "fe80::1%a", "\udc80"]
WORDS = ["yes", "slurm", "ray", "node1", "NODE1.example.org", "root@", "<name>", "/etc", "*(rw)", "Nodes=ALL"]
PIECES = st.sampled_from([*EXAMPLES, *SIGNS, *WORDS])
TEXTS = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=40), PIECES)
NAMES = st.sampled_from(sorted({*EXISTING.names, *GCP.names} - {"CLOUD"}))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([{"CLOUD": "existing"}, MANDATORY, MANDATORY]), st.dictionaries(NAMES, TEXTS, max_size=8))
def test_any_environment_gives_settings_or_one_error_of_plain_lines(base, others):
    environ = {**base, **others}
    try:
        loaded = load(environ, "Create")
    except SettingsError as failure:
        lines = failure.problems
        assert lines
    else:
        lines = loaded.notes
        assert all(
            re.search(PATTERNS[name], text) for name, text in environ.items() if text.strip() and name in PATTERNS
        )
    assert all(line.isprintable() for line in lines)


LINES = [
    "[slurm-master]",
    "[slurm-node]",
    "[slurm-node:children]",
    "[slurm_nfs]",
    "[all:vars]",
    "[a:b",
    "a",
    "n[1:3]",
    "n[1-3]",
    "b ansible_host=10.0.0.1 ansible_user=x",
    "c ansible_password='CANARY x' v = 3",
    "ansible_password=CANARY",
    "ansible_password: CANARY",
    "[x] ansible_password=CANARY",
    "[x ansible_password = CANARY",
    "ansible_password CANARY",
    "ansible_ssh_common_args='-o ProxyCommand=\"ssh -W %h:%p j\"'",
    "nfs_exports=[{'path': '/e', 'options': '*(rw)'}]",
    "nfs_mounts=[{'path': '{{ p }}', 'server': '{{ groups.a[0] }}', 'mountpoint': '/m'}]",
    "slurm_allow_ssh_user={{ ansible_user }}",
    "---",
    "all:",
    "  children:",
    "    slurm_node:",
    "      hosts:",
    "        n[1:2]:",
    "        x: {ansible_host: !vault CANARY}",
    "# comment",
]
INVENTORIES = st.lists(st.one_of(st.sampled_from(LINES), st.lists(PIECES, max_size=4).map("".join)), max_size=14)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inventories")


@settings(max_examples=150, deadline=None)
@given(lines=INVENTORIES, name=st.sampled_from(["inventory", "hosts.yml", "hosts.ini"]))
def test_any_inventory_gives_settings_or_one_error_of_plain_lines_without_a_secret(folder, lines, name):
    path = folder / name
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    try:
        loaded = load({"CLOUD": "existing", "NAME_PREFIX": "vega", "INVENTORY": str(path)}, "Create")
        found, shown = loaded.notes, repr(loaded)
    except SettingsError as failure:
        found, shown = failure.problems, ""
        assert found
    assert all(line.isprintable() for line in found)
    assert "CANARY" not in shown + "".join(found)

"""docs/from-the-scripts.md: every line of the scripts' config file has its line here, which works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import AZURE
from scripts.documents.values import default_of
from tests.unit.settings.azure.conftest import MANDATORY
from tests.unit.settings.public_key import PUBLIC_KEY

PAGE = (Path(__file__).resolve().parents[4] / "docs/from-the-scripts.md").read_text()
# example-config.env, in its order
OLD_NAMES = [
    *("RESOURCE_GROUP", "VMSS_NAME", "LOCATION", "SKU", "IMAGE", "INSTANCE_COUNT"),
    *("VM_NAME_PREFIX", "ADMIN", "ORCH_MODE", "SSH_PATH", "CLOUD_INIT", "TAGS"),
]
_LINES = [line for line in PAGE.splitlines() if line.startswith("| `")]
ROWS = {
    re.findall("`([A-Z_]+)=", line)[0]: [cell.strip() for cell in line.strip("|").split("|")]
    for line in _LINES
    if re.match("[|] `[A-Z_]+=", line)
}


def here(name: str, folder: Path) -> str:
    """The value that the page has for the env file, with files that are there."""
    value = re.findall("`[A-Z_]+=([^`]*)`", ROWS[name][1])[0]
    files = {"SSH_PATH": PUBLIC_KEY, "CLOUD_INIT": "#cloud-config\n"}
    if name not in files:
        return value
    (folder / name).write_text(files[name])
    return str(folder / name)


def test_every_line_of_the_config_file_has_its_row():
    assert list(ROWS) == OLD_NAMES
    assert all(len(row) == 5 for row in ROWS.values())


@pytest.mark.parametrize("name", OLD_NAMES)
def test_the_line_for_the_env_file_works(name, tmp_path):
    assert load({**MANDATORY, name: here(name, tmp_path)}, "Create")


def test_the_lines_together_are_a_cluster(tmp_path):
    given = {name: here(name, tmp_path) for name in OLD_NAMES}
    found = load({"CLOUD": "azure", "SUBSCRIPTION_ID": MANDATORY["SUBSCRIPTION_ID"], **given}, "Create").settings
    assert (found.name_prefix, found.vmss_name, found.resource_group) == ("vmss", "vmss", "vmss-rg")
    assert (found.orch_mode, found.tags) == ("flexible", {"Owner": "me", "Project": "x"})


@pytest.mark.parametrize("name", OLD_NAMES)
def test_the_default_in_the_table_is_the_declared_one(name):
    assert ROWS[name][3].replace("&lt;", "<") == default_of(AZURE.names[name])


@pytest.mark.parametrize("name", [name for name in OLD_NAMES if '"' in ROWS[name][0]])
def test_the_old_line_as_it_stands_is_refused_with_what_is_wrong(name):
    old = re.findall("`[A-Z_]+=([^`]*)`", ROWS[name][0])[0]
    with pytest.raises(SettingsError) as failure:
        load({**MANDATORY, name: old}, "Create")
    (problem,) = failure.value.problems
    assert problem.startswith(name) and ("literal quotes" in problem or "TAGS=Owner=me,Project=x" in problem)

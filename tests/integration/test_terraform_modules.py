"""The Terraform modules, as far as they can be checked without a provider."""

from __future__ import annotations

import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from cluster_provision.settings.declared.gcp.cluster import MOST_INSTANCES
from tests.unit.node.trial import END, startup_script

REPOSITORY = Path(__file__).parents[2]
TERRAFORM = REPOSITORY / "terraform"
NODE = REPOSITORY / "node"
ROOTS = sorted(path.parent for path in TERRAFORM.glob("*/*/versions.tf") if path.parts[-4] == "terraform")
MODULES = sorted(path.parent for path in TERRAFORM.glob("modules/*/*/versions.tf"))
BLOCK = re.compile(r"^([a-z]+) ", re.MULTILINE)
WORLD = re.compile(r'"(0\.0\.0\.0/0|::/0|allUsers|allAuthenticatedUsers)"')


def blocks(text: str, kind: str) -> dict[str, str]:
    """The top-level blocks of `kind` in formatted HCL: their labels, joined by dots, to their text."""
    found = re.findall(rf'^{kind} ((?:"[^"]+" ?)+){{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL)
    return {".".join(re.findall(r'"([^"]+)"', labels)): body for labels, body in found}


def text_of(folder: Path) -> str:
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))


def test_there_are_roots_and_modules() -> None:
    roots = [root.relative_to(TERRAFORM).as_posix() for root in ROOTS]
    assert roots == ["azure/slurm", "azure/vmss", "gcp/gke", "gcp/slurm", "gcp/vms"]
    assert len(MODULES) >= 6


def test_everything_is_formatted() -> None:
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-diff", str(TERRAFORM)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ROOTS + MODULES, ids=lambda folder: folder.name)
def test_each_folder_keeps_what_it_takes_and_gives_apart_from_what_it_makes(folder: Path) -> None:
    allowed = {"variables.tf": {"variable"}, "outputs.tf": {"output"}, "versions.tf": {"terraform", "provider"}}
    files = {path.name: set(BLOCK.findall(path.read_text())) for path in folder.glob("*.tf")}
    assert allowed.keys() < files.keys()
    for name, kinds in files.items():
        assert kinds <= allowed.get(name, {"locals", "module", "resource", "data"}), name


@pytest.mark.parametrize("folder", ROOTS + MODULES, ids=lambda folder: folder.name)
def test_variables_and_outputs_are_typed_and_described(folder: Path) -> None:
    variables = blocks(text_of(folder), "variable")
    assert variables
    for name, body in variables.items():
        assert re.search(r"^  type +=", body, re.MULTILINE), f"variable {name} has no type"
        assert re.search(r"^  description +=", body, re.MULTILINE), f"variable {name} has no description"
    outputs = blocks(text_of(folder), "output")
    assert outputs
    for name, body in outputs.items():
        assert re.search(r"^  description +=", body, re.MULTILINE), f"output {name} has no description"


@pytest.mark.parametrize("folder", ROOTS + MODULES, ids=lambda folder: folder.name)
def test_nothing_is_open_to_the_world(folder: Path) -> None:
    assert not WORLD.search(text_of(folder))


@pytest.mark.parametrize("folder", ROOTS + MODULES, ids=lambda folder: folder.name)
def test_no_template_reads_a_script_or_a_users_value(folder: Path) -> None:
    assert "templatefile" not in text_of(folder)
    assert "templatestring" not in text_of(folder)


@pytest.mark.parametrize("root", ROOTS, ids=lambda folder: folder.name)
def test_the_lock_file_holds_for_the_version_that_is_asked_for(root: Path) -> None:
    versions, lock = (root / "versions.tf").read_text(), (root / ".terraform.lock.hcl").read_text()
    asked = re.findall(r'source += "(hashicorp/[a-z]+)"\s+version += "= ([0-9.]+)"', versions)
    locked = re.findall(r'provider "registry.terraform.io/(hashicorp/[a-z]+)" {\s+version += "([0-9.]+)"', lock)
    assert len(asked) == 1
    assert asked == locked
    hashes = re.findall(r'^    "((?:h1:[A-Za-z0-9+/]{43}=)|(?:zh:[0-9a-f]{64}))",$', lock, re.MULTILINE)
    assert len(hashes) == lock.count('    "') > 10


@pytest.mark.parametrize("root", ROOTS, ids=lambda folder: folder.name)
def test_a_root_has_no_backend_of_its_own(root: Path) -> None:
    assert "backend" not in blocks(text_of(root), "terraform") and 'backend "' not in text_of(root)


def test_the_new_networks_subnet_holds_the_largest_group() -> None:
    text = (TERRAFORM / "modules/gcp/network_new/main.tf").read_text()
    network = re.search(r'^  range += "(.+)"$', text, re.MULTILINE)
    subnet = re.search(r"^  subnet += cidrsubnet\(local.range, (\d+), 0\)$", text, re.MULTILINE)
    assert network and subnet
    size = ip_network(network[1]).prefixlen + int(subnet[1])
    # Google keeps four addresses of a subnet for itself: https://cloud.google.com/vpc/docs/subnets
    assert 2 ** (32 - size) - 4 >= MOST_INSTANCES


def test_what_users_write_is_sensitive_on_its_whole_way() -> None:
    for folder in (TERRAFORM / "gcp/vms", TERRAFORM / "modules/gcp/instance_template"):
        variables = blocks((folder / "variables.tf").read_text(), "variable")
        for name in ("metadata", "startup_command"):
            assert re.search(r"^  sensitive\s+= true", variables[name], re.MULTILINE), f"{folder.name}: {name}"


def test_every_file_of_the_bootstrap_is_in_the_startup_script_once() -> None:
    order = (NODE / "gcp/order").read_text().split()
    files = [path.relative_to(NODE).as_posix() for path in NODE.rglob("*.sh")]
    apart = ("azure/", "slurm/", "opt/", "gcp/opt/")
    assert sorted(order) == sorted(name for name in files if not name.startswith(apart))
    assert (order[0], order[-1]) == ("prelude.sh", "bootstrap.sh")


def test_every_program_of_google_machines_is_in_the_startup_script_and_none_holds_the_line_that_ends_it() -> None:
    listed = (NODE / "gcp/programs").read_text().split()
    there = [path for folder in ("opt", "gcp/opt") for path in (NODE / folder).rglob("*") if path.is_file()]
    texts = {path.relative_to(NODE).as_posix(): path.read_text() for path in there if "__pycache__" not in path.parts}
    assert sorted(listed) == sorted(texts)
    assert all(text.endswith("\n") and f"\n{END}\n" not in text for text in texts.values())


def test_the_startup_script_fits_into_a_metadata_value() -> None:
    # https://cloud.google.com/compute/docs/metadata/setting-custom-metadata: 256 KB a value
    assert len(startup_script().encode()) < 256 * 1024
    assert (NODE / "prelude.sh").read_text().startswith("#!/usr/bin/env bash\n")


def test_the_joined_startup_script_is_clean(tmp_path: Path) -> None:
    joined = tmp_path / "startup-script.sh"
    joined.write_text(startup_script())
    for command in (["bash", "-n"], [str(Path(sys.executable).parent / "shellcheck"), "--severity=style"]):
        done = subprocess.run([*command, str(joined)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

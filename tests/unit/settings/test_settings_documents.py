"""Documents, schema and examples say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cluster_provision.settings import FileShare, load
from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.document import parameters_markdown, parameters_schema, schema_text
from cluster_provision.settings.document_machines import machine_types_markdown
from cluster_provision.settings.env_file import read_env_file

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.list"))
# the seed's documents, and what the old tool took later
OLD_TOOL = """
PROJECT_ID NAME_PREFIX ZONE INSTANCE_COUNT GPU_COUNT VM_TYPE ACCELERATOR_TYPE IMAGE_FAMILY_NAME IMAGE_NAME
DISK_SIZE_GB DISK_TYPE TERRAFORM_GCS_PATH VM_LOCALFILE_DEST_PATH METADATA LABELS STARTUP_COMMAND
ORCHESTRATOR_TYPE GKE_NODE_POOL_COUNT GKE_MIN_NODE_COUNT GKE_MAX_NODE_COUNT GCS_MOUNT_LIST NFS_FILESHARE_LIST
SHOW_PROXY_URL MINIMIZE_TERRAFORM_LOGGING NETWORK_CONFIG DISABLE_OPS_AGENT ACTION CLEANUP_ON_EXIT
NFS_FILESTORE_LIST ENABLE_OPS_AGENT IMAGE_PROJECT ENABLE_NOTEBOOK GKE_NODE_COUNT_PER_NODE_POOL GKE_VERSION
GKE_ENABLE_COMPACT_PLACEMENT CUSTOM_NODE_POOL
"""


def test_the_documents_are_fresh():
    assert (ROOT / "docs/parameters.md").read_text() == parameters_markdown(), "run `make docs`"
    assert (ROOT / "docs/parameters.schema.json").read_text() == schema_text(), "run `make docs`"
    assert (ROOT / "docs/machine-types.md").read_text() == machine_types_markdown(), "run `make docs`"


def test_every_parameter_of_the_old_tool_is_declared():
    assert set(OLD_TOOL.split()) <= set(GCP.names)


def test_names_are_declared_once():
    names = [name for p in GCP.parameters for name in (p.name, *p.declaration.aliases)]
    assert len(names) == len(set(names)) == len(GCP.names)


@pytest.mark.parametrize("parameter", GCP.parameters, ids=lambda p: p.name)
def test_the_documented_example_is_a_good_value_and_fits_the_schema(parameter, tmp_path):
    example = parameter.declaration.example
    if parameter.name == "PROVIDER_MIRROR":
        (tmp_path / "registry.terraform.io/hashicorp/google").mkdir(parents=True)
        example = str(tmp_path)
    value = parameter.declaration.reader.read(example)
    assert parameter.declaration.reader.read(parameter.declaration.reader.show(value)) == value
    assert re.search(parameters_schema()["properties"][parameter.name].get("pattern", ""), example)


@pytest.mark.parametrize("parameter", GCP.parameters, ids=lambda p: p.name)
def test_the_documented_default_is_a_good_value_of_its_type(parameter):
    declaration = parameter.declaration
    text = declaration.reader.show(declaration.default) if not declaration.mandatory else ""
    if text:
        assert declaration.reader.read(text) == declaration.default


def test_every_parameter_has_its_section():
    text = parameters_markdown()
    assert all(f"\n### {p.name}\n" in text for p in GCP.parameters)


def test_the_schema_names_what_must_be_set():
    schema = json.loads((ROOT / "docs/parameters.schema.json").read_text())
    assert schema["required"] == ["PROJECT_ID", "NAME_PREFIX", "ZONE"]
    assert set(schema["properties"]) == set(GCP.names)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_the_examples_load_and_fit_the_schema(path):
    environ = read_env_file(path, {})
    loaded = load(environ, "Create")
    properties = parameters_schema()["properties"]
    assert all(re.search(properties[name].get("pattern", ""), text) for name, text in environ.items())
    assert loaded.notes == () or path.name == "env.list"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gcp-quickstart.list", {"instance_count": 2, "vm_type": "n1-standard-8"}),
        ("gcp-ray.list", {"orchestrator_type": "ray", "instance_count": 3}),
        ("gcp-multi-nic.list", {"network_config": "multi_nic_network", "external_ip": False}),
        ("gcp-spot.list", {"provisioning_model": "spot", "regions": ("us-central1", "us-east4")}),
        ("gcp-a3-mega.list", {"vm_type": "a3-megagpu-8g", "compact_placement": True}),
        ("gcp-shared-storage.list", {"nfs_fileshare_list": (FileShare("/mnt/share", "BASIC_SSD", 2560),)}),
    ],
)
def test_the_examples_show_what_their_names_say(name, shown):
    settings = load(read_env_file(ROOT / "examples" / name, {}), "Create").settings
    assert {field: getattr(settings, field) for field in shown} == shown


def test_the_sample_holds_every_parameter_and_each_of_its_lines_can_be_used():
    text = (ROOT / "examples/env.list").read_text()
    shown = dict(re.findall("^#?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    expected = {p.name for p in GCP.parameters if not p.declaration.orchestrator}
    assert set(shown) == expected
    mandatory = {name: shown[name] for name in ("PROJECT_ID", "NAME_PREFIX", "ZONE")}
    for name in expected - {"PROVIDER_MIRROR", "IMAGE_PROJECT"}:  # a folder of the user's; goes with a family
        assert load({**mandatory, name: shown[name]}, "Create")

"""Documents, schema and examples say what the code does."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cluster_provision.settings import FileShare, load
from cluster_provision.settings.catalogue import AZURE, CATALOGUES, EXISTING, GCP, catalogue_of
from cluster_provision.settings.env_file import read_env_file
from scripts.documents.__main__ import PAGES
from scripts.documents.contents import with_contents
from scripts.documents.parameters import parameters_markdown
from scripts.documents.schema import parameters_schema, properties_of
from tests.unit.settings.public_key import PUBLIC_KEY

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
    made = {name: with_contents(text()) if name.endswith(".md") else text() for name, text in PAGES.items()}
    stale = [name for name, text in made.items() if (ROOT / "docs" / name).read_text() != text]
    assert stale == [], "run `make docs`"


def test_long_pages_have_their_contents():
    pages = {page.name: page.read_text() for page in (ROOT / "docs").glob("*.md")}
    assert [name for name, text in pages.items() if with_contents(text) != text] == [], "run `make docs`"
    having = {name for name, text in pages.items() if "<!-- Contents, made" in text}
    assert {"slurm-clouds.md", "actions.md", "parameters.md"} <= having


def test_contents_lead_to_the_sections_and_are_made_anew():
    words = "word " * 300
    parts = "".join(f"## Part {n}: `x`, [y](z.md)\n\n{words}\n\n" for n in range(1, 6))
    found = with_contents(f"# A page\n\nIt begins.\n\n{parts}")
    assert found.splitlines()[5].startswith("[Part 1: `x`, y](#part-1-x-yzmd) · [Part 2")
    assert with_contents(found) == found
    assert "Contents, made" not in with_contents(found.replace("word ", ""))


def test_every_parameter_of_the_old_tool_is_declared():
    assert set(OLD_TOOL.split()) <= set(GCP.names)


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=lambda c: c.cloud)
def test_names_are_declared_once(catalogue):
    names = [name for p in catalogue.parameters for name in (p.name, *p.declaration.aliases)]
    assert len(names) == len(set(names)) == len(catalogue.names)


def test_what_clouds_share_is_of_one_type():
    assert {p.declaration.cloud for p in AZURE.parameters} == {"all", "made", "azure"}
    assert {p.declaration.cloud for p in EXISTING.parameters} == {"all", "existing"}
    shared = GCP.names.keys() & AZURE.names.keys()
    assert {name: GCP.names[name].field for name in shared} == {name: AZURE.names[name].field for name in shared} != {}
    shared = GCP.names.keys() & EXISTING.names.keys()
    assert shared == {p.name for p in GCP.parameters if p.declaration.cloud == "all"} | {
        "NAME_PREFIX",
        "ORCHESTRATOR_TYPE",
        "PARTITIONS",
    }


ALL = [(c, p) for c in CATALOGUES.values() for p in c.parameters]
IDS = [f"{c.cloud}-{p.name}" for c, p in ALL]
VERSIONS = re.findall("^## ([0-9.]+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
FILES = {
    "ENV_FILE": "ZONE=us-central1-a\n",
    "SSH_PATH": PUBLIC_KEY,
    "SSH_PRIVATE_KEY": "-----BEGIN RSA PRIVATE KEY-----\n",
    "SSH_KEY_FILE": "-----BEGIN RSA PRIVATE KEY-----\n",
    "CLOUD_INIT": "#cloud-config\n",
    "CONFIG_FILE": "region: eastus2\n",
    "SSH_PASSWORD_FILE": "a password",
    "SUDO_PASSWORD_FILE": "a password",
    "SSH_KNOWN_HOSTS": "node1 ssh-ed25519 AAAA",
    "INVENTORY": "[slurm-node]\n",
    "USERS_FILE": f"alice:20001:{PUBLIC_KEY}",
}


@pytest.mark.parametrize(("catalogue", "parameter"), ALL, ids=IDS)
def test_the_documented_example_is_a_good_value_and_fits_the_schema(catalogue, parameter, tmp_path):
    example = parameter.declaration.example
    if parameter.name == "PROVIDER_MIRROR":
        provider = {"gcp": "google", "azure": "azurerm"}[catalogue.cloud]
        (tmp_path / "registry.terraform.io/hashicorp" / provider).mkdir(parents=True)
        example = str(tmp_path)
    if parameter.name == "REPORT_FILE":
        example = example.replace("/results", str(tmp_path))
    if parameter.name in FILES:
        (tmp_path / "given").write_text(FILES[parameter.name])
        example = str(tmp_path / "given")
    if parameter.name == "SLURM_REPOSITORY":
        (tmp_path / "key").write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
        example = example.replace("/keys/slurm.asc", str(tmp_path / "key"))
    value = parameter.declaration.reader.read(example)
    assert parameter.declaration.reader.read(parameter.declaration.reader.show(value)) == value
    assert re.search(properties_of(catalogue)[parameter.name].get("pattern", ""), example)


def shown_default(parameter):
    declaration = parameter.declaration
    return "" if declaration.mandatory else declaration.reader.show(declaration.default)


WITH_DEFAULT = [(f"{c.cloud}-{p.name}", p) for c, p in ALL if shown_default(p)]


@pytest.mark.parametrize("parameter", [p for _, p in WITH_DEFAULT], ids=[name for name, _ in WITH_DEFAULT])
def test_the_documented_default_is_a_good_value_of_its_type(parameter):
    declaration = parameter.declaration
    assert declaration.reader.read(shown_default(parameter)) == declaration.default


@pytest.mark.parametrize(("catalogue", "parameter"), ALL, ids=IDS)
def test_a_parameter_is_as_old_as_a_version_of_the_changelog_or_the_old_tool(catalogue, parameter):
    since = parameter.declaration.since
    assert not since or since in VERSIONS or since.startswith("old tool, ")


@pytest.mark.parametrize(("catalogue", "parameter"), ALL, ids=IDS)
def test_every_parameter_has_its_section_and_a_link_to_it(catalogue, parameter):
    text = parameters_markdown()
    earlier = {"azure": (GCP,), "existing": (GCP, AZURE)}.get(parameter.declaration.cloud, ())
    again = any(parameter.name in each.names for each in earlier)
    title = {"azure": " (Azure)", "existing": " (existing machines)"}[catalogue.cloud] if again else ""
    link = title.replace(" ", "-").replace("(", "").replace(")", "").lower()
    assert text.count(f"\n### {parameter.name}{title}\n") == 1
    assert f"[{parameter.name}](#{parameter.name.lower()}{link})" in text


def test_the_schema_names_what_must_be_set():
    schema = json.loads((ROOT / "docs/parameters.schema.json").read_text())
    assert set(schema["properties"]) == {*GCP.names, *AZURE.names, *EXISTING.names}
    assert schema["else"]["else"]["required"] == ["PROJECT_ID", "NAME_PREFIX", "ZONE"]
    assert schema["else"]["then"]["required"] == ["NAME_PREFIX"]
    assert schema["else"]["then"]["allOf"] == [{"anyOf": [{"required": ["NODES"]}, {"required": ["INVENTORY"]}]}]
    assert schema["then"]["required"] == []
    one_of = [[each["required"][0] for each in some["anyOf"]] for some in schema["then"]["allOf"]]
    assert one_of == [
        ["SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID", "CONFIG_FILE"],
        ["LOCATION", "CONFIG_FILE"],
        ["NAME_PREFIX", "VMSS_NAME"],
    ]


def test_the_schema_holds_by_cloud_where_the_clouds_differ():
    schema = parameters_schema()
    assert re.search(schema["if"]["properties"]["CLOUD"]["pattern"], "Azure")
    assert "pattern" not in schema["properties"]["NAME_PREFIX"]
    google = schema["else"]["else"]["properties"]["NAME_PREFIX"]
    assert not re.search(google["pattern"], "My-Cluster")
    assert re.search(schema["then"]["properties"]["NAME_PREFIX"]["pattern"], "My-Cluster")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_the_examples_load_and_fit_the_schema(path):
    environ = read_env_file(path, {})
    loaded = load(environ, "Create")
    properties = properties_of(catalogue_of(environ))
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
        ("azure-vms.list", {"instance_count": 2, "access": "head", "orch_mode": "uniform"}),
        ("azure-ray.list", {"orchestrator_type": "ray", "instance_count": 3}),
        ("azure-spot.list", {"provisioning_model": "spot", "zones": ("1", "2", "3")}),
        ("azure-private.list", {"access": "private", "allowed_cidrs": (), "health_gate": "strict"}),
        ("gcp-slurm.list", {"instance_count": 2, "max_nodes": 8, "login_names": ("slurm-demo-login-1",)}),
        ("azure-slurm.list", {"instance_count": 2, "max_nodes": 8, "login_names": ("slurm-demo-login-1",)}),
        (
            "existing-slurm.list",
            {"controller": "head", "login_nodes": ("head",), "compute": ("node1", "node2", "node3")},
        ),
    ],
)
def test_the_examples_show_what_their_names_say(name, shown):
    settings = load(read_env_file(ROOT / "examples" / name, {}), "Create").settings
    assert {field: getattr(settings, field) for field in shown} == shown


@pytest.mark.parametrize("name", ["gcp-slurm.list", "azure-slurm.list"])
def test_what_the_examples_of_slurm_leave_out_can_be_put_in(name, tmp_path):
    (tmp_path / "users").write_text(f"alice:20001:{PUBLIC_KEY}\n")
    (tmp_path / "slurm.asc").write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
    shutil.copy(ROOT / "tests/unit/settings/azure/cyclecloud/good.yaml", tmp_path / "config.yaml")
    text = (ROOT / "examples" / name).read_text()
    text = text.replace("/config/", f"{tmp_path}/").replace("/keys/slurm.asc", f"{tmp_path}/slurm.asc")
    environ = read_env_file(ROOT / "examples" / name, {})
    commented = re.findall("^#([A-Z_]+)=(.*)$", text, re.MULTILINE)
    assert commented
    for parameter, value in commented:
        load({**environ, parameter: value}, "Create")


def test_the_sample_holds_every_parameter_and_each_of_its_lines_can_be_used():
    text = (ROOT / "examples/env.list").read_text()
    shown = dict(re.findall("^#?([A-Z_]+)=(.*)$", text, re.MULTILINE))
    expected = {p.name for p in GCP.parameters if not p.declaration.orchestrator}
    assert set(shown) == expected
    mandatory = {name: shown[name] for name in ("PROJECT_ID", "NAME_PREFIX", "ZONE")}
    # what is the user's own, and what goes with a family
    for name in expected - {"PROVIDER_MIRROR", "ENV_FILE", "IMAGE_PROJECT", "REPORT_FILE"}:
        assert load({**mandatory, name: shown[name]}, "Create")

"""A base image is named only when it was made whole and runs; the names are those that the tool knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cluster_provision import __version__
from embedded_cloud.azure.machines import images as azure_images
from embedded_cloud.engine import names as engine_names
from embedded_cloud.existing.machines import images as existing_images
from embedded_cloud.google.machines import images as google_images
from tests.unit.scripts.conftest import PINNED, REGISTRY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.scripts.conftest import Machine


@pytest.fixture
def building(machine: Machine) -> Machine:
    """The engine is up, without any image, and what images are made of is there."""
    (machine.folder / "up").touch()
    machine.program("terraform", """echo '{"terraform_version": "1.11.4"}'""")
    machine.program("mmdebstrap", "echo a root file system")
    machine.program("apt-get", "exit 0")
    return machine


def test_without_a_registry_they_are_made_here(building: Machine) -> None:
    made = building.run("base_images.sh")
    assert made.returncode == 0, made.stderr
    assert made.stdout.splitlines() == [
        f"DEBIAN_IMAGE={engine_names.DEBIAN_MADE_HERE}",
        "PYTHON_IMAGE=cluster-provision/made-here-python",
        "TERRAFORM_IMAGE=cluster-provision/made-here-terraform",
    ]
    again = building.run("base_images.sh")
    assert again.stdout == made.stdout
    assert building.asked().count("\nimport ") == 2


def test_those_of_the_registry_that_are_there_are_taken(building: Machine) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    found = building.run("base_images.sh")
    assert {line.partition("=")[2] for line in found.stdout.splitlines()} == set(REGISTRY)


@pytest.mark.parametrize("failing", ["mmdebstrap", "import", "run", "build"])
def test_what_fails_on_the_way_leaves_no_image_to_build_on(building: Machine, failing: str, tmp_path: Path) -> None:
    if failing == "mmdebstrap":
        building.program("mmdebstrap", "echo half a root; echo 'E: no mirror' >&2; exit 25")
    else:
        docker = (tmp_path / "bin/docker").read_text()
        # Terraform's is made first; the ones after it fail.
        refusing = f'case "$*" in {failing}*debian*|{failing}*python*) exit 1;; esac\n'
        building.program("docker", refusing + docker)
    made = building.run("base_images.sh")
    assert made.returncode != 0
    assert made.stdout == ""
    names = (tmp_path / "images").read_text().split()
    assert names in (
        ["cluster-provision/made-here-terraform"],
        ["cluster-provision/made-here-terraform", engine_names.DEBIAN_MADE_HERE],
    )
    assert (engine_names.DEBIAN_MADE_HERE in names) == (failing == "build")
    assert building.run("images.sh", "node").returncode != 0


def test_the_images_are_named_as_the_tool_knows_them(building: Machine) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    kinds = ("rehearsal", "node", "node-ray", "node-azure", "node-azure-ray", "node-existing", "node-slurm")
    kinds += ("node-slurm-installed",)
    built = building.run("images.sh", *kinds)
    known = [engine_names.TOOL_IMAGE, google_images.NODE_IMAGE, google_images.RAY_IMAGE]
    known += [azure_images.NODE_IMAGE, azure_images.RAY_IMAGE, existing_images.NODE_IMAGE, google_images.SLURM_IMAGE]
    known.append(google_images.SLURM_INSTALLED_IMAGE)
    assert built.stdout.split() == known, built.stderr


def test_debian_13_is_made_only_for_the_image_that_needs_it(building: Machine) -> None:
    base = "cluster-provision/made-here-trixie"
    assert base not in building.run("base_images.sh").stdout
    built = building.run("images.sh", "node-existing-13")
    assert built.stdout.split() == [existing_images.NODE_IMAGES["13"]], built.stderr
    assert f"--build-arg DEBIAN_IMAGE={base} -f" in building.asked()


@pytest.mark.parametrize("image", ["default", "rehearsal"])
def test_the_tools_images_know_where_the_documents_are(building: Machine, image: str) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    built = building.run("images.sh", image, DOCS_URL="https://example.com/docs")
    assert built.returncode == 0, built.stderr
    assert "--build-arg DOCS_URL=https://example.com/docs " in building.asked()


@pytest.mark.parametrize("image", ["default", "rehearsal"])
@pytest.mark.parametrize(("changed", "told"), [("", "0a1b2c"), (" M Dockerfile", "0a1b2c-dirty")])
def test_the_tools_images_are_labelled_with_version_and_commit(
    building: Machine, image: str, changed: str, told: str
) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    building.program("git", f"""case "$*" in *rev-parse*) echo 0a1b2c ;; *status*) printf '%s' '{changed}' ;; esac""")
    built = building.run("images.sh", image)
    assert built.returncode == 0, built.stderr
    assert f"--label org.opencontainers.image.revision={told} " in building.asked()
    assert f"--label org.opencontainers.image.version={__version__} " in building.asked()


def test_an_image_built_outside_of_a_repository_names_no_commit(building: Machine) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    building.program("git", "exit 128")
    built = building.run("images.sh", "default")
    assert built.returncode == 0, built.stderr
    assert "image.version=" in building.asked()
    assert "image.revision" not in building.asked()


def test_the_tools_images_name_the_repository_without_its_credentials(building: Machine) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    address = "https://robot:geheim@example.com/us/it.git"
    building.program("git", f"""case "$*" in *get-url*) echo {address} ;; *log*) echo 2026-12-01T12:00:00Z ;; esac""")
    built = building.run("images.sh", "default")
    assert built.returncode == 0, built.stderr
    assert "--label org.opencontainers.image.source=https://example.com/us/it.git " in building.asked()
    assert "--label org.opencontainers.image.created=2026-12-01T12:00:00Z " in building.asked()
    assert "geheim" not in building.asked()


def test_images_with_providers_have_names_of_their_own(building: Machine) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    built = building.run("images.sh", "default", "rehearsal", PROVIDERS="yes")
    names = [f"cluster-provision:{__version__}-providers", f"cluster-provision:{__version__}-rehearsal-providers"]
    assert built.stdout.split() == names, built.stderr
    assert building.asked().count(" --build-arg WITH_PROVIDERS=yes ") == 2
    assert "PROVIDERS_IMAGE" not in building.asked()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PROVIDERS": "maybe"}, "PROVIDERS is 'maybe': no, yes or own"),
        ({"PROVIDERS": "own"}, "PROVIDER_MIRROR names the folder"),
        ({"PROVIDERS": "yes", "PROVIDER_MIRROR": "/nowhere"}, "PROVIDER_MIRROR=/nowhere is no folder"),
    ],
)
def test_providers_that_are_not_there_are_refused(building: Machine, given: dict[str, str], said: str) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    refused = building.run("images.sh", "default", **given)
    assert (refused.returncode, refused.stdout) == (17, "")
    assert said in refused.stderr


@pytest.mark.parametrize("kind", ["yes", "own"])
def test_of_a_folder_of_providers_the_locked_versions_alone_are_taken(building: Machine, kind: str) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    docker = (building.folder / "bin/docker").read_text()
    building.program(
        "docker",
        f"""
case "$*" in
  "version --format"*Arch*) echo linux/amd64; exit ;;
  "import - cluster-provision/given-providers") tar -t | grep -v '/$' >"$MACHINE/imported"; exit ;;
esac
{docker}""",
    )
    lock = building.project / "terraform/gcp/vms/.terraform.lock.hcl"
    lock.parent.mkdir(parents=True)
    block = 'provider "example.com/us/%s" {\n  version     = "%s"\n}\n'
    lock.write_text(block % ("one", "1.2.3") + block % ("two", "2.0.0"))
    mirror = building.folder / "mirror/example.com/us"
    packed = "two/terraform-provider-two_2.0.0_linux_amd64.zip"
    unpacked = "one/1.2.3/linux_amd64/terraform-provider-one"
    others = ("one/1.2.4/linux_amd64/terraform-provider-one", "one/1.2.3/linux_arm64/terraform-provider-one")
    for each in (packed, unpacked, *others, "two/index.json"):
        (mirror / each).parent.mkdir(parents=True, exist_ok=True)
        (mirror / each).touch()
    given = {"PROVIDERS": kind, "PROVIDER_MIRROR": str(building.folder / "mirror")}
    built = building.run("images.sh", "default", **given)
    assert built.returncode == 0, built.stderr
    assert (
        f" --build-arg WITH_PROVIDERS={kind} --build-arg PROVIDERS_IMAGE=cluster-provision/given-providers "
        in building.asked()
    )
    imported = (building.folder / "imported").read_text().split()
    assert imported == [f"providers/example.com/us/{each}" for each in (unpacked, packed)]
    (mirror / packed).unlink()
    refused = building.run("images.sh", "default", **given)
    assert "has no example.com/us/two 2.0.0 for linux_amd64" in refused.stderr


def test_both_bases_are_pinned_by_digest_and_the_image_says_so(building: Machine) -> None:
    assert len(PINNED) == 2
    assert all(re.fullmatch(r"[\w/.-]+:[\w.-]+@sha256:[0-9a-f]{64}", each) for each in PINNED)
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    built = building.run("images.sh", "default")
    assert built.returncode == 0, built.stderr
    python, terraform = PINNED
    assert f"--label org.cluster-provision.bases={python} {terraform} " in building.asked()


def test_a_dockerfile_without_digests_builds_nothing(building: Machine) -> None:
    dockerfile = building.project / "Dockerfile"
    dockerfile.write_text(re.sub(r"@sha256:\w+", "", dockerfile.read_text()))
    refused = building.run("base_images.sh")
    assert (refused.returncode, refused.stdout) == (17, "")
    assert "the Dockerfile pins no TERRAFORM_IMAGE" in refused.stderr


@pytest.mark.parametrize("made_here", [True, False])
def test_an_image_says_whether_a_base_of_it_was_made_here(building: Machine, made_here: bool) -> None:
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    docker = building.folder / "bin" / "docker"
    if made_here:
        says = 'case "$*" in "image inspect python"*made-here*) echo debian-packages; exit ;; esac\n'
        building.program("docker", says + docker.read_text())
    assert building.run("images.sh", "default").returncode == 0
    assert ("--label org.cluster-provision.made-here=yes " in building.asked()) == made_here


@pytest.fixture
def amd64(building: Machine) -> Machine:
    """An engine for amd64 with the registry's images; the file `emulates` says that it runs programs for others."""
    (building.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    docker = (building.folder / "bin" / "docker").read_text()
    is_amd64 = 'case "$*" in *Server.Arch*) echo linux/amd64; exit ;; '
    emulates = '"run --rm --platform"*) [ -e "$MACHINE/emulates" ]; exit ;; esac\n'
    building.program("docker", is_amd64 + emulates + docker)
    return building


def test_an_image_for_another_processor_has_a_name_of_its_own(amd64: Machine) -> None:
    (amd64.folder / "emulates").touch()
    built = amd64.run("images.sh", "default", "rehearsal", PLATFORM="linux/arm64")
    assert built.stdout.split() == [f"cluster-provision:{__version__}-arm64", f"{engine_names.TOOL_IMAGE}-arm64"]
    assert amd64.asked().count(" --platform linux/arm64 ") == 2


def test_the_machines_own_processor_needs_no_emulation(amd64: Machine) -> None:
    built = amd64.run("images.sh", "default", PLATFORM="linux/amd64")
    assert built.stdout.split() == [f"cluster-provision:{__version__}"], built.stderr


@pytest.mark.parametrize(
    ("platform", "image", "said"),
    [
        ("linux/arm64", "default", "apt-get install qemu-user-static binfmt-support"),
        ("linux/arm64", "node", "only default and rehearsal"),
        ("arm64", "default", "linux/amd64 or linux/arm64"),
    ],
)
def test_what_cannot_be_built_for_a_processor_is_refused(amd64: Machine, platform: str, image: str, said: str) -> None:
    refused = amd64.run("images.sh", image, PLATFORM=platform)
    assert (refused.returncode, refused.stdout) == (17, "")
    assert said in refused.stderr
    assert "\nbuild " not in amd64.asked()


def test_bases_made_here_serve_no_other_processor(amd64: Machine) -> None:
    (amd64.folder / "images").write_text("")
    refused = amd64.run("images.sh", "default", PLATFORM="linux/arm64")
    assert refused.returncode == 17
    assert "build for linux/arm64 where Docker Hub answers" in refused.stderr

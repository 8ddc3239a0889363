"""The image with Terraform's providers inside, built from a folder of them: the stand-ins."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine

SECONDS = 120
PLACE = "/stand-ins"  # in every container: a stand-in names the folder beside it
INSTALL = f"""
from pathlib import Path
from embedded_cloud.standin import install
for provider in ("google", "azurerm"):
    install(Path("{PLACE}"), provider)
"""
SETTINGS = {"PROJECT_ID": "my-project", "NAME_PREFIX": "vega", "ZONE": "us-central1-a", "VM_TYPE": "n1-standard-4"}


def run(client: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [client, "run", "--rm", "--network", "none", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.fixture(scope="module")
def stand_ins(images: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a mirror of both, as Terraform in the image starts them."""
    folder = tmp_path_factory.mktemp("stand-ins")
    client, image = images
    made = run(
        client,
        "-v",
        f"{folder}:{PLACE}",
        "-w",
        "/opt/cluster-provision",
        "--entrypoint",
        "python3",
        image,
        "-c",
        INSTALL,
    )
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def image(images: tuple[str, str], stand_ins: Path) -> Iterator[str]:
    name = script("images.sh", "rehearsal", PROVIDERS="own", PROVIDER_MIRROR=str(stand_ins / "mirror")).strip()
    yield name
    subprocess.run([images[0], "rmi", name], capture_output=True, check=False)


def test_a_run_without_any_network_has_its_providers(
    images: tuple[str, str], image: str, stand_ins: Path, tmp_path: Path
) -> None:
    settings = {**SETTINGS, "REHEARSE": "plan", "REHEARSE_DIR": "/cloud"}
    given = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    created = run(images[0], "-v", f"{stand_ins}:{PLACE}:ro", "-v", f"{tmp_path}:/cloud", *given, image, "Create")
    assert created.returncode == 0, created.stderr
    assert not (tmp_path / "providers").exists()  # where a rehearsal puts its own, if the image has none


def test_the_image_says_whose_they_are(images: tuple[str, str], image: str) -> None:
    listed = json.loads(run(images[0], "--entrypoint", "cat", image, "/opt/cluster-provision/sbom.cdx.json").stdout)
    found = {each["purl"] for each in listed["components"] if each["name"].startswith("terraform-provider-")}
    assert found == {"pkg:generic/terraform-provider-google@7.45.0", "pkg:generic/terraform-provider-azurerm@5.2.0"}
    form = '{{index .Config.Labels "org.cluster-provision.providers"}}'
    label = subprocess.run(
        [images[0], "image", "inspect", "--format", form, image], capture_output=True, text=True, check=True
    )
    assert label.stdout.strip() == "own"

"""What the images hold, and what they don't."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.e2e.conftest import script

pytestmark = pytest.mark.engine

SECONDS = 60


@pytest.fixture(scope="module")
def default(images: tuple[str, str]) -> str:
    """The image for real clouds."""
    return script("images.sh", "default").strip()


def inspect(client: str, image: str, form: str) -> str:
    command = [client, "image", "inspect", "--format", form, image]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout.strip()


def test_images_are_as_small_as_the_readme_says(images: tuple[str, str], default: str) -> None:
    client, rehearsal = images
    assert int(inspect(client, default, "{{.Size}}")) <= 290e6
    assert int(inspect(client, rehearsal, "{{.Size}}")) <= 500e6


@pytest.mark.parametrize("module", ["pip", "setuptools", "ensurepip"])
def test_nothing_in_the_image_installs_packages(images: tuple[str, str], default: str, module: str) -> None:
    look = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is not None)"
    command = [images[0], "run", "--rm", "--network", "none", "--entrypoint", "python3", default, "-c", look]
    assert subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode == 0


@pytest.mark.parametrize("kind", ["default", "rehearsal"])
def test_the_image_lists_each_package_that_it_holds(images: tuple[str, str], default: str, kind: str) -> None:
    client, rehearsal = images
    image = default if kind == "default" else rehearsal
    within = [client, "run", "--rm", "--network", "none", "--entrypoint"]

    def read(*command: str) -> str:
        program, *arguments = command
        done = [*within, program, image, *arguments]
        return subprocess.run(done, capture_output=True, text=True, timeout=SECONDS, check=True).stdout

    listed = json.loads(read("cat", "/opt/cluster-provision/sbom.cdx.json"))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.5")
    kinds = [each["purl"].split("/")[0] for each in listed["components"]]
    packages = read("dpkg-query", "--show", "--showformat", "${Package}\n").split()
    assert kinds.count("pkg:deb") == len(packages)
    assert kinds.count("pkg:github") == 1
    installed = read("bash", "-c", "ls -d /usr/local/lib/python3*/*-packages/*.dist-info")
    assert kinds.count("pkg:pypi") == len(installed.split())
    assert kinds.count("pkg:generic") == (1 if kind == "default" else 2)
    assert ("pkg:npm" in kinds) == (kind == "rehearsal")
    assert len({each["bom-ref"] for each in listed["components"]}) == len(listed["components"])

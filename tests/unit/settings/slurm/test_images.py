"""What an image's name says about the Slurm that its packages have."""

from __future__ import annotations

import pytest

from cluster_provision.settings.slurm_images import image_problem


@pytest.mark.parametrize(
    ("image", "system", "slurm"),
    [
        ("pytorch-2-9-cu129-ubuntu-2204-nvidia-580", "Ubuntu 22.04", "21.08"),
        ("ubuntu-2204-lts", "Ubuntu 22.04", "21.08"),
        ("ubuntu-accelerator-2204-amd64-with-nvidia-580", "Ubuntu 22.04", "21.08"),
        ("microsoft-dsvm:ubuntu-hpc:2204:latest", "Ubuntu 22.04", "21.08"),
        ("Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest", "Ubuntu 22.04", "21.08"),
        ("Canonical:ubuntu-22_04-lts:server:latest", "Ubuntu 22.04", "21.08"),
    ],
)
def test_an_image_with_an_old_slurm_needs_a_repository(image: str, system: str, slurm: str) -> None:
    problem = image_problem(image, repository=False)
    assert f"is of {system}, which has Slurm {slurm}" in problem and "SLURM_REPOSITORY" in problem
    assert image_problem(image, repository=True) == ""


@pytest.mark.parametrize(
    ("image", "system"),
    [
        ("ubuntu-2004-lts", "Ubuntu 20.04"),
        ("Canonical:0001-com-ubuntu-server-focal:20_04-lts:latest", "Ubuntu 20.04"),
        ("debian-11", "Debian 11"),
        ("Debian:debian-11:11-gen2:latest", "Debian 11"),
        ("debian-10", "Debian 10"),
    ],
)
@pytest.mark.parametrize("repository", [False, True])
def test_an_image_that_is_too_old_is_refused_whatever_slurm_it_gets(image: str, system: str, repository: bool) -> None:
    assert f"is of {system}, which is too old" in image_problem(image, repository=repository)


@pytest.mark.parametrize(
    "image",
    ["rocky-linux-9", "rhel-9", "cos-stable", "almalinux:almalinux-hpc:9-hpc-gen2:latest", "RedHat:RHEL:9_4:latest"],
)
def test_an_image_without_apt_is_refused(image: str) -> None:
    assert "has no apt" in image_problem(image, repository=True)


@pytest.mark.parametrize(
    "image",
    [
        "pytorch-2-9-cu129-ubuntu-2404-nvidia-580",
        "ubuntu-accelerator-2404-arm64-with-nvidia-580",
        "microsoft-dsvm:ubuntu-hpc:2404:latest",
        "Canonical:ubuntu-24_04-lts:server:latest",
        "debian-12",
        "debian-13-arm64",
        "Debian:debian-12:12-gen2:latest",
        "my-image-20261101",
        "",
    ],
)
def test_of_others_nothing_bad_is_said(image: str) -> None:
    assert image_problem(image, repository=False) == ""

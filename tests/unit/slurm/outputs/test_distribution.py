"""os-release and dgx-release: the distribution by its whole name, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.slurm.outputs.distribution import Distribution, read_distribution
from cluster_provision.slurm.release import Release, read_release

MACHINES = Path(__file__).parent / "data" / "machines"


def machine(name: str, offered: Release | None = None, *, repository: bool = False) -> Distribution:
    dgx = MACHINES / name / "dgx-release"
    text = (MACHINES / name / "os-release").read_text()
    return read_distribution(text, dgx.read_text() if dgx.exists() else "", offered, repository=repository)


@pytest.mark.parametrize(
    ("name", "verdict", "release", "run_here"),
    [
        ("debian12", "supported", Release(22, 5), True),
        ("debian13", "supported", Release(24, 11), True),
        ("ubuntu2404", "supported", Release(23, 11), False),
        ("ubuntu2204", "needs a repository", Release(21, 8), False),
        ("dgxos6", "needs a repository", Release(21, 8), False),
        ("dgxos5", "refused", Release(19, 5), False),
        ("dgxos4", "refused", Release(17, 11), False),
        ("dgxos4998", "refused", Release(19, 5), False),
        ("rocky9", "refused", None, False),
        ("debian-sid", "needs a repository", None, False),
    ],
)
def test_each_machine_is_judged(name: str, verdict: str, release: Release | None, run_here: bool) -> None:
    read = machine(name)
    assert (read.verdict, read.release, read.run_here) == (verdict, release, run_here)


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("ubuntu2404", "this tool was not run on it"),
        ("ubuntu2204", "set SLURM_REPOSITORY"),
        ("dgxos6", "DGX OS 6 (6.3.2), Ubuntu 22.04.5 LTS"),
        ("dgxos5", "DGX OS 5 (5.5.0), Ubuntu 20.04.6 LTS"),
        ("dgxos4", "DGX OS 4 (4.4.0), Ubuntu 18.04.6 LTS is too old; install DGX OS 6 or later, with SLURM_REPOSITORY"),
        ("dgxos4998", "DGX OS 4.99.8 on Ubuntu 20.04.1 LTS"),
        ("rocky9", "Rocky Linux 9.6 (Blue Onyx) is RPM-based"),
        ("debian-sid", "Debian GNU/Linux forky/sid offers no Slurm"),
    ],
)
def test_the_reason_names_the_whole_name_and_what_to_do(name: str, named: str) -> None:
    assert named in machine(name).reason


@pytest.mark.parametrize("name", ["dgxos4", "dgxos4998", "dgxos5", "dgxos6"])
def test_the_serial_number_is_never_told(name: str) -> None:
    assert "CANARY" not in repr(machine(name))


@pytest.mark.parametrize("name", ["ubuntu2204", "dgxos6", "debian-sid"])
def test_a_repository_makes_the_newer_ones_good(name: str) -> None:
    assert machine(name, repository=True).verdict == "supported"


@pytest.mark.parametrize("name", ["dgxos5", "dgxos4", "rocky9"])
def test_a_repository_does_not_help_what_is_too_old_or_has_no_apt(name: str) -> None:
    assert machine(name, repository=True).verdict == "refused"


def test_what_apt_offers_counts_before_the_table() -> None:
    assert machine("debian-sid", Release(25, 5)).verdict == "supported"
    assert machine("ubuntu2204", Release(24, 11)).release == Release(24, 11)
    assert machine("debian12", Release(21, 8)).verdict == "needs a repository"


DGX_8 = 'DGX_NAME="DGX Server"\nDGX_SWBUILD_VERSION="7.2.3"\n'


@pytest.mark.parametrize(
    ("text", "dgx", "verdict", "name"),
    [
        ('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.3 LTS"', DGX_8, "supported", "DGX OS 7 (7.2.3)"),
        ('ID="linuxmint"\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Mint"', "", "needs a repository", "Mint"),
        ("ID=debian\nVERSION_ID=11\nNAME=Debian", "", "refused", "Debian 11"),
        ('ID="opensuse-leap"\nPRETTY_NAME="openSUSE Leap 15.6"', "", "refused", "openSUSE Leap 15.6"),
        ('ID="rhel"\nID_LIKE="fedora"\nPRETTY_NAME="RHEL 9"', 'DGX_EL_SUPPORTED="9"', "refused", "DGX OS on RHEL 9"),
        ("ID=alpine\nPRETTY_NAME='Alpine'", "", "refused", "Alpine"),
        ("", "", "refused", "unknown"),
        ('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian"\nBROKEN="x', "", "supported", "Debian"),
    ],
)
def test_relatives_of_the_known_ones_are_judged_too(text: str, dgx: str, verdict: str, name: str) -> None:
    read = read_distribution(text, dgx)
    assert read.verdict == verdict
    assert read.name.startswith(name)


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("22.05.8-4+deb12u3", Release(22, 5)),
        ("slurm 24.11.5", Release(24, 11)),
        ("1:23.11.4-1.2ubuntu5", Release(23, 11)),
        ("slurm-wlm 21.08.5", None),
        ("25.11.2", Release(25, 11)),
        ("", None),
        ("(none)", None),
    ],
)
def test_a_release_is_read_from_a_packages_version(text: str, release: Release | None) -> None:
    assert read_release(text) == release

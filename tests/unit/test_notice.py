"""NOTICE and the images' licence labels tell of every package that the images hold."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AZURITE = ROOT / "embedded_cloud/azure/storage/azurite/package-lock.json"

# What packages say of their licence, where that is no SPDX expression.
SPDX = {
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause OR Apache-2.0": "BSD-3-Clause OR Apache-2.0",
    "http://geraintluff.github.io/tv4/LICENSE.txt": "",  # NOTICE names it as what it says
}
# Of those that say nothing clear, from the text of their licences.
BY_TEXT = {
    "isodate": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "pyasn1-modules": "BSD-2-Clause",
}
IN_NOTICE_BY_KIND = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0"}


def _python(requirements: str) -> dict[str, str]:
    found = {}
    for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / requirements).read_text(), re.MULTILINE):
        try:
            told = metadata(name).json
        except PackageNotFoundError:
            assert name == "pywin32", f"{name} is not installed, so its licence is unknown"  # for Windows alone
            continue
        said = str(told.get("license_expression") or told.get("license") or "")
        found[name] = BY_TEXT.get(name) or SPDX.get(said, said)
    return found


def _labels() -> dict[str, str]:
    """By stage of the Dockerfile, the expression of its licence label."""
    found, stage = {}, ""
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if begun := re.match(r"FROM \S+ AS (\S+)", line):
            stage = begun[1]
        if told := re.search(r'image\.licenses="([^"]+)"', line):
            found[stage] = told[1]
    return found


def _allowed(licence: str, label: str) -> bool:
    """Whether the label has this licence, or one of several to choose from."""
    names = set(re.findall(r"[\w.-]+", label))
    return not licence or any(each in names for each in licence.split(" OR "))


@pytest.mark.parametrize(("requirements", "stage"), [("run.txt", "base"), ("rehearsal.txt", "rehearsal")])
def test_licence_label_has_the_licence_of_every_python_package(requirements: str, stage: str) -> None:
    packages = _python(requirements)
    assert len(packages) > 30
    assert {name: told for name, told in packages.items() if not told or not _allowed(told, _labels()[stage])} == {}


def test_rehearsal_label_has_the_licence_of_every_package_of_azurite() -> None:
    packages = json.loads(AZURITE.read_text())["packages"]
    told = {name: SPDX.get(each["license"], each["license"]) for name, each in packages.items() if "license" in each}
    assert len(told) > 100
    assert {name: each for name, each in told.items() if not _allowed(each, _labels()["rehearsal"])} == {}


def test_notice_names_every_package_under_another_licence_than_the_usual() -> None:
    notice = (ROOT / "NOTICE").read_text()
    other = {
        name: told
        for name, told in {**_python("run.txt"), **_python("rehearsal.txt")}.items()
        if not set(told.split(" OR ")) & IN_NOTICE_BY_KIND
    }
    assert other
    missing = [name for name, told in other.items() if not re.search(rf"^{name} +{re.escape(told)}$", notice, re.M)]
    assert missing == []


def test_terraforms_licence_is_in_notice_and_labels() -> None:
    assert re.search(r"^Terraform +BUSL-1\.1", (ROOT / "NOTICE").read_text(), re.MULTILINE)
    assert all("BUSL-1.1" in label for label in _labels().values())


def test_image_holds_notice_and_licence() -> None:
    assert re.search(r"^COPY LICENSE NOTICE ", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {"!LICENSE", "!NOTICE"} <= set((ROOT / ".dockerignore").read_text().splitlines())

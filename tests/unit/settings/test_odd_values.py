"""Values that nobody writes on purpose: endless ones, letters beyond ASCII that look alike, and control characters."""

from __future__ import annotations

import time

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import CATALOGUES
from tests.unit.settings.azure.conftest import MANDATORY as ON_AZURE
from tests.unit.settings.conftest import MANDATORY as ON_GOOGLE

PLACES = {"gcp": ON_GOOGLE, "azure": ON_AZURE}
LONG = 100_000
SECONDS = 1.0  # of a processor, for what takes 0.3 s at most: the limit of a bad env file is 0.5 s
PIECES = ("a", "\\", "1,", "{")


def problems_of(cloud: str, **given: str) -> tuple[str, ...]:
    try:
        load(PLACES[cloud] | given, "Create")
    except SettingsError as failure:
        return failure.problems
    return ()


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("cloud", PLACES)
def test_a_value_without_end_is_refused_in_no_time(cloud: str, piece: str) -> None:
    text = (piece * LONG)[:LONG]
    for name, parameter in CATALOGUES[cloud].names.items():
        if parameter.name == "CLOUD":
            continue
        began = time.process_time()
        found = problems_of(cloud, **{name: f"standard_nd96isr_h200_v{text}" if name == "SKU" else text})
        assert time.process_time() - began < SECONDS, name
        assert all(len(problem) < 2000 for problem in found)


def test_of_endless_problems_of_one_value_the_rest_is_counted() -> None:
    found = problems_of("azure", ALLOWED_CIDRS="a," * 1000)
    assert len(found) == 51 and found[-1] == "ALLOWED_CIDRS: and 950 more"


@pytest.mark.parametrize(
    ("cloud", "name", "text"),
    [
        ("azure", "LOCATION", "ea\u00dftus2"),
        ("gcp", "PROVISIONING_MODEL", "\u017fpot"),
        ("gcp", "REHEARSE", "ye\u017f"),
        ("gcp", "CLEANUP_ON_EXIT", "ye\u017f"),
        ("gcp", "SKIP_CHECKS", "api\u017f"),
        ("gcp", "ORCHESTRATOR_TYPE", "g\u212ae"),
        ("gcp", "NFS_FILESHARE_LIST", "/mnt/a:ba\u017fic_ssd"),
        ("azure", "SKU", "\u017ftandard_ND96isr_H200_v5"),
    ],
)
def test_a_letter_that_only_looks_alike_is_another_one(cloud: str, name: str, text: str) -> None:
    assert [problem for problem in problems_of(cloud, **{name: text}) if problem.startswith(name)]


@pytest.mark.parametrize("cloud", PLACES)
def test_no_control_character_of_a_value_reaches_a_terminal(cloud: str) -> None:
    odd = "\x1b[31mRED\x07\r\u202e\udc80"
    for name, parameter in CATALOGUES[cloud].names.items():
        example = parameter.declaration.example
        for text in (odd, f"{example}{odd}", f"{example}:{odd}", f"{example},{odd}", f"microsoft-dsvm:a:2204:{odd}"):
            assert all(problem.isprintable() for problem in problems_of(cloud, **{name: text})), name
        assert all(problem.isprintable() for problem in problems_of(cloud, **{f"{name}{odd}": "x"}))

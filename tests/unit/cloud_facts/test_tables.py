"""The tables of facts: what they may import, where they come from, and that they agree with each other."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import cloud_facts
from cloud_facts.azure import disks as azure_disks
from cloud_facts.azure import images as azure_images
from cloud_facts.azure import machine_types as azure_types
from cloud_facts.azure import prices as azure_prices
from cloud_facts.azure.regions import regions as azure_regions
from cloud_facts.gcp import machine_types as gcp_types
from cloud_facts.gcp import prices as gcp_prices
from cloud_facts.gcp.images import image_projects
from cloud_facts.gcp.quotas import gpu_metric
from cloud_facts.gcp.regions import regions as gcp_regions
from cloud_facts.gcp.regions import zones as gcp_zones
from cloud_facts.tables import table

FOLDER = Path(cloud_facts.__file__).parent
DATA = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.toml"))
MODULES = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.py"))
DAY = re.compile(r"20\d\d-\d\d-\d\d")
ADDRESS = re.compile(r"https://\S+|github\.com/\S+|docs\.cloud\.google\.com|learn\.microsoft\.com")


def content(path: Path) -> dict[str, Any]:
    return table(path.parent.name, path.stem)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_nothing_of_those_above_it(path: Path) -> None:
    found = set()
    for node in ast.walk(ast.parse((FOLDER / path).read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
    assert found.isdisjoint({"cluster_provision", "embedded_cloud", "scripts", "tests"})


@pytest.mark.parametrize("path", DATA, ids=str)
def test_a_data_file_begins_with_its_sources_and_has_a_day(path: Path) -> None:
    text = (FOLDER / path).read_text(encoding="utf-8")
    head = text[: re.search(r"(?m)^[^#\n]", text).start()]  # type: ignore[union-attr]
    assert ADDRESS.search(head), "names no source"
    assert DAY.search(head), "names no day"
    day = content(path).get("read") or content(path)["date"]
    assert DAY.fullmatch(str(day))


@pytest.mark.parametrize("path", DATA, ids=str)
def test_each_table_has_a_module_that_reads_it(path: Path) -> None:
    readers = "\n".join(each.read_text() for each in (FOLDER / path.parent).glob("*.py"))
    assert f'table("{path.parent.name}", "{path.stem}")' in readers


def test_azures_regions_are_complete_in_form() -> None:
    for name, region in azure_regions().items():
        assert re.fullmatch("[a-z]+[0-9]?", name)
        assert sorted(region.display.replace(" ", "").lower()) == sorted(name), "the shown name has other letters"
        assert region.geography
    assert len(azure_regions()) == 60


def test_googles_regions_are_complete_in_form() -> None:
    for name, region in gcp_regions().items():
        assert re.fullmatch("[a-z]+-[a-z]+[0-9]+", name)
        assert len(region.zones) >= 3
        assert all(re.fullmatch(f"{name}-[a-z]", zone) for zone in region.zones)
        assert all(re.fullmatch(f"{name}-ai[0-9][a-z]", zone) for zone in region.ai_zones)
    assert len(gcp_regions()) == 47
    assert len(gcp_zones()) == 143 + 4
    assert gcp_regions()["us-east1"].zones == ("us-east1-b", "us-east1-c", "us-east1-d")
    assert gcp_zones()["us-central1-f"].place == "Iowa"


def test_what_is_priced_on_google_cloud_is_in_regions_that_are_known() -> None:
    prices = table("gcp", "prices")
    kinds = ("gpu", "flex-start", "accelerator", "host", "disk")
    assert {region for kind in kinds for of_one in prices[kind].values() for region in of_one} <= set(gcp_regions())


def test_what_is_priced_on_azure_is_a_size_and_a_region_that_are_known() -> None:
    assert {name for name in azure_prices.priced_sizes() if azure_types.size(name) is None} == set()
    priced = {place for name in azure_prices.priced_sizes() for place in azure_prices.priced_locations(name)}
    assert priced <= set(azure_regions())


def test_what_is_priced_by_the_gpu_is_a_series_that_is_known() -> None:
    series = {name.rpartition("-")[0] for name in gcp_types.known_types()}
    assert set(table("gcp", "prices")["gpu"]) <= series
    assert set(table("gcp", "prices")["flex-start"]) <= set(gcp_types.known_types())


def test_each_gpu_that_is_priced_alone_is_known() -> None:
    known = {each.accelerator for each in gcp_types.known_types().values()} | set(gcp_types.attachable_gpus())
    assert set(table("gcp", "prices")["accelerator"]) <= known


@pytest.mark.parametrize("name", sorted(gcp_types.known_types()))
def test_each_gpu_has_a_metric(name: str) -> None:
    assert gpu_metric(gcp_types.known_types()[name].accelerator)


def test_each_public_project_has_families_each_once() -> None:
    for name, project in image_projects().items():
        assert project.families, name
        assert len(set(project.families)) == len(project.families), name
    assert image_projects()["ml-images"] == image_projects()["deeplearning-platform-release"]


def test_prices_are_dollars() -> None:
    assert gcp_prices.gpu_price("a2-highgpu", "us-central1") == Decimal("3.673385")
    assert gcp_prices.host_price("n1", "us-central1") == (Decimal("0.031611"), Decimal("0.004237"))
    assert gcp_prices.disk_price("pd-ssd", "europe-west4") is None
    assert azure_prices.price("standard_nd96isr_h100_v5", "eastus") == Decimal("98.32")


@pytest.mark.parametrize(
    ("name", "vcpus", "memory", "ssds", "gpus"),
    [
        ("a3-highgpu-8g", 208, 1872, 16, 8),
        ("a3-ultragpu-8g-nolssd", 224, 2952, 0, 8),
        ("g4-standard-6", 6, 22, 0, 1),
        ("g2-custom-8-65536", 8, 64, 0, 1),
        ("n1-standard-8", 8, 30, 0, 0),
        ("custom-8-1024", 8, 1, 0, 0),
        ("c3-standard-4-lssd", 4, 16, 1, 0),
        ("x4-960-16t-metal", 960, 16384, 0, 0),
        ("e2-micro", 2, 1, 0, 0),
    ],
)
def test_a_machine_type_that_there_is(name: str, vcpus: int, memory: float, ssds: int, gpus: int) -> None:
    found = gcp_types.existing_type(name)
    assert found is not None
    assert (found.vcpus, found.memory_gib, found.local_ssds, found.gpus) == (vcpus, memory, ssds, gpus)


@pytest.mark.parametrize(
    "name",
    [
        "a9-superhuge",
        "a2-highgpu-3g",
        "a2-highgpu-1g-nolssd",
        "g2-standard-5",
        "n1-standard-3",
        "n2-custom-7-8192",
        "n2-custom-8-8191",
        "c3-custom-8-8192",
        "g2-custom-10-8192",
        "large",
    ],
)
def test_a_machine_type_that_there_is_not(name: str) -> None:
    assert gcp_types.existing_type(name) is None


def test_a_type_that_is_told_by_its_name_is_told_the_same_by_the_table() -> None:
    for name in ("n4-standard-16", "t2a-standard-4", "c2-standard-60", "h4d-standard-192", "n1-highmem-8"):
        told, found = gcp_types.machine_type(name), gcp_types.existing_type(name)
        assert found is not None
        assert (told.kind, told.disks, told.models, told.placement, told.arm, told.vcpus, told.nics) == (
            found.kind,
            found.disks,
            found.models,
            found.placement,
            found.arm,
            found.vcpus,
            found.nics,
        )


def test_an_azure_image_tells_its_generation_and_processors_where_a_size_must_fit_them() -> None:
    offers = azure_images.known_offers()
    names = [(publisher, offer, sku) for (publisher, offer), of in offers.items() for sku in of.skus]
    generations = {name: azure_images.generation_of(*name) for name in names}
    assert generations["canonical", "0001-com-ubuntu-server-jammy", "22_04-lts"] == 1
    assert {name[:2] for name, found in generations.items() if not found} == {
        ("azure-hpc", "azurelinux-hpc"),
        ("canonical", "ubuntu-24_04-lts"),
    }
    arm = [name[2] for name in names if azure_images.architecture_of(*name) == "arm64"]
    assert arm == ["2404-gb"]
    assert all(each == each.casefold() for name in names for each in name)


def test_a_larger_disk_of_azure_costs_more_and_one_between_sizes_costs_as_the_next() -> None:
    assert azure_disks.premium_ssd_monthly(129, "eastus") == azure_disks.premium_ssd_monthly(256, "eastus")
    for location, sizes in table("azure", "disks").items():
        if location != "date":
            prices = [Decimal(sizes[str(most)]) for most in sorted(map(int, sizes))]
            assert prices == sorted(set(prices))
    assert azure_disks.premium_ssd_monthly(256, "elsewhere") is None
    assert azure_disks.premium_ssd_monthly(32768, "eastus") is None


# Those of the ccslurm4ai guide: nodes, scheduler and login nodes, the partition htc.
@pytest.mark.parametrize(
    "size",
    [
        "Standard_ND96isr_H100_v5",
        "Standard_ND96amsr_A100_v4",
        "Standard_ND96asr_v4",
        "Standard_D4s_v5",
        "Standard_F2s_v2",
    ],
)
def test_the_sizes_of_cyclecloud_clusters_are_known(size: str) -> None:
    assert azure_types.size(size) is not None
    assert size in azure_prices.priced_sizes()

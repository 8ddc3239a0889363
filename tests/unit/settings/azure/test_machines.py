"""Sizes, images and how the scale set makes its machines: what fits together is taken, the rest is said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cloud_facts.azure.machine_types import known_sizes, size

H200 = "Standard_ND96isr_H200_v5"
GB200 = "Standard_ND128isr_NDR_GB200_v6"
GEN1 = "Canonical:0001-com-ubuntu-server-jammy:22_04-lts:latest"


def test_a_known_size_is_taken_in_any_case(settings):
    assert settings(SKU="standard_nd96ISR_h100_V5").sku == "Standard_ND96isr_H100_v5"


def test_a_size_without_its_beginning_is_named_in_full(problems):
    (problem,) = problems(SKU="ND96isr_H200_v5")
    assert problem.startswith("SKU=ND96isr_H200_v5") and f"write {H200}" in problem


@pytest.mark.parametrize("text", ["a2-highgpu-2g", "Standard ND96isr", "Standard_", "H100"])
def test_what_is_no_size_is_refused(problems, text):
    (problem,) = problems(SKU=text)
    assert problem.startswith(f"SKU={text} is not a machine size")


def test_an_unknown_size_is_taken_with_a_note_that_names_a_near_one(loaded):
    found = loaded(SKU="Standard_ND96isr_H20_v5", ACCESS="private")
    assert found.settings.sku == "Standard_ND96isr_H20_v5"
    (note,) = found.notes
    assert "not in this version's table" in note and f"is {H200} meant?" in note
    (note,) = loaded(SKU="Standard_M128ms", ACCESS="private").notes
    assert "meant?" not in note


def test_sizes_differ_in_what_the_tool_does_with_them():
    assert size(H200).infiniband and size(H200).nvme_disks == 8 and size(H200).nccl == "ndv5"
    assert size("Standard_ND96is_H100_v5").infiniband is False
    assert size(GB200).arm and size(GB200).gpus == 4
    assert size("Standard_D4s_v5").gpus == 0
    assert size("Standard_Nothing") is None
    assert all(each.nccl for each in known_sizes().values() if each.infiniband)


def test_a_placement_group_ends_at_100_machines(problems, settings):
    (problem,) = problems(INSTANCE_COUNT="101")
    assert problem.startswith("INSTANCE_COUNT=101") and "ORCH_MODE=flexible" in problem
    assert settings(INSTANCE_COUNT="100").single_placement_group
    assert settings(INSTANCE_COUNT="101", ORCH_MODE="flexible").instance_count == 101
    assert settings(INSTANCE_COUNT="1000", SKU="Standard_D4s_v5", ORCH_MODE="uniform").instance_count == 1000


def test_a_scale_set_ends_at_1000_machines(problems):
    assert problems(INSTANCE_COUNT="1001") == ("INSTANCE_COUNT=1001 is out of range; allowed are 0 to 1000",)


def test_an_image_in_no_gallery_ends_at_600_machines(problems, settings):
    image = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/images/mine"
    given = {"IMAGE": image, "SKU": "Standard_D4s_v5", "ORCH_MODE": "uniform", "INSTANCE_COUNT": "601"}
    (problem,) = problems(**given)
    assert problem.startswith("INSTANCE_COUNT=601") and "at most 600" in problem
    assert settings(**{**given, "INSTANCE_COUNT": "600"}).instance_count == 600
    assert settings(**{**given, "ORCH_MODE": "flexible"}).instance_count == 601
    gallery = image.replace("images/mine", "galleries/g/images/mine")
    assert settings(**{**given, "IMAGE": gallery}).instance_count == 601


def test_flexible_with_infiniband_is_pointed_out(loaded):
    assert any(note.startswith(f"ORCH_MODE=flexible with SKU={H200}") for note in loaded(ORCH_MODE="flexible").notes)


def test_infiniband_stays_in_one_zone(problems, settings):
    (problem,) = problems(ZONES="1,2")
    assert problem.startswith("ZONES=1,2: the InfiniBand")
    assert settings(ZONES="2").zones == ("2",)
    assert settings(ZONES="3, 1", SKU="Standard_D4s_v5").zones == ("1", "3")


@pytest.mark.parametrize(("text", "part"), [("4", "entry 1 (4)"), ("1,1", "twice"), (",", "names no zone")])
def test_bad_zones_are_named(problems, text, part):
    (problem,) = problems(ZONES=text)
    assert part in problem


def test_arm_machines_boot_from_an_arm_image(loaded, problems):
    found = loaded(SKU=GB200, ACCESS="private")
    assert found.settings.image.text == "microsoft-dsvm:ubuntu-hpc:2404-gb:latest"
    assert any("Arm machine" in note for note in found.notes)
    (problem,) = problems(SKU=GB200, IMAGE="microsoft-dsvm:ubuntu-hpc:2404:latest")
    assert "is for x64" in problem and "2404-gb" in problem
    (problem,) = problems(IMAGE="Canonical:ubuntu-24_04-lts:server-arm64:latest")
    assert "is for arm64" in problem


def test_an_image_of_generation_1_is_refused_where_the_size_boots_2(problems, settings):
    (problem,) = problems(IMAGE=GEN1)
    assert problem.startswith(f"IMAGE={GEN1} is of generation 1")
    assert settings(IMAGE=GEN1, SKU="Standard_D4s_v5").image.sku == "22_04-lts"


def test_the_disk_holds_the_image(problems):
    (problem,) = problems(OS_DISK_SIZE="32")
    assert problem.startswith("OS_DISK_SIZE=32 is smaller than IMAGE=") and "64" in problem


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("ubuntu", "it has 1 part between colons, and needs 4"),
        ("microsoft-dsvm:ubuntu-hpc:2204", "it has 3 parts"),
        ("microsoft-dsvm:ubuntu-hpc:2204:newest", "has the version newest"),
        ("microsoft-dsvm::2204:latest", "is not an image"),
        ("/subscriptions/x/disks/y", "is not an image's resource ID"),
    ],
)
def test_what_is_no_image_is_refused(problems, text, part):
    (problem,) = problems(IMAGE=text)
    assert problem.startswith(f"IMAGE={text}"[:30]) and part in problem


@pytest.mark.parametrize(
    "end",
    ["images/mine", "galleries/g/images/mine", "galleries/g/images/mine/versions/1.0.0"],
)
def test_an_image_of_ones_own_is_taken_by_its_id(settings, end):
    given = f"/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/{end}"
    found = settings(IMAGE=given)
    assert (found.image.id, found.image.publisher, found.image.text) == (given, "", given)
    assert settings(IMAGE=given.replace("resourceGroups", "resourcegroups")).image.id == given


def test_terms_of_an_image_of_ones_own_are_none(loaded):
    own = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.Compute/images/mine"
    assert any(note.startswith("ACCEPT_TERMS=yes has no effect") for note in loaded(IMAGE=own, ACCEPT_TERMS="1").notes)


def test_trusted_launch_is_refused_for_sizes_that_azure_leaves_out(problems, settings):
    assert settings(SECURITY_TYPE="Trusted-Launch").security_type == "trusted-launch"
    (problem,) = problems(SECURITY_TYPE="trusted-launch", SKU="Standard_ND96asr_v4")
    assert "doesn't support it for SKU=Standard_ND96asr_v4" in problem
    (problem,) = problems(SECURITY_TYPE="trusted-launch", SKU="Standard_D4s_v5", IMAGE=GEN1)
    assert "generation 2" in problem


def test_trusted_launch_is_for_uniform_scale_sets(problems, settings):
    assert settings(SECURITY_TYPE="trusted-launch", SKU="Standard_D4s_v5").orch_mode == "uniform"
    (problem,) = problems(SECURITY_TYPE="trusted-launch", SKU="Standard_D4s_v5", ORCH_MODE="flexible")
    assert "is not in this version" in problem and "ORCH_MODE=uniform" in problem


def test_trusted_launch_on_an_image_with_unsigned_drivers_is_warned_of(loaded):
    def warned(**given: str) -> bool:
        notes = loaded(SECURITY_TYPE="trusted-launch", ALLOWED_CIDRS="203.0.113.7", **given).notes
        return any("the machines would show no GPU" in note for note in notes)

    assert warned()
    assert warned(IMAGE="AlmaLinux:almalinux-hpc:9-hpc-gen2:latest")
    assert not warned(SKU="Standard_D4s_v5")
    assert not warned(IMAGE="canonical:ubuntu-24_04-lts:server:latest")
    assert loaded(ALLOWED_CIDRS="203.0.113.7").notes == ()


def test_a_price_is_bid_for_spot_machines_alone(problems, settings):
    (problem,) = problems(MAX_PRICE="1.5")
    assert problem.startswith("MAX_PRICE=1.5 is for spot machines")
    assert settings(MAX_PRICE="0.00234", PROVISIONING_MODEL="spot").max_price == Decimal("0.00234")
    (problem,) = problems(MAX_PRICE="-1", PROVISIONING_MODEL="spot")
    assert problem.startswith("MAX_PRICE=-1 is not an amount")


def test_models_of_google_cloud_are_refused_by_name(problems):
    (problem,) = problems(PROVISIONING_MODEL="flex-start")
    assert "Google Cloud's" in problem


@pytest.mark.parametrize("orchestrator", ["gke"])
def test_orchestrators_that_are_not_built_are_refused_by_name(problems, orchestrator):
    (problem,) = problems(ORCHESTRATOR_TYPE=orchestrator)
    assert problem.startswith(f"ORCHESTRATOR_TYPE={orchestrator} is not in this version")

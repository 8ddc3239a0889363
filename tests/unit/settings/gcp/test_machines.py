"""Machine type, GPUs, boot disk and image must fit; what one tells is filled in."""

from __future__ import annotations

import pytest

from cluster_provision.settings.gcp.images import (
    BARE_FAMILY,
    DEFAULT_FAMILY,
    IMAGE_SUCCESSORS,
    SUCCESSORS,
    current_families,
    successor_of_family,
)

DEFAULT_IMAGE = f"projects/deeplearning-platform-release/global/images/family/{DEFAULT_FAMILY}"


@pytest.mark.parametrize(
    ("vm_type", "count", "accelerator"),
    [
        ("a2-highgpu-4g", 4, "nvidia-tesla-a100"),
        ("a2-megagpu-16g", 16, "nvidia-tesla-a100"),
        ("a2-ultragpu-1g", 1, "nvidia-a100-80gb"),
        ("a3-highgpu-8g", 8, "nvidia-h100-80gb"),
        ("a3-megagpu-8g", 8, "nvidia-h100-mega-80gb"),
        ("a3-ultragpu-8g", 8, "nvidia-h200-141gb"),
        ("a4-highgpu-8g", 8, "nvidia-b200"),
        ("a4x-highgpu-4g", 4, "nvidia-gb200"),
        ("a4x-maxgpu-4g-metal", 4, "nvidia-gb300"),
        ("g2-standard-12", 1, "nvidia-l4"),
        ("g2-standard-96", 8, "nvidia-l4"),
        ("g4-standard-192", 4, "nvidia-rtx-pro-6000"),
    ],
)
def test_gpus_follow_from_the_machine_type(loaded, vm_type, count, accelerator):
    had = {"VM_TYPE": vm_type, "RESERVATION_NAME": "mine", "IMAGE_NAME": "my-image"}
    settings = loaded(**had).settings
    assert (settings.gpu_count, settings.accelerator_type) == (count, accelerator)
    same = loaded(**had, GPU_COUNT=str(count), ACCELERATOR_TYPE=accelerator).settings
    assert same == settings


def test_a_number_of_gpus_that_the_machine_type_lacks_is_refused_with_the_right_one(problems):
    (problem,) = problems(VM_TYPE="a2-highgpu-4g", GPU_COUNT="2")
    assert "carries 4 x nvidia-tesla-a100" in problem and "set it to 4" in problem


def test_the_default_machine_type_is_named_where_the_number_does_not_fit_it(problems):
    assert "a2-highgpu-2g (the default)" in problems(GPU_COUNT="4")[0]


def test_a_type_of_gpu_that_the_machine_type_lacks_is_refused_with_the_right_one(problems):
    (problem,) = problems(VM_TYPE="g2-standard-4", ACCELERATOR_TYPE="nvidia-tesla-t4")
    assert "nvidia-l4" in problem


def test_an_n1_machine_without_gpus_is_noted(loaded):
    found = loaded(VM_TYPE="n1-standard-8")
    assert (found.settings.gpu_count, found.settings.accelerator_type) == (0, "")
    assert any("none is attached" in note for note in found.notes)


def test_no_gpus_on_an_n1_machine_are_taken_as_wished(loaded):
    found = loaded(VM_TYPE="n1-standard-1", GPU_COUNT="0", ACCELERATOR_TYPE="nvidia-tesla-a100")
    assert (found.settings.gpu_count, found.settings.accelerator_type) == (0, "")
    assert not any("attached" in note for note in found.notes)


def test_gpus_are_attached_to_n1_machines(loaded):
    settings = loaded(VM_TYPE="n1-standard-8", GPU_COUNT="1", ACCELERATOR_TYPE="nvidia-tesla-t4").settings
    assert (settings.gpu_count, settings.accelerator_type) == (1, "nvidia-tesla-t4")


def test_an_n1_machine_with_a_gpu_type_alone_gets_the_documented_two(loaded):
    assert loaded(VM_TYPE="n1-standard-8", ACCELERATOR_TYPE="nvidia-tesla-v100").settings.gpu_count == 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"GPU_COUNT": "3", "ACCELERATOR_TYPE": "nvidia-tesla-t4"}, "allowed are 1, 2, 4"),
        ({"GPU_COUNT": "8", "ACCELERATOR_TYPE": "nvidia-tesla-p100"}, "allowed are 1, 2, 4"),
        ({"GPU_COUNT": "1"}, "needs ACCELERATOR_TYPE"),
        ({"GPU_COUNT": "1", "ACCELERATOR_TYPE": "nvidia-tesla-a100"}, "can't be attached to n1-standard-8"),
        ({"VM_TYPE": "n1-highmem-96", "GPU_COUNT": "1", "ACCELERATOR_TYPE": "nvidia-tesla-t4"}, "at most 48"),
        ({"VM_TYPE": "n1-custom-24-65536", "GPU_COUNT": "1", "ACCELERATOR_TYPE": "nvidia-tesla-v100"}, "at most 12"),
    ],
)
def test_what_google_does_not_attach_is_refused(problems, given, reason):
    (problem,) = problems(**{"VM_TYPE": "n1-standard-8", **given})
    assert reason in problem


@pytest.mark.parametrize("given", [{"GPU_COUNT": "1"}, {"ACCELERATOR_TYPE": "nvidia-tesla-t4"}])
def test_machine_types_without_gpus_take_none(loaded, problems, given):
    assert "supports no GPUs" in problems(VM_TYPE="e2-standard-4", **given)[0]
    assert loaded(VM_TYPE="e2-standard-4").settings.gpu_count == 0


def test_an_unknown_machine_type_is_taken_as_described(loaded, problems):
    assert loaded(VM_TYPE="a9-newgpu-8g").settings.gpu_count == 0
    assert any("isn't known" in note for note in loaded(VM_TYPE="a9-newgpu-8g").notes)
    settings = loaded(VM_TYPE="a9-newgpu-8g", GPU_COUNT="8", ACCELERATOR_TYPE="nvidia-x").settings
    assert (settings.gpu_count, settings.accelerator_type) == (8, "nvidia-x")
    assert "needs ACCELERATOR_TYPE too" in problems(VM_TYPE="a9-newgpu-8g", GPU_COUNT="8")[0]


@pytest.mark.parametrize(
    ("vm_type", "disk"),
    [
        ("a2-highgpu-1g", "pd-ssd"),
        ("a3-highgpu-8g", "pd-ssd"),
        ("a4-highgpu-8g", "hyperdisk-balanced"),
        ("g4-standard-48", "hyperdisk-balanced"),
        ("g4-standard-6", "hyperdisk-balanced"),
        ("e2-medium", "pd-ssd"),
    ],
)
def test_the_default_disk_is_one_that_the_machine_type_takes(loaded, vm_type, disk):
    model = "spot" if vm_type == "a4-highgpu-8g" else "standard"
    assert loaded(VM_TYPE=vm_type, PROVISIONING_MODEL=model).settings.disk_type == disk


@pytest.mark.parametrize(
    ("vm_type", "disk"),
    [
        ("a4-highgpu-8g", "pd-standard"),
        ("n4-standard-2", "pd-balanced"),
        ("a2-highgpu-1g", "hyperdisk-balanced"),
        ("g2-standard-4", "pd-standard"),
    ],
)
def test_a_disk_that_the_machine_type_refuses_is_refused_with_those_it_takes(problems, vm_type, disk):
    assert "boots only from" in problems(VM_TYPE=vm_type, DISK_TYPE=disk, PROVISIONING_MODEL="spot")[0]


@pytest.mark.parametrize("disk", [None, "pd-ssd"])
def test_a_type_that_takes_no_ssd_boots_from_the_successor_with_one_line(loaded, disk):
    found = loaded(VM_TYPE="g4-standard-48", DISK_TYPE=disk)
    assert found.settings.disk_type == "hyperdisk-balanced"
    (note,) = [note for note in found.notes if "hyperdisk" in note]
    given = "DISK_TYPE=pd-ssd" if disk else "pd-ssd (DISK_TYPE's default)"
    assert note == f"VM_TYPE=g4-standard-48 can't boot from {given}; the machines boot from hyperdisk-balanced"


def test_the_default_image_gives_way_to_its_successor_with_one_line(loaded):
    found = loaded()
    assert found.settings.image == DEFAULT_IMAGE
    assert len([note for note in found.notes if DEFAULT_FAMILY in note]) == 1


@pytest.mark.parametrize("project", [None, "ml-images", "deeplearning-platform-release"])
def test_the_old_documented_family_gives_way_to_its_successor(loaded, project):
    found = loaded(IMAGE_FAMILY_NAME="pytorch-1-12-gpu-debian-10", IMAGE_PROJECT=project)
    assert found.settings.image == DEFAULT_IMAGE
    gone = "IMAGE_FAMILY_NAME=pytorch-1-12-gpu-debian-10 is no longer available"
    assert any(note.startswith(gone) for note in found.notes)


@pytest.mark.parametrize(
    ("former", "successor"),
    [
        ("pytorch-latest-gpu", DEFAULT_FAMILY),
        ("pytorch-latest-gpu-debian-11-py310", DEFAULT_FAMILY),
        ("pytorch-1-13-cu113-debian-11", DEFAULT_FAMILY),
        ("common-cu113-debian-11", BARE_FAMILY),
        ("tf-latest-gpu", BARE_FAMILY),
        ("tf2-ent-2-11-cu113-debian-11", BARE_FAMILY),
    ],
)
def test_families_that_are_gone_give_way_with_one_line(loaded, former, successor):
    found = loaded(IMAGE_FAMILY_NAME=former)
    assert found.settings.image == f"projects/deeplearning-platform-release/global/images/family/{successor}"
    (note,) = [note for note in found.notes if successor in note]
    assert note.startswith(f"IMAGE_FAMILY_NAME={former} is no longer available")
    assert ("has no TensorFlow" in note) is former.startswith("tf")


def test_the_one_image_that_the_old_documents_name_gives_way_to_its_successor(loaded):
    name = "c2-deeplearning-pytorch-1-12-cu113-v20221107-debian-10"
    found = loaded(IMAGE_NAME=name)
    assert found.settings.image == DEFAULT_IMAGE
    assert any(note.startswith(f"IMAGE_NAME={name} is no longer available") for note in found.notes)
    kept = loaded(IMAGE_NAME=name, IMAGE_PROJECT="my-images").settings.image
    assert kept == f"projects/my-images/global/images/{name}"


def test_every_successor_runs_today():
    assert {s.family for s in (*SUCCESSORS, *IMAGE_SUCCESSORS)} <= set(current_families())
    assert not any(successor_of_family(family) for family in current_families())


def test_a_family_of_that_name_in_a_project_of_the_users_is_left_alone(loaded):
    found = loaded(IMAGE_FAMILY_NAME="pytorch-1-12-gpu-debian-10", IMAGE_PROJECT="my-images")
    assert found.settings.image == "projects/my-images/global/images/family/pytorch-1-12-gpu-debian-10"


@pytest.mark.parametrize(
    ("given", "image"),
    [
        ({"IMAGE_FAMILY_NAME": DEFAULT_FAMILY}, DEFAULT_IMAGE),
        ({"IMAGE_FAMILY_NAME": "mine"}, "projects/ml-images/global/images/family/mine"),
        ({"IMAGE_FAMILY_NAME": "mine", "IMAGE_PROJECT": "my-images"}, "projects/my-images/global/images/family/mine"),
        ({"IMAGE_NAME": "mine-1"}, "projects/ml-images/global/images/mine-1"),
        ({"IMAGE_NAME": "mine-1", "IMAGE_PROJECT": "my-images"}, "projects/my-images/global/images/mine-1"),
        ({"IMAGE_PROJECT": "ml-images"}, DEFAULT_IMAGE),
    ],
)
def test_images(loaded, given, image):
    assert loaded(**given).settings.image == image


def test_family_and_name_exclude_each_other(problems):
    assert problems(IMAGE_FAMILY_NAME="a", IMAGE_NAME="b") == (
        "IMAGE_FAMILY_NAME and IMAGE_NAME are both set; set one of them",
    )


def test_an_image_project_of_the_users_needs_an_image(problems):
    assert "IMAGE_PROJECT=my-images needs" in problems(IMAGE_PROJECT="my-images")[0]


@pytest.mark.parametrize("given", [{}, {"IMAGE_FAMILY_NAME": DEFAULT_FAMILY}, {"IMAGE_FAMILY_NAME": "tf2-latest-gpu"}])
def test_an_arm_machine_with_an_image_that_is_not_for_arm_is_refused(problems, given):
    (problem,) = problems(VM_TYPE="t2a-standard-4", **given)
    assert problem.startswith("VM_TYPE=t2a-standard-4 is an Arm machine")
    assert ("(the default)" in problem) == (not given)


def test_an_arm_machine_with_an_image_of_ones_own_is_taken(problems):
    own = {"IMAGE_FAMILY_NAME": "ubuntu-2404-lts-arm64", "IMAGE_PROJECT": "ubuntu-os-cloud"}
    assert problems(VM_TYPE="t2a-standard-4", **own) == ()


def test_a_gke_clusters_arm_machines_boot_from_gkes_own_image(problems):
    assert (
        problems(
            VM_TYPE="t2a-standard-4", ORCHESTRATOR_TYPE="gke", GKE_NODE_POOL_COUNT="1", GKE_NODE_COUNT_PER_NODE_POOL="1"
        )
        == ()
    )

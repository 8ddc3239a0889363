"""How machines are had: provisioning model, reservation and duration fit each other and the machine type."""

from __future__ import annotations

import pytest


def test_machines_are_ordered_on_demand_by_default(loaded):
    settings = loaded().settings
    assert (settings.provisioning_model, settings.reservation_name, settings.max_run_duration) == (
        "standard",
        None,
        None,
    )
    assert settings.compact_placement is False


@pytest.mark.parametrize("vm_type", ["a2-highgpu-1g", "g2-standard-4", "a3-megagpu-8g", "n1-standard-8", "e2-medium"])
def test_machines_that_are_sold_on_demand_are_ordered_as_spot_too(loaded, vm_type):
    for model in ("standard", "spot"):
        assert loaded(VM_TYPE=vm_type, PROVISIONING_MODEL=model).settings.provisioning_model == model


@pytest.mark.parametrize(
    ("vm_type", "sold_by"),
    [
        ("a3-highgpu-1g", "spot, flex-start"),
        ("a3-ultragpu-8g", "spot, flex-start, reservation-bound"),
        ("a4-highgpu-8g", "spot, flex-start, reservation-bound"),
        ("a4x-highgpu-4g", "reservation-bound"),
    ],
)
def test_a_type_that_is_not_sold_on_demand_is_refused_with_what_it_is_sold_by(problems, vm_type, sold_by):
    (problem,) = problems(VM_TYPE=vm_type, IMAGE_NAME="my-image")
    assert problem.startswith(f"PROVISIONING_MODEL=standard (the default): VM_TYPE={vm_type} is not sold as standard")
    assert f"one of {sold_by}" in problem


def test_a_model_that_the_type_is_not_sold_by_is_refused(problems):
    (problem,) = problems(VM_TYPE="a4x-highgpu-4g", PROVISIONING_MODEL="spot", IMAGE_NAME="my-image")
    assert problem.startswith("PROVISIONING_MODEL=spot: VM_TYPE=a4x-highgpu-4g is not sold as spot")
    assert "one of reservation-bound; reservation-bound needs RESERVATION_NAME" in problem


def test_a_type_that_is_not_known_is_ordered_as_wished(loaded):
    assert loaded(VM_TYPE="a9-newgpu-8g", PROVISIONING_MODEL="flex-start").settings.provisioning_model == "flex-start"


def test_a_reservation_is_used_on_demand_where_the_type_is_sold_so(loaded):
    assert loaded(VM_TYPE="a2-highgpu-2g", RESERVATION_NAME="mine").settings.provisioning_model == "standard"
    assert loaded(VM_TYPE="a3-megagpu-8g", RESERVATION_NAME="mine").settings.provisioning_model == "standard"


def test_a_reservation_of_a_type_that_is_not_sold_on_demand_binds_its_machines(loaded):
    assert loaded(VM_TYPE="a4-highgpu-8g", RESERVATION_NAME="mine").settings.provisioning_model == "reservation-bound"


def test_a_reservation_does_not_help_a_type_that_is_not_reserved(problems):
    (problem,) = problems(VM_TYPE="a3-highgpu-2g", RESERVATION_NAME="mine")
    assert "one of spot, flex-start" in problem


def test_bound_machines_need_their_reservation(problems):
    (problem,) = problems(VM_TYPE="a3-megagpu-8g", PROVISIONING_MODEL="reservation-bound")
    assert problem.startswith("PROVISIONING_MODEL=reservation-bound needs RESERVATION_NAME")


@pytest.mark.parametrize("model", ["spot", "flex-start"])
def test_what_is_never_taken_from_a_reservation_excludes_one(problems, model):
    (problem,) = problems(PROVISIONING_MODEL=model, RESERVATION_NAME="mine")
    assert problem.startswith(f"RESERVATION_NAME=mine and PROVISIONING_MODEL={model} exclude each other")


def test_flex_start_machines_run_for_a_week_unless_told_otherwise(loaded):
    assert loaded(PROVISIONING_MODEL="Flex-Start").settings.max_run_duration == 168
    assert loaded(PROVISIONING_MODEL="flex-start", MAX_RUN_DURATION="24").settings.max_run_duration == 24


def test_other_machines_have_an_end_where_one_is_given(loaded):
    assert loaded(MAX_RUN_DURATION="24").settings.max_run_duration == 24
    assert loaded(PROVISIONING_MODEL="spot").settings.max_run_duration is None


def test_bound_machines_end_with_their_reservation(problems):
    (problem,) = problems(VM_TYPE="a4-highgpu-8g", RESERVATION_NAME="mine", MAX_RUN_DURATION="24")
    assert problem.startswith("MAX_RUN_DURATION=24 can't be used with PROVISIONING_MODEL=reservation-bound")


def test_a_bad_value_hides_no_other_problem_and_brings_no_false_one(problems):
    assert len(problems(VM_TYPE="a4-highgpu-8g", PROVISIONING_MODEL="cheap")) == 1


def test_a_reservation_lies_in_one_zone(problems):
    (problem,) = problems(RESERVATION_NAME="mine", ZONE="us-central1-a,us-central1-b")
    assert problem.startswith("RESERVATION_NAME=mine with ZONE=us-central1-a,us-central1-b: a reservation lies in one")


def test_a_limit_of_a_price_that_is_not_looked_at_is_noted(loaded):
    said = "MAX_HOURLY_COST=30 has no effect: SKIP_CHECKS skips the check of the price"
    assert said in loaded(MAX_HOURLY_COST="30", SKIP_CHECKS="price").notes
    assert not any("MAX_HOURLY_COST" in note for note in loaded(MAX_HOURLY_COST="30", SKIP_CHECKS="quotas").notes)
    assert not any("MAX_HOURLY_COST" in note for note in loaded(SKIP_CHECKS="price").notes)


@pytest.mark.parametrize(
    "given",
    [
        {"VM_TYPE": "a2-highgpu-8g"},
        {"VM_TYPE": "g2-standard-4", "PROVISIONING_MODEL": "spot"},
        {"VM_TYPE": "a3-megagpu-8g", "RESERVATION_NAME": "mine"},
        {"VM_TYPE": "a3-ultragpu-8g", "PROVISIONING_MODEL": "flex-start"},
        {"VM_TYPE": "c2-standard-60"},
    ],
)
def test_machines_that_can_be_placed_close_to_each_other(loaded, given):
    assert loaded(COMPACT_PLACEMENT="yes", **given).settings.compact_placement is True


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"VM_TYPE": "n1-standard-8"}, "VM_TYPE=n1-standard-8 supports neither a placement policy nor a workload"),
        ({"VM_TYPE": "e2-standard-4"}, "VM_TYPE=e2-standard-4 supports neither"),
        ({"VM_TYPE": "a9-newgpu-8g"}, "doesn't know which policy VM_TYPE=a9-newgpu-8g"),
        ({"VM_TYPE": "a2-highgpu-8g", "RESERVATION_NAME": "mine"}, "and RESERVATION_NAME=mine exclude each other"),
        ({"VM_TYPE": "a3-megagpu-8g", "PROVISIONING_MODEL": "flex-start"}, "groups of A4 and A3 Ultra support both"),
    ],
)
def test_what_excludes_placement_is_named(problems, given, reason):
    (problem,) = problems(COMPACT_PLACEMENT="yes", **given)
    assert problem.startswith("COMPACT_PLACEMENT=yes") and reason in problem
    assert problems(**given) == ()


def test_one_machine_alone_of_those_that_come_in_racks(loaded, problems):
    given = {"VM_TYPE": "a4x-highgpu-4g", "RESERVATION_NAME": "mine", "IMAGE_NAME": "my-image"}
    assert loaded(**given).settings.instance_count == 1
    (problem,) = problems(**given, INSTANCE_COUNT="18")
    assert problem.startswith("INSTANCE_COUNT=18 with VM_TYPE=a4x-highgpu-4g is not in this version")

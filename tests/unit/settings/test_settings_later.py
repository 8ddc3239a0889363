"""What is declared but not built is refused, with what to do instead; never ignored in silence."""

from __future__ import annotations

import pytest

POOL = (
    '{ name = "pool-1", zone = "us-central1-a", node_count = 2, machine_type = "a2-highgpu-2g", '
    'guest_accelerator_count = 2, guest_accelerator_type = "nvidia-tesla-a100" }'
)
POOLS_OF_THE_OLD_TOOL = (
    '[{"name"="sp-test-pool-1","zone"="us-central1-a","node_count"=2,"machine_type"="a2-highgpu-2g",'
    '"guest_accelerator_count"=2,"guest_accelerator_type"="nvidia-tesla-a100"},{"name"="sp-test-pool-2",'
    '"zone"="us-central1-c","node_count"=2,"machine_type"="a2-highgpu-2g","guest_accelerator_count"=2,'
    '"guest_accelerator_type"="nvidia-tesla-a100"}]'
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ORCHESTRATOR_TYPE", "Ray"),
        ("ORCHESTRATOR_TYPE", "gke"),
        ("ORCHESTRATOR_TYPE", "slurm"),
        ("NETWORK_CONFIG", "multi_nic_network"),
        ("CLEANUP_ON_EXIT", "yes"),
        ("DISABLE_OPS_AGENT", "false"),
    ],
)
def test_values_that_are_not_built_are_refused_with_what_to_do(problems, name, text):
    (problem,) = problems(**{name: text})
    refusal, _, instead = problem.partition("; ")
    assert refusal == f"{name}={text} is not in this version"
    assert instead


@pytest.mark.parametrize(("name", "text"), [("ORCHESTRATOR_TYPE", "None"), ("CLEANUP_ON_EXIT", "no")])
def test_the_values_that_ask_for_nothing_are_fine(problems, name, text):
    assert problems(**{name: text}) == ()


def test_an_unknown_orchestrator_is_no_value_at_all(problems):
    assert problems(ORCHESTRATOR_TYPE="k8s") == ("ORCHESTRATOR_TYPE=k8s is none of the allowed values: none",)


def test_parameters_of_another_orchestrator_are_ignored_with_one_line(loaded):
    notes = loaded(GKE_NODE_POOL_COUNT="2", GKE_VERSION="nonsense", CUSTOM_NODE_POOL="[").notes
    (note,) = [note for note in notes if "ignored with ORCHESTRATOR_TYPE=none" in note]
    assert note.endswith("GKE_NODE_POOL_COUNT, GKE_VERSION, CUSTOM_NODE_POOL")


def test_with_gke_its_parameters_are_read_and_refused(problems):
    found = problems(ORCHESTRATOR_TYPE="gke", GKE_NODE_POOL_COUNT="2", GKE_NODE_COUNT_PER_NODE_POOL="1")
    assert found == (
        "ORCHESTRATOR_TYPE=gke is not in this version; leave it out for a group of virtual machines",
        "not in this version, as ORCHESTRATOR_TYPE=gke is not: GKE_NODE_POOL_COUNT, GKE_NODE_COUNT_PER_NODE_POOL",
    )


@pytest.mark.parametrize(
    "pools", [f"[{POOL}]", POOLS_OF_THE_OLD_TOOL, f"[{POOL[:-2]}, enable_compact_placement = true }}]"]
)
def test_good_node_pools_are_refused_only_as_not_in_this_version(problems, pools):
    assert all("not in this version" in p for p in problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=pools))


@pytest.mark.parametrize(
    ("pools", "reason"),
    [
        ("{}", "a list in brackets is needed"),
        ("[{}]", "pool 1 lacks name"),
        (f"[{POOL[:-2]}, colour = 1 }}]", "pool 1 has the unknown key colour"),
        (f"[{POOL}, {POOL}]", "two pools called pool-1"),
        (f"[{POOL.replace('node_count = 2', 'node_count = -1')}]", "pool 1 has node_count = -1"),
        (f"[{POOL.replace('us-central1-a', 'here')}]", "pool 1 has zone = here"),
        (f"[{POOL[:-2]}, enable_compact_placement = maybe }}]", "must stand in double quotes"),
    ],
)
def test_malformed_node_pools_get_errors_of_their_own(problems, pools, reason):
    assert any(reason in p for p in problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=pools))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"GKE_NODE_POOL_COUNT": "1", "CUSTOM_NODE_POOL": f"[{POOL}]"}, "exclude each other"),
        ({"INSTANCE_COUNT": "2"}, "INSTANCE_COUNT has no meaning"),
        ({"GKE_MIN_NODE_COUNT": "3", "GKE_MAX_NODE_COUNT": "2"}, "is more than GKE_MAX_NODE_COUNT=2"),
        ({"GKE_NODE_COUNT_PER_NODE_POOL": "2"}, "needs GKE_NODE_POOL_COUNT"),
        (
            {"GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_NODE_POOL_COUNT": "1", "GKE_MIN_NODE_COUNT": "0"},
            "replaces GKE_MIN_NODE_COUNT",
        ),
        ({"GKE_VERSION": "new"}, "is not a GKE version"),
        ({"GKE_NODE_POOL_COUNT": "x"}, "is not a whole number"),
    ],
)
def test_rules_across_the_parameters_of_gke(problems, given, reason):
    assert any(reason in p for p in problems(ORCHESTRATOR_TYPE="gke", **given))

"""The parameters of a GKE cluster: read with gke alone, and checked against each other."""

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


def of_gke(found: tuple[str, ...]) -> list[str]:
    """The problems but that a version may not have the orchestrator."""
    return [p for p in found if not p.startswith("ORCHESTRATOR_TYPE=gke is not in this version")]


def test_parameters_of_another_orchestrator_are_ignored_with_one_line(loaded):
    notes = loaded(GKE_NODE_POOL_COUNT="2", GKE_VERSION="nonsense", CUSTOM_NODE_POOL="[").notes
    (note,) = [note for note in notes if "ignored with ORCHESTRATOR_TYPE=none" in note]
    assert note.endswith("GKE_NODE_POOL_COUNT, GKE_VERSION, CUSTOM_NODE_POOL")


@pytest.mark.parametrize(
    "pools", [f"[{POOL}]", POOLS_OF_THE_OLD_TOOL, f"[{POOL[:-2]}, enable_compact_placement = true }}]"]
)
def test_good_node_pools_are_fine(problems, pools):
    assert not of_gke(problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=pools))


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

"""Which images nodes boot from, and which of them a rehearsal builds."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import ImageNotFound

from cluster_provision.rehearsal.engine_images import BOOTSTRAP, ensure_node_images
from embedded_cloud.azure.machines import images as azure
from embedded_cloud.existing.machines import images as existing
from embedded_cloud.google.machines import images as google
from embedded_cloud.google.machines.box import box_of
from embedded_cloud.machines.base import Instance


class Engine:
    """An engine's images; `built` are the builds that it was asked for, by the image's name."""

    def __init__(self, *there: str) -> None:
        self.there = set(there)
        self.built: dict[str, dict[str, Any]] = {}
        self.images = SimpleNamespace(get=self.get, build=self.build)

    def get(self, name: str) -> None:
        if name not in self.there:
            raise ImageNotFound(name)

    def build(self, tag: str, **how: Any) -> None:
        self.built[tag] = how


def ensure(engine: Engine, orchestrator: str = "none", *, azure: bool = False, own_image: bool = False) -> list[str]:
    ensure_node_images(
        engine,  # type: ignore[arg-type]
        lambda _: None,
        orchestrator=orchestrator,
        azure=azure,
        own_image=own_image,
    )
    return list(engine.built)


def test_an_image_that_is_there_is_taken() -> None:
    assert ensure(Engine(google.NODE_IMAGE, google.RAY_IMAGE), "ray") == []


def test_rays_is_built_for_a_ray_cluster_alone() -> None:
    assert ensure(Engine()) == [google.NODE_IMAGE]


def test_rays_is_built_upon_the_nodes_by_the_nodes_own_step() -> None:
    engine = Engine()
    assert ensure(engine, "ray") == [google.NODE_IMAGE, google.RAY_IMAGE]
    built = engine.built[google.RAY_IMAGE]
    assert built["buildargs"] == {"NODE_IMAGE": google.NODE_IMAGE}
    assert built["path"] == str(BOOTSTRAP)
    assert "steps/ray_install.sh" in (BOOTSTRAP / "gcp/order").read_text().split()


def test_azures_nodes_have_an_image_of_their_own_and_one_with_ray() -> None:
    engine = Engine()
    assert ensure(engine, "ray", azure=True) == [
        google.NODE_IMAGE,
        azure.NODE_IMAGE,
        azure.RAY_IMAGE,
    ]
    assert engine.built[azure.RAY_IMAGE]["buildargs"] == {"NODE_IMAGE": azure.NODE_IMAGE}
    assert ensure(Engine(google.NODE_IMAGE), azure=True) == [azure.NODE_IMAGE]


@pytest.mark.parametrize("azure", [True, False])
def test_slurms_machines_have_one_image_on_either_cloud_upon_that_of_machines_with_its_packages(*, azure: bool) -> None:
    engine = Engine()
    assert ensure(engine, "slurm", azure=azure) == [existing.NODE_IMAGE, google.SLURM_IMAGE]
    assert engine.built[google.SLURM_IMAGE]["buildargs"] == {"NODE_IMAGE": existing.NODE_IMAGE}
    assert ensure(Engine(existing.NODE_IMAGE, google.SLURM_IMAGE), "slurm", azure=azure) == []


def test_an_image_of_the_users_own_is_one_more_with_slurms_packages() -> None:
    engine = Engine(existing.NODE_IMAGE, google.SLURM_IMAGE)
    assert ensure(engine, "slurm", own_image=True) == [google.SLURM_INSTALLED_IMAGE]
    assert engine.built[google.SLURM_INSTALLED_IMAGE]["buildargs"] == {"NODE_IMAGE": google.SLURM_IMAGE}
    assert google.SLURM_INSTALLED_IMAGE not in ensure(Engine(), own_image=True)


@pytest.mark.parametrize(
    ("source", "image"),
    [
        ("projects/debian-cloud/global/images/family/debian-12", google.SLURM_IMAGE),
        ("projects/my-project-123/global/images/family/slurm-nodes", google.SLURM_INSTALLED_IMAGE),
        ("https://www.googleapis.com/compute/v1/projects/mine/global/images/v1", google.SLURM_INSTALLED_IMAGE),
    ],
)
def test_a_machine_of_slurm_boots_from_the_image_that_it_was_made_with(source: str, image: str) -> None:
    config = json.dumps({"slurm": {"part": "node"}})
    disk = {"boot": True, "initializeParams": {"sourceImage": source}}
    properties = {"metadata": {"items": [{"key": "cluster-config", "value": config}]}, "disks": [disk]}
    assert box_of(Instance("p", "z", "a", "1", "b", properties, "g"), {}).image == image


@pytest.mark.parametrize(
    ("config", "image"),
    [
        (json.dumps({"slurm": {"part": "node"}}), google.SLURM_IMAGE),
        (json.dumps({"ray": {"port": 26379}}), google.RAY_IMAGE),
        (json.dumps({"ray": None}), google.NODE_IMAGE),
        ("no JSON", google.NODE_IMAGE),
    ],
)
def test_a_machine_boots_from_what_its_configuration_asks_for(config: str, image: str) -> None:
    properties = {"metadata": {"items": [{"key": "cluster-config", "value": config}]}}
    assert box_of(Instance("p", "z", "a", "1", "b", properties, "g"), {}).image == image

"""When a rehearsal's cloud counts as empty, so that its container may go."""

from __future__ import annotations

import pytest

from cluster_provision.rehearsal.admin import outlives_clusters

BUCKET = "//storage.googleapis.com/projects/_/buckets/states"


@pytest.mark.parametrize("name", [BUCKET, f"{BUCKET}/archived/a-deployment/terraform/state/default.tfstate#12"])
def test_the_bucket_and_its_older_versions_stay_after_every_destroy(name: str) -> None:
    assert outlives_clusters(name)


@pytest.mark.parametrize(
    "name",
    [
        f"{BUCKET}/objects/a-deployment/terraform/state/default.tfstate",
        "//compute.googleapis.com/projects/p/zones/us-central1-a/instances/a-vm-x1y2",
        "//iam.googleapis.com/projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
    ],
)
def test_a_cluster_that_is_there_keeps_it(name: str) -> None:
    assert not outlives_clusters(name)

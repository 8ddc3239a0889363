"""Prometheus writes to Azure Monitor besides, with a token from a file, where the cluster has a place to write to."""

from __future__ import annotations

import json

from cluster_provision.slurm.cluster import Monitoring
from cluster_provision.slurm.plan import Service
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import each, plan

URL = "https://vega-1.eastus-1.metrics.ingest.monitor.azure.com/dataCollectionRules/dcr-1/streams/s/api/v1/write"
UNIT = "cluster-metrics-token.timer"


def test_the_controller_writes_and_keeps_its_token_new() -> None:
    found = plan("lyra-hd", monitoring=Monitoring(remote_write=URL))
    text = files(found)["/etc/prometheus/prometheus.yml"].content
    (write,) = json.loads(text.partition("\n")[2])["remote_write"]
    assert write == {"url": URL, "authorization": {"credentials_file": "/run/cluster-monitoring/token"}}
    assert "python3 -E -s -m node.slurm_cloud token" in files(found)[f"/etc/systemd/system/{UNIT[:-6]}.service"].content
    assert UNIT in [one.name for one in each(found, Service)]


def test_no_other_machine_does_and_none_without_a_place() -> None:
    for found in (plan("lyra01", monitoring=Monitoring(remote_write=URL)), plan("lyra-hd", monitoring=Monitoring())):
        assert UNIT not in [one.name for one in each(found, Service)]
        assert not any("remote_write" in str(file.content) for file in files(found).values())

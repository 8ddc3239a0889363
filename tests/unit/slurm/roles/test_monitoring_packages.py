"""Grafana and dcgm-exporter, from packages that the user names: installed where they belong, wired, and locked in."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.slurm.cluster import Monitoring
from cluster_provision.slurm.node_scripts import FOLDER
from tests.unit.slurm.clusters import node
from tests.unit.slurm.roles.outline import files, outline
from tests.unit.slurm.roles.plans import command, plan

if TYPE_CHECKING:
    from pathlib import Path

GRAFANA = PackageUrl("https://packages.example.org/grafana_13.0.2_amd64.deb", "0" * 64)
GPUS = tuple(
    PackageUrl(f"https://packages.example.org/datacenter-gpu-manager-{name}_4.8.2-1_amd64.deb", "1" * 64)
    for name in ("4-core", "exporter")
)
ON: dict[str, Any] = {"monitoring": Monitoring(GPUS, GRAFANA)}
UNITS = "/etc/systemd/system/{}.service.d/cluster-provision.conf"
DASHBOARDS = "/usr/local/lib/cluster-provision/monitoring/dashboards"


def test_grafana_is_the_controllers_and_dcgm_the_nodes_with_gpus() -> None:
    head, with_gpus = outline(plan("lyra-hd", **ON)), outline(plan("lyra01", **ON))
    assert "command package grafana" in head and "command package datacenter-gpu-manager-exporter" not in head
    assert "command package grafana" not in with_gpus
    assert [line for line in with_gpus if "datacenter" in line] == [
        "command package datacenter-gpu-manager-4-core",
        "command package datacenter-gpu-manager-exporter",
    ]


def test_a_node_without_gpus_has_no_exporter_of_them_and_is_not_asked() -> None:
    changes = {**ON, "nodes": (node(1),)}
    assert not [line for line in outline(plan("lyra01", **changes)) if "datacenter" in line]
    text = files(plan("lyra-hd", **changes))["/usr/local/lib/cluster-provision/monitoring/machines.json"].content
    assert [each["name"] for each in json.loads(text) if each["gpu_exporter"]] == []


def test_gpus_are_asked_by_a_job_of_their_own_only_where_packages_are_named() -> None:
    assert '"job_name": "gpu"' in files(plan("lyra-hd", **ON))["/etc/prometheus/prometheus.yml"].content
    plain = files(plan("lyra-hd", monitoring=Monitoring()))["/etc/prometheus/prometheus.yml"].content
    assert '"job_name": "gpu"' not in plain


def test_the_gpu_exporter_takes_the_tools_own_command_line_in_place_of_its_packages() -> None:
    text = files(plan("lyra01", **ON))[UNITS.format("nvidia-dcgm-exporter")].content
    assert "\nExecStart=\nExecStart=/usr/bin/dcgm-exporter --address 10.30.0.11:9400 " in text
    assert "--hpc-job-mapping-dir /run/slurm/gpu-jobs" in text and "IPAddressDeny=any" in text


def test_grafana_listens_on_the_loopback_alone() -> None:
    text = files(plan("lyra-hd", **ON))[UNITS.format("grafana-server")].content
    assert "GF_SERVER_HTTP_ADDR=127.0.0.1 GF_SERVER_HTTP_PORT=3000" in text


def test_grafana_finds_prometheus_and_the_dashboards() -> None:
    found = files(plan("lyra-hd", **ON))
    source, boards = (
        json.loads(found[f"/etc/grafana/provisioning/{name}/cluster-provision.yaml"].content.partition("\n")[2])
        for name in ("datasources", "dashboards")
    )
    assert [each["url"] for each in source["datasources"]] == ["http://127.0.0.1:9090"]
    assert [each["options"]["path"] for each in boards["providers"]] == [DASHBOARDS]
    assert len([path for path in found if path.startswith(f"{DASHBOARDS}/")]) == 4


def test_its_password_is_made_once_and_root_alone_reads_it(tmp_path: Path) -> None:
    made = command(plan("lyra-hd", **ON), "Grafana's password")
    file = tmp_path / "grafana-login"
    argv = [str(file) if word == "/etc/cluster-provision/grafana-login" else word for word in made.argv]
    words = set()
    for _ in range(2):
        subprocess.run(argv, check=True)
        words.add(file.read_text())
        assert file.stat().st_mode & 0o777 == 0o600
    name, _, word = file.read_text().strip().partition("=")
    assert (name, len(word), len(words)) == ("GF_SECURITY_ADMIN_PASSWORD", 24, 2)
    assert made.unless == ("test", "-s", "/etc/cluster-provision/grafana-login")


# which job has which GPU


@pytest.fixture
def around(tmp_path: Path) -> Any:
    """Run the prolog or the epilog of a job; returns what the files say, by GPU."""

    def around(when: str, job: str, gpus: str | None = None) -> dict[str, list[str]]:
        given = {"PATH": os.environ["PATH"], "GPU_JOBS_FOLDER": str(tmp_path / "jobs"), "SLURM_JOB_ID": job}
        given |= {"SLURM_JOB_GPUS": gpus} if gpus is not None else {}
        subprocess.run(["bash", str(FOLDER / f"{when}.d" / "30-gpu-jobs.sh")], env=given, check=True)
        return {each.name: each.read_text().split() for each in sorted((tmp_path / "jobs").glob("*"))}

    return around


def test_a_job_is_noted_with_its_gpus_and_taken_off_when_it_ends(around: Any) -> None:
    assert around("prolog", "7", "0,3") == {"0": ["7"], "3": ["7"]}
    assert around("prolog", "8", "3") == {"0": ["7"], "3": ["7", "8"]}
    assert around("epilog", "7") == {"3": ["8"]}


def test_a_prolog_that_runs_twice_notes_a_job_once(around: Any) -> None:
    around("prolog", "7", "0")
    assert around("prolog", "7", "0") == {"0": ["7"]}


@pytest.mark.parametrize("gpus", [None, "", "GPU-4f2a,../x"], ids=["none", "empty", "other names"])
def test_a_job_without_numbered_gpus_leaves_nothing(around: Any, gpus: str | None) -> None:
    assert around("prolog", "7", gpus) == {}


def test_an_epilog_without_anything_noted_is_fine(around: Any) -> None:
    assert around("epilog", "7") == {}

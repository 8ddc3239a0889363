"""Google Cloud's ops agent, and DCGM for it: optional, and nothing waits for them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.unit.node.trial import FakeCloud, Machine

pytestmark = pytest.mark.slow

HOST_ONLY = """\
metrics:
  receivers:
    hostmetrics:
      type: hostmetrics
      collection_interval: 10s
  service:
    pipelines:
      default_pipeline:
        receivers: [hostmetrics]
"""
WITH_DCGM = """\
metrics:
  receivers:
    hostmetrics:
      type: hostmetrics
      collection_interval: 10s
    dcgm:
      type: dcgm
      receiver_version: 1
      collection_interval: 10s
  service:
    pipelines:
      default_pipeline:
        receivers: [hostmetrics]
      dcgm:
        receivers: [dcgm]
"""
UBUNTU = "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=22.04\nVERSION_CODENAME=jammy\n"
CURL = 'case "$*" in *127.0.0.1*) exec /usr/bin/curl "$@" ;; esac'


@pytest.fixture
def node(machine: Machine) -> Machine:
    """A machine of Ubuntu's, without agents, whose repositories answer."""
    (machine.root / "etc/os-release").write_text(UBUNTU)
    machine.command("curl", CURL)
    machine.command("dpkg-query", "exit 1")
    machine.command("nvidia-smi")
    machine.command("uname", "echo x86_64")
    machine.configure(ops_agent=True)
    machine.only("agent", "jupyter")
    return machine


def agent_step(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next((s for s in record["steps"] if s["name"] == "agent"), {})
    return found


def config(node: Machine) -> str:
    return (node.root / "etc/google-cloud-ops-agent/config.yaml").read_text()


def source(node: Machine) -> Path:
    return node.root / "etc/apt/sources.list.d/google-cloud-ops-agent.list"


def installed(node: Machine, package: str) -> list[str]:
    return [call for call in node.calls("apt-get") if call.endswith(f"install --no-install-recommends {package}")]


def test_it_is_installed_from_googles_repository_of_one_major_version(node: Machine) -> None:
    node.start()

    assert source(node).read_text().split("] ")[1] == (
        "https://packages.cloud.google.com/apt google-cloud-ops-agent-jammy-2 main\n"
    )
    assert "[signed-by=" in source(node).read_text()
    (call,) = installed(node, "google-cloud-ops-agent")
    assert f"-o Dir::Etc::sourcelist={source(node)}" in call
    assert config(node) == HOST_ONLY
    assert node.calls("systemctl")[-1] == "systemctl restart google-cloud-ops-agent"
    assert node.step("agent")["status"] == "ok"
    assert node.step("agent")["optional"] is True


def test_nothing_is_installed_without_the_agents_parameter(node: Machine) -> None:
    node.configure(ops_agent=False)

    node.start()

    assert node.step("agent") | {"seconds": 0} == {
        "name": "agent",
        "status": "skipped",
        "optional": True,
        "seconds": 0,
        "tail": "",
    }
    assert node.calls("apt-get") == []


@pytest.mark.parametrize("package", ["google-cloud-ops-agent", "stackdriver-agent", "google-fluentd"])
def test_an_agent_that_the_image_brings_is_left_alone_and_named(node: Machine, package: str) -> None:
    node.command("dpkg-query", f"[[ ${{!#}} == {package} ]] && printf installed")

    done = node.start()

    assert done.returncode == 0
    assert node.step("agent")["status"] == "skipped"
    assert package in node.step("agent")["tail"]
    assert node.calls("apt-get") == []
    assert node.record()["status"] == "ready"


def test_a_package_that_was_removed_is_no_agent(node: Machine) -> None:
    node.command("dpkg-query", "printf config-files")

    node.start()

    assert node.step("agent")["status"] == "ok"


def test_a_repository_that_fails_is_asked_again_with_growing_waits(node: Machine) -> None:
    node.command("apt-get", '[[ $* != *update* || $(grep -c "update$" "$CALLS") -gt 3 ]]')

    node.start()

    assert len([call for call in node.calls("apt-get") if call.endswith("update")]) == 4
    assert node.step("agent")["status"] == "ok"


def test_ten_attempts_are_enough_and_the_node_is_ready_all_the_same(node: Machine, cloud: FakeCloud) -> None:
    node.command("apt-get", "echo 'Temporary failure resolving packages.cloud.google.com'; exit 100")

    done = node.start()

    assert done.returncode == 0
    assert len(node.calls("apt-get")) == 10
    record = cloud.record_when(lambda r: agent_step(r).get("status") == "failed")
    assert record["status"] == "ready"
    assert "Temporary failure resolving" in agent_step(record)["tail"]
    assert cloud.uploads[-1]["about"]["metadata"]["agent"] == "failed"


def test_the_waits_are_drawn_below_a_limit_that_doubles_up_to_32_seconds(node: Machine) -> None:
    node.environment.update(BACKOFF_FIRST_MS="1000", BACKOFF_LONGEST_MS="32000")
    node.command("apt-get", "exit 100")
    node.command("sleep", "echo waited >/dev/null")

    node.start()

    waits = [float(call.split()[1]) for call in node.calls("sleep")][-9:]
    limits = [1, 2, 4, 8, 16, 32, 32, 32, 32]
    assert all(wait <= limit for wait, limit in zip(waits, limits, strict=True))
    assert len(set(waits)) > 1


def test_the_agents_installation_does_not_delay_the_command(node: Machine, cloud: FakeCloud) -> None:
    goes_on = node.root / "goes-on"
    node.command("apt-get", f'while [[ ! -e "{goes_on}" ]]; do /usr/bin/sleep 0.05; done')
    cloud.metadata["attributes/cluster-startup-command"] = "true"

    script = threading.Thread(target=node.start)
    script.start()

    ready = cloud.record_when(lambda r: r["status"] == "ready" and r["step"] == "done")
    assert agent_step(ready)["status"] == "running"
    goes_on.touch()
    assert agent_step(cloud.record_when(lambda r: agent_step(r).get("status") == "ok"))["optional"] is True
    script.join()


def test_a_slow_notebook_does_not_delay_the_agent(node: Machine, cloud: FakeCloud) -> None:
    node.configure(ops_agent=True, notebook=True)
    node.environment.update(JUPYTER_SERVICE="0", JUPYTER_LIMIT="20")

    script = threading.Thread(target=node.start)
    script.start()

    record = cloud.record_when(lambda r: agent_step(r).get("status") == "ok")
    assert next(s["status"] for s in record["steps"] if s["name"] == "jupyter") == "running"
    cloud.jupyter = True
    script.join()


def test_the_users_apt_get_and_its_own_share_dpkgs_lock_alone_and_wait_for_it(node: Machine) -> None:
    node.start()

    assert (node.root / "etc/apt/apt.conf.d/90cluster-lock").read_text() == 'DPkg::Lock::Timeout "300";\n'
    own = node.root / "var/lib/cluster/apt"
    options = f"-o Dir::State::lists={own}/lists -o Dir::Cache::archives={own}/archives"
    calls = node.calls("apt-get")
    assert [call for call in calls if options in call] == calls != []


def test_with_gpus_dcgm_comes_from_nvidias_repository(node: Machine) -> None:
    node.configure(ops_agent=True, gpus=2)
    node.command("apt-get", write_cuda_source(node))

    node.start()

    (keyring,) = [call for call in node.calls("curl") if "cuda-keyring" in call]
    assert keyring.endswith("/cuda/repos/ubuntu2204/x86_64/cuda-keyring_1.1-1_all.deb")
    (call,) = installed(node, "datacenter-gpu-manager")
    assert f"-o Dir::Etc::sourcelist={node.root}/etc/apt/sources.list.d/cuda-ubuntu2204-x86_64.list" in call
    assert "systemctl enable --now nvidia-dcgm" in node.calls("systemctl")
    assert config(node) == WITH_DCGM
    assert node.calls("systemctl")[-1] == "systemctl restart google-cloud-ops-agent"


def write_cuda_source(node: Machine) -> str:
    """What NVIDIA's keyring package leaves."""
    file = node.root / "etc/apt/sources.list.d/cuda-ubuntu2204-x86_64.list"
    line = "deb [signed-by=/k] https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2204/x86_64/ /"
    return f"""[[ $* != *cuda-keyring.deb* ]] || echo '{line}' >'{file}'"""


def test_a_repository_of_nvidias_that_the_image_has_is_used_as_it_is(node: Machine) -> None:
    node.configure(ops_agent=True, gpus=2)
    folder = node.root / "etc/apt/sources.list.d"
    folder.mkdir(parents=True)
    (folder / "cuda.list").write_text("deb https://developer.download.nvidia.com/compute/cuda/repos/x /\n")

    node.start()

    assert [call for call in node.calls("curl") if "cuda-keyring" in call] == []
    assert len(installed(node, "datacenter-gpu-manager")) == 1


def test_dcgm_that_the_image_has_is_used_as_it_is(node: Machine) -> None:
    node.configure(ops_agent=True, gpus=2)
    node.command("nv-hostengine")

    node.start()

    assert installed(node, "datacenter-gpu-manager") == []
    assert config(node) == WITH_DCGM


def test_without_a_driver_the_agent_runs_and_says_what_is_missing(node: Machine) -> None:
    node.configure(ops_agent=True, gpus=2)
    node.command("nvidia-smi", "exit 9")

    node.start()

    assert node.step("agent")["status"] == "failed"
    assert "DCGM was not installed" in node.step("agent")["tail"]
    assert config(node) == HOST_ONLY
    assert node.record()["status"] == "ready"


def test_rocky_linux_has_the_agent_without_dcgm(node: Machine) -> None:
    (node.root / "etc/os-release").write_text('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n')
    (node.root / "etc/yum.repos.d").mkdir()
    node.command("rpm", "exit 1")
    node.command("yum")
    node.configure(ops_agent=True, gpus=2)

    node.start()

    repository = (node.root / "etc/yum.repos.d/google-cloud-ops-agent.repo").read_text()
    assert "/yum/repos/google-cloud-ops-agent-el9-$basearch-2\n" in repository
    assert "gpgcheck=1\n" in repository
    assert node.calls("yum") == ["yum -q -y install google-cloud-ops-agent"]
    assert node.calls("apt-get") == []
    assert config(node) == HOST_ONLY
    assert node.step("agent")["status"] == "ok"


def test_a_reboot_installs_nothing_again(node: Machine) -> None:
    node.start()
    before = len(node.calls("apt-get"))
    node.command("dpkg-query", "[[ ${!#} == google-cloud-ops-agent ]] && printf installed")

    node.start()

    assert node.step("agent")["status"] == "ok"
    assert len(node.calls("apt-get")) == before


def test_the_next_start_installs_what_an_earlier_one_could_not(node: Machine) -> None:
    node.configure(ops_agent=True, gpus=2)
    node.command("nvidia-smi", "exit 9")
    node.start()
    node.command("dpkg-query", "[[ ${!#} == google-cloud-ops-agent ]] && printf installed")
    node.command("nvidia-smi")

    node.start()

    assert node.step("agent")["status"] == "ok"
    assert config(node) == WITH_DCGM


# What exporters count, which MONITORING=managed of a Slurm cluster has it send

JOBS = [{"job_name": "node", "static_configs": [{"targets": ["10.0.0.2:9100"], "labels": {"instance": "vega-1"}}]}]


def sends(node: Machine, jobs: list[dict[str, Any]] | None = None) -> None:
    """The Slurm program wants these jobs."""
    file = node.root / "etc/cluster-provision/ops-agent.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(jobs or JOBS) + "\n")


def has_agent(node: Machine) -> None:
    """The image has the agent, with the configuration that its package brings."""
    node.command("dpkg-query", "[[ ${!#} == google-cloud-ops-agent ]] && printf installed")
    file = node.root / "etc/google-cloud-ops-agent/config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# Copyright\n#\n# logging:\n\n")


def receivers(node: Machine) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(config(node))["metrics"]
    used = [name for each in found["service"]["pipelines"].values() for name in each["receivers"]]
    assert sorted(used) == sorted(found["receivers"])
    return {**found["receivers"]}


def again(node: Machine) -> subprocess.CompletedProcess[str]:
    """What the Slurm program runs where something else is to be sent."""
    return node.run(str(node.root / "var/lib/cluster/bootstrap.sh"), "step", "agent_again")


def test_what_exporters_count_is_sent_beside_the_machines_own_figures(node: Machine) -> None:
    sends(node)
    node.start()
    assert {*receivers(node)} == {"hostmetrics", "prometheus"}
    assert receivers(node)["prometheus"] == {"type": "prometheus", "config": {"scrape_configs": JOBS}}


def test_an_agent_of_the_images_sends_it_too_and_is_not_installed_again(node: Machine) -> None:
    has_agent(node)
    sends(node)
    node.start()
    assert {*receivers(node)} == {"prometheus"}
    assert node.step("agent")["status"] == "ok"
    assert node.calls("apt-get") == []


def test_settings_of_the_images_own_stay_and_that_is_said(node: Machine) -> None:
    has_agent(node)
    (node.root / "etc/google-cloud-ops-agent/config.yaml").write_text("metrics: {}\n")
    sends(node)
    node.start()
    assert config(node) == "metrics: {}\n"
    assert node.step("agent")["status"] == "skipped"
    assert "what exporters count is not sent" in node.step("agent")["tail"]


@pytest.mark.parametrize("own", [True, False], ids=["the tool's agent", "the image's agent"])
def test_other_jobs_are_sent_from_then_on_and_none_once_there_are_none(node: Machine, *, own: bool) -> None:
    if not own:
        has_agent(node)
    sends(node)
    node.start()
    sends(node, [{**JOBS[0], "job_name": "other"}])
    again(node)
    assert receivers(node)["prometheus"]["config"]["scrape_configs"][0]["job_name"] == "other"
    assert node.calls("systemctl")[-1] == "systemctl restart google-cloud-ops-agent"
    (node.root / "etc/cluster-provision/ops-agent.json").unlink()
    again(node)
    assert config(node) == HOST_ONLY if own else not (node.root / "etc/google-cloud-ops-agent/config.yaml").exists()


def test_without_an_agent_there_is_nothing_to_configure(node: Machine) -> None:
    node.configure(ops_agent=False)
    node.start()
    sends(node)
    done = again(node)
    assert done.returncode == 0 and "not here yet" in done.stdout

"""The all-reduce on Google Cloud's machine types: how it is run, and what is made of the network it names."""

from __future__ import annotations

import pytest

from cloud_facts.gcp.gpus import expected_of, gpu_of
from cloud_facts.gcp.machine_types import attachable_gpus, known_types
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.nccl.plan import plan_for
from cluster_provision.fleet.nccl.verdict import judge
from cluster_provision.targets.gcp.nccl import nccl_machine
from tests.unit.fleet.nccl_kit import GIB, printed, row
from tests.unit.fleet.nccl_runs import fed

MEGA = nccl_machine("a3-megagpu-8g", "nvidia-h100-mega-80gb", 8)
ULTRA = nccl_machine("a3-ultragpu-8g", "nvidia-h200-141gb", 8)


def test_every_machine_type_with_gpus_can_be_measured_and_has_gpus_that_are_known_by_name() -> None:
    for name, its in known_types().items():
        machine = nccl_machine(name, its.accelerator, its.gpus)
        assert plan_for(machine).end >= GIB, name
        assert gpu_of(its.accelerator).model, name
        assert expected_of(name, its.accelerator).local_ssds == its.local_ssds
    assert all(gpu_of(accelerator).model for accelerator in attachable_gpus())


def test_machines_without_gpus_are_not_measured() -> None:
    with pytest.raises(SettingsError, match="VM_TYPE=n2-standard-4 has none"):
        nccl_machine("n2-standard-4", "", 0)


def test_several_machines_take_the_plugins_own_variables_over_but_for_those_of_the_table() -> None:
    script = plan_for(ULTRA).script(8, 2, topology=False)
    assert "for each in /usr/local/gib /var/lib/gib; do" in script
    assert '. "$plugin/scripts/set_nccl_env.sh"' in script
    assert "-x NCCL_NET=gIB" in script
    assert '"${from_profile[@]}"' in script
    assert " NCCL_NET " in script.partition("case '")[2].partition("'")[0]


def test_one_machine_alone_needs_no_plugin() -> None:
    assert "plugin" not in plan_for(ULTRA).script(8, 1, topology=False)


def test_gpudirects_cards_are_named_as_the_machines_images_name_them() -> None:
    plan = plan_for(MEGA)
    assert plan.environment["NCCL_FASTRAK_IFNAME"].count(",") == 7
    assert plan.environment["NCCL_SOCKET_IFNAME"] == "enp0s12"


def told(transport: str, device: str = "NVIDIA H200") -> str:
    """A run on two machines whose channels went by this network."""
    lines = [
        f"vm-{n}:1:2 [0] NCCL INFO Channel 00/0 : {8 * n}[0] -> {8 - 8 * n}[0] [send] via NET/{transport}\n"
        for n in (0, 1)
    ]
    return "".join(lines) + printed(row(8 * GIB, 300.0), device=device, network="silent")


@pytest.mark.parametrize(
    ("transport", "verdict", "detail"),
    [
        ("gIB/3/GDRDMA", "ok", "NCCL uses gIB"),
        ("Socket/0", "failed", "NCCL goes by plain TCP in the place of gIB on vm-0, vm-1 (NET/Socket)"),
        ("Other/0", "unknown", "NCCL didn't name gIB as the network between all machines: vm-0, vm-1 (NET/Other)"),
    ],
)
def test_the_network_between_the_machines_has_to_be_gpudirects(transport: str, verdict: str, detail: str) -> None:
    judged = judge(fed(told(transport)), ULTRA, 2)
    network = next(each for each in judged.findings if each.name == "network")
    assert (network.verdict, network.detail) == (verdict, detail)


def test_several_machines_have_no_limit_and_one_has_that_of_its_gpus() -> None:
    assert judge(fed(told("gIB/3")), ULTRA, 2).threshold is None
    one = judge(fed(printed(row(GIB, 300.0), device="NVIDIA H200")), ULTRA, 1)
    assert one.threshold is not None
    assert next(each.verdict for each in one.findings if each.name == "bandwidth") == "failed"

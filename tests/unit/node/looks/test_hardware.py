"""Processors, GPUs, RDMA ports and room, as a machine's own files tell them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from node.looks.hardware import cards, free_mb, mig_instances, mounts, numbered, pci_gpus, processors, rdma, span

if TYPE_CHECKING:
    from tests.unit.node.looks.conftest import Machine


def topology(machine: Machine, *pairs: tuple[int, int]) -> None:
    """Online processors, each of a socket and a core."""
    machine.write("/sys/devices/system/cpu/online", f"0-{len(pairs) - 1}\n")
    for number, (package, core) in enumerate(pairs):
        folder = f"/sys/devices/system/cpu/cpu{number}/topology"
        machine.write(f"{folder}/physical_package_id", f"{package}\n")
        machine.write(f"{folder}/core_id", f"{core}\n")


@pytest.mark.parametrize(
    ("text", "numbers"), [("0-3,8\n", [0, 1, 2, 3, 8]), ("0", [0]), ("", []), ("0-1,4-5", [0, 1, 4, 5])]
)
def test_lists_of_processors_are_read(text: str, numbers: list[int]) -> None:
    assert span(text) == numbers


def test_two_sockets_with_two_threads_a_core(machine: Machine) -> None:
    topology(machine, *[(package, core) for _ in range(2) for package in (0, 1) for core in (0, 1, 2)])
    shape = {"cpus": 12, "sockets": 2, "cores": 3, "threads": 2, "boards": 1}
    assert processors() == {**shape, "of_sockets": ["0-2,6-8", "3-5,9-11"]}


def test_a_single_processor(machine: Machine) -> None:
    topology(machine, (0, 0))
    shape = {"cpus": 1, "sockets": 1, "cores": 1, "threads": 1, "boards": 1}
    assert processors() == {**shape, "of_sockets": ["0"]}


def test_a_socket_that_is_not_numbered_is_the_first(machine: Machine) -> None:
    topology(machine, (-1, 0), (-1, 1))
    assert processors()["sockets"] == 1


def test_a_processor_that_is_switched_off_does_not_count(machine: Machine) -> None:
    topology(machine, (0, 0), (0, 1), (0, 0), (0, 1))
    machine.write("/sys/devices/system/cpu/online", "0-1\n")
    assert processors()["cpus"] == 2


def test_without_topology_cpuinfo_counts(machine: Machine) -> None:
    machine.write("/proc/cpuinfo", "processor\t: 0\nmodel\t: x\n\nprocessor\t: 1\n")
    shape = {"cpus": 2, "sockets": 1, "cores": 2, "threads": 1, "boards": 1}
    assert processors() == {**shape, "of_sockets": []}


def test_device_files_are_in_the_order_of_their_numbers_and_only_devices_count(machine: Machine) -> None:
    machine.write("/dev/nvidia3", "no device")
    assert numbered(f"{machine.root}/dev/nvidia[0-9]*") == []
    if os.geteuid() == 0:
        for number in (10, 2):
            try:
                os.mknod(machine.root / f"dev/nvidia{number}", 0o600 | 0o020000, os.makedev(1, 3))
            except PermissionError:
                pytest.skip("devices can't be made here")
        assert numbered(f"{machine.root}/dev/nvidia[0-9]*") == ["/dev/nvidia2", "/dev/nvidia10"]


def test_without_divided_cards_nobody_is_asked_for_instances(machine: Machine) -> None:
    machine.says["nvidia-smi"] = (0, "many")
    assert mig_instances() is None


def test_cards_are_those_that_the_driver_numbers(machine: Machine) -> None:
    about = "Model: \t\t NVIDIA H100\nBus Location: \t 0000:1b:00.0\nDevice Minor: \t {}\n"
    machine.write("/proc/driver/nvidia/gpus/0000:1b:00.0/information", about.format(1))
    machine.write("/proc/driver/nvidia/gpus/0000:2b:00.0/information", "Model: ??\n")
    assert cards() == [{"bus": "0000:1b:00.0", "minor": 1, "model": "NVIDIA H100", "near": ""}]


def test_a_card_has_the_processors_beside_it(machine: Machine) -> None:
    about = "Model: \t\t NVIDIA H100\nBus Location: \t 0000:1B:00.0\nDevice Minor: \t 0\n"
    machine.write("/proc/driver/nvidia/gpus/0000:1b:00.0/information", about)
    machine.write("/sys/bus/pci/devices/0000:1b:00.0/local_cpulist", "0-47,96-143\n")
    assert cards()[0]["near"] == "0-47,96-143"


@pytest.mark.parametrize(
    ("vendor", "kind", "count"),
    [("0x10de", "0x030200", 1), ("0x10de", "0x030000", 1), ("0x10de", "0x040300", 0), ("0x1002", "0x030000", 0)],
)
def test_controllers_of_nvidia_alone_are_counted(machine: Machine, vendor: str, kind: str, count: int) -> None:
    machine.write("/sys/bus/pci/devices/0000:1b:00.0/vendor", f"{vendor}\n")
    machine.write("/sys/bus/pci/devices/0000:1b:00.0/class", f"{kind}\n")
    assert pci_gpus() == count


def test_rdma_ports_have_the_kernels_words(machine: Machine) -> None:
    port = "/sys/class/infiniband/mlx5_0/ports/1"
    told = {"link_layer": "InfiniBand", "state": "4: ACTIVE", "rate": "400 Gb/sec (4X NDR)"}
    for name, text in told.items():
        machine.write(f"{port}/{name}", f"{text}\n")
    expected = {"device": "mlx5_0", "port": 1, "link": "InfiniBand", "state": "ACTIVE", "rate": "400 Gb/sec (4X NDR)"}
    assert rdma() == [expected]


def test_room_is_told_of_folders_that_are_there(machine: Machine) -> None:
    (machine.root / "var").mkdir()
    assert set(free_mb()) == {"/", "/var"} and free_mb()["/"] > 0


def test_mounts_are_read_with_their_escapes_and_without_the_kernels_own(machine: Machine) -> None:
    machine.write(
        "/proc/self/mounts",
        "proc /proc proc rw 0 0\nnas:/a\\040b /mnt/a\\040b nfs rw,vers=3 0 0\n/dev/sda1 / ext4 rw 0 0\nbroken\n",
    )
    assert [(each["source"], each["target"]) for each in mounts()] == [("nas:/a b", "/mnt/a b"), ("/dev/sda1", "/")]

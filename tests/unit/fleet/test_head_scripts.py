"""The scripts in /opt of the head, over real ssh(1) to machines that UpdateHosts has prepared."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.fleet.hosts import update_hosts
from cluster_provision.fleet.nccl import plan as plan_module

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm

OPT = Path(__file__).parents[3] / "node" / "azure" / "opt"


class Head:
    """A shell on the head. ssh(1) takes a home from the passwd file, so it is shown the head's own files."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.farm = farm
        self.home = farm.machines[0].home
        update_hosts(farm.fleet())
        config = (self.home / ".ssh" / "cluster_config").read_text().replace("~/", f"{self.home}/")
        (self.home / "seen").write_text(config)
        self.bin = folder / "head-bin"
        self.bin.mkdir()
        self.program("ssh", f'#!/bin/sh\nexec /usr/bin/ssh -F {self.home / "seen"} "$@"\n')

    def program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def __call__(self, script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        environment = {"HOME": str(self.home), "PATH": f"{self.bin}:{self.farm.bin}:{os.environ['PATH']}", **more}
        return subprocess.run(
            [str(OPT / script), *arguments],
            cwd=self.home,
            env={"NODE_NAME": "vm-0", **environment},
            capture_output=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def head(farm: Farm, tmp_path: Path) -> Head:
    farm.add_many("vm-0", "vm-1", "vm-2")
    return Head(farm, tmp_path)


def test_gather_takes_the_last_line_of_the_file_that_is_named(head: Head) -> None:
    for machine in head.farm.machines:
        (machine.home / "some file").write_text(f"old\n{machine.name} healthy\n")
        (machine.home / "other").write_text("not asked for\n")
    ran = head("gather-files.sh", "hostfile", "some file", "out")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert (head.home / "out").read_text() == "vm-0 vm-0 healthy\nvm-1 vm-1 healthy\nvm-2 vm-2 healthy\n"


@pytest.mark.parametrize(
    ("options", "lines"), [(["-n", "2"], ["2", "3"]), (["-a"], ["1", "2", "3"]), ([], ["3"])], ids=str
)
def test_gather_takes_as_many_lines_as_asked(head: Head, options: list[str], lines: list[str]) -> None:
    for machine in head.farm.machines:
        (machine.home / "log").write_text("1\n2\n3\n")
    ran = head("gather-files.sh", "hostfile", "log", "-", *options)
    assert ran.stdout.decode().splitlines() == [f"vm-{i} {line}" for i in range(3) for line in lines]


@pytest.mark.parametrize("name", ["gather-file.sh", "gather-host-info.sh"])
def test_gather_has_the_documented_names_too(head: Head, name: str) -> None:
    (head.home / "log").write_text("x\n")
    assert head(name, "hostfile", "log", "-").stdout == b"vm-0 x\n"


def test_gather_tells_who_is_missing_and_keeps_the_rest(head: Head) -> None:
    for machine in head.farm.machines[:2]:
        (machine.home / "log").write_bytes(b"\xff\n")
    head.farm.stop(head.farm.machines[1])
    ran = head("gather-files.sh", "hostfile", "log", "out")
    assert ran.returncode == 1
    assert (head.home / "out").read_bytes() == b"vm-0 \xff\n"
    told = ran.stderr.decode().splitlines()
    assert [line.partition(":")[0] for line in told] == ["vm-1", "vm-2"]
    assert "Connection refused" in told[0] and "No such file" in told[1]


def test_gather_asks_all_at_once(head: Head) -> None:
    head.farm.program("tail", '#!/bin/sh\nsleep 2\nexec /usr/bin/tail "$@"\n')
    for machine in head.farm.machines:
        (machine.home / "log").write_text("x\n")
    started = time.monotonic()
    assert head("gather-files.sh", "hostfile", "log", "-").returncode == 0
    assert time.monotonic() - started < 5


def test_gathers_argument_is_a_path_and_nothing_else(head: Head) -> None:
    ran = head("gather-files.sh", "hostfile", "$(touch made); touch made", "-")
    assert ran.returncode == 1
    assert not any((machine.home / "made").exists() for machine in head.farm.machines)


@pytest.mark.parametrize("arguments", [["hostfile", "x"], ["hostfile", "x", "-", "-n", "0"], ["a", "b", "c", "-z"]])
def test_wrong_usage_is_said(head: Head, arguments: list[str]) -> None:
    ran = head("gather-files.sh", *arguments)
    assert ran.returncode == 64
    assert b"usage: gather-files.sh HOSTFILE FILE OUTPUT" in ran.stderr


def test_without_a_hostfile_its_writer_is_named(head: Head) -> None:
    ran = head("gather-files.sh", "nowhere", "x", "-")
    assert ran.returncode == 64
    assert b"UpdateHosts" in ran.stderr


def test_update_hosts_writes_addresses_in_the_order_of_the_hostfile(head: Head) -> None:
    (head.home / "hostfile").write_text("vm-2 slots=8\n# a comment\nvm-0\nvm-1")
    ran = head("update-hosts.sh")
    assert ran.returncode == 0, ran.stderr
    assert (head.home / "hostfile-ip").read_text() == "127.0.1.3\n127.0.1.1\n127.0.1.2\n"


def test_update_hosts_leaves_all_as_it_was_where_a_host_does_not_answer(head: Head) -> None:
    before = (head.home / "hostfile-ip").read_text()
    head.farm.stop(head.farm.machines[2])
    ran = head("update-hosts.sh", "hostfile")
    assert ran.returncode == 1
    assert b"vm-2: failed:" in ran.stderr
    assert (head.home / "hostfile-ip").read_text() == before


def nccl(head: Head, model: str, *options: str, infiniband: bool = True) -> tuple[list[str], list[str]]:
    """mpirun's arguments and its hostfile, on machines with two GPUs of this model."""
    head.program("nvidia-smi", f'#!/bin/sh\nfor i in 0 1; do echo "GPU $i: {model} (UUID: GPU-$i)"; done\n')
    head.program("mpirun", '#!/bin/sh\nprintf "%s\\n" "$@" >ran\ncat "$2" >used\n')
    head.program("all_reduce_perf", "#!/bin/sh\n")
    port = head.home / "infiniband" / "mlx5_0" / "ports" / "1"
    port.mkdir(parents=True)
    (port / "link_layer").write_text("InfiniBand\n" if infiniband else "Ethernet\n")
    program = str(head.bin / "all_reduce_perf")
    more = {"NCCL_TEST": program, "INFINIBAND_FOLDER": str(head.home / "infiniband")}
    ran = head("run-nccl-test.sh", "hostfile", *options, **more)
    assert ran.returncode == 0, ran.stderr
    return (head.home / "ran").read_text().splitlines(), (head.home / "used").read_text().splitlines()


@pytest.mark.parametrize(
    ("model", "infiniband", "kind"),
    [
        ("NVIDIA H200", True, "ndv5"),
        ("NVIDIA H100 80GB HBM3", True, "ndv5"),
        ("NVIDIA A100-SXM4-80GB", True, "ndv4"),
        ("NVIDIA GB300", True, "gb"),
        ("NVIDIA H100 NVL", False, "ethernet"),
    ],
)
def test_the_heads_nccl_test_has_the_settings_of_the_table(head: Head, model: str, infiniband: bool, kind: str) -> None:
    table = tomllib.loads(Path(plan_module.__file__).with_name("settings.toml").read_text())
    arguments, hostfile = nccl(head, model, infiniband=infiniband)
    given = [arguments[i + 1] for i, word in enumerate(arguments) if word == "-x"]
    wanted = {**table["common"]["environment"], **table["class"][kind]["environment"]}
    assert {each for each in given if not each.startswith("LD_")} == {f"{k}={v}" for k, v in wanted.items()}
    mca = {arguments[i + 1]: arguments[i + 2] for i, word in enumerate(arguments) if word == "--mca"}
    assert mca == table["common"]["mca"]
    assert hostfile == ["vm-0 slots=2", "vm-1 slots=2", "vm-2 slots=2"]
    assert arguments[arguments.index("-np") + 1] == "6"


def test_the_heads_nccl_test_does_the_seeds_messages_or_what_it_is_told(head: Head) -> None:
    assert nccl(head, "NVIDIA H200")[0][-12:] == ["-b", "8G", "-e", "8G", "-f", "2", "-g", "1", "-c", "1", "-N", "10"]


def test_the_heads_nccl_test_passes_options_on(head: Head) -> None:
    assert nccl(head, "NVIDIA H200", "-b", "1M", "-e", "2M")[0][-4:] == ["-b", "1M", "-e", "2M"]


def test_the_heads_nccl_test_needs_a_gpu(head: Head) -> None:
    head.program("nvidia-smi", "#!/bin/sh\necho 'No devices were found'\nexit 6\n")
    head.program("mpirun", "#!/bin/sh\n")
    ran = head("run-nccl-test.sh", "hostfile", NCCL_TEST="/bin/true")
    assert ran.returncode == 69
    assert b"there is no a GPU" not in ran.stderr
    assert b"no GPU" in ran.stderr


@pytest.mark.parametrize(
    "hostfile",
    [
        b"vm-0\r\nvm-1\r\n",
        b"\xef\xbb\xbfvm-0\nvm-1\n",
        b"\xef\xbb\xbf# hosts\r\n\r\nvm-0 slots=8\r\nvm-1\tslots=8",
        b"vm-0\nvm-0\nvm-1\nvm-0\n",
        b"vm-0:8\nvm-1:8\n",
        b" vm-0\n\tvm-1 \r\n",
    ],
)
def test_a_hostfile_of_another_system_names_the_same_hosts(head: Head, hostfile: bytes) -> None:
    for machine in head.farm.machines:
        (machine.home / "log").write_text("x\n")
    (head.home / "foreign").write_bytes(hostfile)
    ran = head("gather-files.sh", "foreign", "log", "-")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"vm-0 x\nvm-1 x\n", b"")


def test_the_heads_nccl_test_counts_each_host_once(head: Head) -> None:
    (head.home / "hostfile").write_bytes(b"vm-0\r\nvm-0\r\nvm-1\r\n")
    arguments, hostfile = nccl(head, "NVIDIA H200")
    assert hostfile == ["vm-0 slots=2", "vm-1 slots=2"]
    assert arguments[arguments.index("-np") + 1] == "4"


@pytest.mark.parametrize(
    ("name", "slow"),
    [
        ("roce_with_channels", "vm-000000 (mlx5_an0:1/RoCE), vm-000001 (mlx5_an0:1/RoCE)"),
        ("roce_on_one_machine", "vm-000001 (mlx5_an0:1/RoCE)"),
        ("old_12_columns", ""),
        ("tagged_output", ""),
    ],
)
def test_the_heads_nccl_test_names_the_hosts_that_went_by_ethernet(head: Head, name: str, slow: str) -> None:
    shutil.copy(Path(__file__).with_name("nccl_outputs") / f"{name}.txt", head.home / "printed")
    nccl(head, "NVIDIA H200")
    head.program("mpirun", "#!/bin/sh\ncat printed\n")
    more = {"NCCL_TEST": str(head.bin / "all_reduce_perf"), "INFINIBAND_FOLDER": str(head.home / "infiniband")}
    told = head("run-nccl-test.sh", "hostfile", **more).stderr.decode()
    wanted = f"run-nccl-test.sh: NCCL used Ethernet although these machines have InfiniBand: {slow}\n"
    assert told == (wanted if slow else "")


def test_the_heads_nccl_test_goes_by_the_card_that_a_channel_uses(head: Head) -> None:
    list_of_cards = "NET/IB : Using [0]mlx5_ib0:1/IB [1]mlx5_an0:1/RoCE [RO]; OOB eth0:1"
    lines = [
        *(f"vm-{i}:1:2 [0] NCCL INFO {list_of_cards}" for i in range(3)),
        "vm-0:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IB/0/GDRDMA",
        "[1,1]<stdout>:vm-1:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/IBext_v8/1/GDRDMA",
        "vm-2:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 8[0] [send] via NET/Socket/0",
    ]
    ran = subprocess.run(
        ["awk", "-f", str(OPT / "fleet/ethernet.awk")],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["vm-1 (mlx5_an0:1/RoCE)", "vm-2 (NET/Socket)"]

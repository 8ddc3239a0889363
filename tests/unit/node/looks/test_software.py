"""Packages, and files of Slurm's."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

from node.looks.software import apt_busy, package_lists, package_manager, packages, slurm_files, slurm_packaged

if TYPE_CHECKING:
    from tests.unit.node.looks.conftest import Machine

POLICY = """slurmd:
  Installed: (none)
  Candidate: 22.05.8-4+deb12u3
  Version table:
     22.05.8-4+deb12u3 500
munge:
  Installed: 0.5.15-2
  Candidate: (none)
"""


def test_versions_that_are_installed_and_offered(machine: Machine) -> None:
    machine.says |= {
        "dpkg-query": (1, "munge installed 0.5.15-2\nchrony config-files 4.3-2\n"),
        "apt-cache": (0, POLICY),
    }
    assert packages(["slurmd", "munge", "chrony"]) == {
        "slurmd": {"installed": "", "candidate": "22.05.8-4+deb12u3"},
        "munge": {"installed": "0.5.15-2", "candidate": ""},
        "chrony": {"installed": "", "candidate": ""},
    }


def test_without_dpkg_nothing_is_installed(machine: Machine) -> None:
    assert packages(["slurmd"]) == {"slurmd": {"installed": "", "candidate": ""}}


def test_the_package_manager_has_its_short_name(machine: Machine) -> None:
    assert package_manager() == ""
    machine.says["zypper"] = (0, "")
    assert package_manager() == "zypper"
    machine.says["apt-get"] = (0, "")
    assert package_manager() == "apt"


def test_lists_that_were_never_fetched_have_no_time(machine: Machine) -> None:
    assert package_lists() is None
    machine.write("/var/lib/apt/lists/deb_dists_bookworm_main_Packages", "")
    found = package_lists()
    assert found is not None and found > 1_000_000_000


def test_configuration_is_read_and_secrets_are_not(machine: Machine) -> None:
    for name in ("slurm.conf", "slurmdbd.conf", "jwt.key", "prolog.sh"):
        machine.write(f"/etc/slurm/{name}", "x=1\n")
    machine.write("/usr/local/etc/slurm-22/gres.conf", "y\n")
    assert slurm_files() == {
        "/etc/slurm/jwt.key": None,
        "/etc/slurm/prolog.sh": None,
        "/etc/slurm/slurm.conf": "x=1\n",
        "/etc/slurm/slurmdbd.conf": None,
        "/usr/local/etc/slurm-22/gres.conf": "y\n",
    }


def test_units_and_programs_of_a_compiled_slurm_are_named(machine: Machine) -> None:
    compiled = (
        "/etc/systemd/system/slurmd.service",
        "/usr/local/bin/srun",
        "/usr/local/etc/slurm.conf",
        "/usr/local/sbin/slurmctld",
    )
    for path in (*compiled, "/usr/local/bin/srun-wrapper", "/etc/systemd/system/slurmd.service.d/limits.conf"):
        machine.write(path, "")
    assert tuple(slurm_files()) == compiled


def test_a_masked_unit_is_named(machine: Machine) -> None:
    machine.write("/etc/systemd/system/other.service", "")
    (machine.root / "etc/systemd/system/slurmd.service").symlink_to("/dev/null")
    assert slurm_files() == {"/etc/systemd/system/slurmd.service": None}


def test_a_large_file_is_named_and_not_read(machine: Machine) -> None:
    machine.write("/etc/slurm/slurm.conf", "#" * 300_000)
    assert slurm_files() == {"/etc/slurm/slurm.conf": None}


def test_files_that_a_package_brought_are_told(machine: Machine) -> None:
    machine.write("/etc/slurm/plugstack.conf", "")
    machine.write("/etc/slurm/slurm.conf", "")
    machine.says["dpkg-query"] = (1, "slurm-wlm-basic-plugins: /etc/slurm/plugstack.conf\n")
    assert slurm_packaged() == ["/etc/slurm/plugstack.conf"]


def test_dpkg_is_busy_where_another_process_holds_its_lock(machine: Machine) -> None:
    assert apt_busy() is False
    machine.write("/var/lib/dpkg/lock-frontend", "")
    assert apt_busy() is False


def test_looking_at_dpkgs_lock_frees_it_again(machine: Machine) -> None:
    machine.write("/var/lib/dpkg/lock-frontend", "")
    apt_busy()
    with (machine.root / "var/lib/dpkg/lock-frontend").open("rb+") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert not lock.closed

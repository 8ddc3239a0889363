"""Jobs in containers: by Slurm's own --container, and by Pyxis from packages that the user names."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.slurm.conf.oci_conf import oci_conf
from cluster_provision.slurm.fetched_packages import package_of
from cluster_provision.slurm.node_scripts import FOLDER
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles.pyxis import plugstack_line
from tests.unit.slurm.clusters import RELEASES, cluster
from tests.unit.slurm.roles.outline import files, outline, packages
from tests.unit.slurm.roles.plans import command, plan

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "0123456789abcdef" * 4
ENROOT = PackageUrl("https://example.org/enroot_3.5.0-1_amd64.deb", DIGEST)
CAPS = PackageUrl("https://example.org/enroot+caps_3.5.0-1_amd64.deb", DIGEST)


def test_without_containers_there_is_no_runtime() -> None:
    assert oci_conf(cluster()) == ""
    assert "runc" not in packages(plan())


@pytest.mark.parametrize("release", RELEASES)
def test_a_bundle_is_run_and_ended_by_the_same_runtime_and_root(release: Release) -> None:
    lines = [line for line in oci_conf(cluster(containers=True, release=release)).splitlines() if "RunTime" in line]
    calls = [line for line in lines if "EnvExclude" not in line]
    assert [line.partition("=")[0] for line in calls] == ["RunTimeQuery", "RunTimeKill", "RunTimeDelete", "RunTimeRun"]
    runtime = "/usr/local/lib/cluster-provision/slurm/oci-runtime --rootless=true --root=/run/slurm-containers/%u"
    assert all(f'="{runtime} ' in line and "%n.%u.%j.%s.%t" in line for line in calls)
    assert calls[-1].endswith(' -b %b"')


@pytest.mark.parametrize(("release", "there"), [(Release(22, 5), False), (Release(23, 2), True)])
def test_a_key_that_22_05_dies_of_is_left_out_there(release: Release, there: bool) -> None:
    assert ("EnvExclude=" in oci_conf(cluster(containers=True, release=release))) is there


def test_the_controller_hands_the_configuration_out_and_nodes_have_the_runtime() -> None:
    assert "/etc/slurm/oci.conf" in files(plan("lyra-hd", containers=True))
    here = plan(containers=True)
    assert "/etc/slurm/oci.conf" not in files(here)
    assert files(here)["/etc/slurm/prolog.d/10-containers"].mode == "0755"
    assert "runc" in packages(here)


@pytest.mark.parametrize("nvidia", [True, False])
def test_nvidias_runtime_is_taken_where_it_is_installed_and_slurmds_own_socket_goes_to_neither(
    nvidia: bool, tmp_path: Path
) -> None:
    for name in ("runc", *(["nvidia-container-runtime"] if nvidia else [])):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" ${{NOTIFY_SOCKET-}}\n')
        program.chmod(0o755)
    run = subprocess.run(
        ["/bin/sh", str(FOLDER / "oci_runtime.sh"), "state", "a b"],
        env={"PATH": str(tmp_path), "NOTIFY_SOCKET": "/run/systemd/notify"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == f"{'nvidia-container-runtime' if nvidia else 'runc'} state a b\n"


@pytest.mark.parametrize(
    ("script", "variables", "made"),
    [
        ("10-containers.sh", ("CONTAINERS_FOLDER",), ("CONTAINERS_FOLDER/ada",)),
        ("20-enroot.sh", ("ENROOT_RUNNING", "ENROOT_KEPT"), ("ENROOT_RUNNING/{uid}", "ENROOT_KEPT/{uid}/cache")),
    ],
)
def test_the_prolog_makes_folders_that_the_user_alone_can_use(
    script: str, variables: tuple[str, ...], made: tuple[str, ...], tmp_path: Path
) -> None:
    uid = str(os.getuid())
    user = {"SLURM_JOB_UID": uid, "SLURM_JOB_GID": str(os.getgid()), "SLURM_JOB_USER": "ada"}
    given = {name: str(tmp_path / name) for name in variables}
    for _ in range(2):
        subprocess.run(["bash", str(FOLDER / "prolog.d" / script)], env={**os.environ, **user, **given}, check=True)
    for path in made:
        assert (tmp_path / path.format(uid=uid)).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("url", "name", "version"),
    [
        (ENROOT.url, "enroot", "3.5.0-1"),
        (CAPS.url, "enroot+caps", "3.5.0-1"),
        ("https://x.org/a/nvslurm-plugin-pyxis_0.21.0-1%2Bb1_arm64.deb", "nvslurm-plugin-pyxis", "0.21.0-1+b1"),
    ],
)
def test_a_package_is_known_by_its_files_name(url: str, name: str, version: str) -> None:
    assert package_of(url) == (name, version)


def test_packages_of_pyxis_are_fetched_with_their_digest_and_purged_again() -> None:
    here = command(plan(fetched=(ENROOT, CAPS)), "package enroot+caps")
    assert here.argv[-3:] == (CAPS.url, "enroot+caps_3.5.0-1_amd64.deb", DIGEST)
    assert here.unless[-2:] == ("enroot+caps", "3.5.0-1")
    assert here.undo[-2:] == ("purge", "enroot+caps")


def test_a_login_node_has_the_plug_in_and_keeps_enroots_own_folders() -> None:
    here = plan("lyra-hd", fetched=(ENROOT,))
    assert "command package enroot" in outline(here)
    assert "/etc/enroot/enroot.conf" not in files(here)
    assert "/var/lib/enroot/$(id -u)/data" in files(plan(fetched=(ENROOT,)))["/etc/enroot/enroot.conf"].content


@pytest.mark.parametrize("name", ["50-slurm-pmi.sh", "50-slurm-pytorch.sh"])
def test_enroots_hooks_for_jobs_of_several_nodes_are_linked_and_unlinked(name: str) -> None:
    here = command(plan(fetched=(ENROOT,)), f"hook {name}")
    assert here.argv == ("ln", "-s", f"/usr/share/enroot/hooks.d/{name}", f"/etc/enroot/hooks.d/{name}")
    assert here.undo == ("rm", "-f", f"/etc/enroot/hooks.d/{name}")


def linked(tmp_path: Path) -> bool:
    """Whether the guard says that there is nothing to do, with its two paths in this folder."""
    guard = command(plan(fetched=(ENROOT,)), "hook 50-slurm-pmi.sh").unless[:4]
    return subprocess.run([*guard, str(tmp_path / "there"), str(tmp_path / "here")], check=False).returncode == 0


def test_a_hook_is_linked_once_and_only_where_the_package_has_it(tmp_path: Path) -> None:
    assert linked(tmp_path)
    (tmp_path / "there").write_text("")
    assert not linked(tmp_path)
    (tmp_path / "here").symlink_to(tmp_path / "there")
    assert linked(tmp_path)


@pytest.mark.parametrize("fetched", [(), (ENROOT,)])
def test_slurmds_pmix_is_one_that_containers_can_work_with(fetched: tuple[PackageUrl, ...]) -> None:
    text = files(plan(fetched=fetched))["/etc/default/slurmd"].content
    assert ("\nPMIX_MCA_psec=none\n" in text) is bool(fetched)


def test_the_plug_in_lies_by_the_machines_architecture() -> None:
    assert plugstack_line("aarch64") == "required /usr/lib/aarch64-linux-gnu/slurm/spank_pyxis.so"

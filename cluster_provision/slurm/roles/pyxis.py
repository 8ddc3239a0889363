"""Container jobs by Pyxis and Enroot, from ready packages that the user names: fetched, checked, installed, wired.

Enroot's settings are the guide's own (its slurm-perf role), but for folders that nobody else can put anything into: the
prolog makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm import paths, proof_container
from cluster_provision.slurm.fetched_packages import installed
from cluster_provision.slurm.node_scripts import node_script
from cluster_provision.slurm.plan import Command, File, Folder, Packages, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

ENROOT_CONF = "/etc/enroot/enroot.conf"
# What Enroot's package depends on (its debian/control, 3.4 to 4.1): installed beforehand, so that it goes again too.
_NEEDED = ("curl", "gawk", "jq", "libcap2-bin", "parallel", "pigz", "squashfs-tools", "zstd")
_ENROOT = """# Written by cluster-provision.
ENROOT_RUNTIME_PATH /run/enroot/$(id -u)
ENROOT_CACHE_PATH /var/lib/enroot/$(id -u)/cache
ENROOT_DATA_PATH /var/lib/enroot/$(id -u)/data
ENROOT_TEMP_PATH /tmp
ENROOT_SQUASH_OPTIONS -noI -noD -noF -noX -no-duplicates
ENROOT_MOUNT_HOME yes
ENROOT_RESTRICT_DEV yes
"""
# Enroot's package has hooks that aren't in use until somebody links them (its Makefile, HOOKS_EXTRA; 3.4 to 4.1). With
# these a container's tasks find each other by PMIx, and PyTorch's by the job's variables (github.com/NVIDIA/pyxis, the
# wiki's "Setup"); the guide has both.
_HOOKS = ("50-slurm-pmi.sh", "50-slurm-pytorch.sh")
_LINKED = """! test -e "$1" || test -e "$2" """
# What the PMIx in containers can work with: slurmd's environment in the guide's slurm-perf role.
PMIX_OF_SLURMD = ("PMIX_MCA_ptl=^usock", "PMIX_MCA_psec=none", "PMIX_SYSTEM_TMPDIR=/var/empty", "PMIX_MCA_gds=hash")


def plugstack_line(architecture: str) -> str:
    """The line of plugstack.conf for Pyxis's own packages, on machines of this `uname -m`."""
    return f"required {plugin_path(architecture)}"


def plugin_path(architecture: str) -> str:
    """Where Pyxis's own packages have the plug-in, on machines of this `uname -m`."""
    return f"/usr/lib/{architecture}-linux-gnu/slurm/spank_pyxis.so"


def login_resources(cluster: SlurmCluster) -> list[Resource]:
    """The packages: srun loads the plug-in where jobs are started. There, Enroot keeps to its own folders in homes."""
    return [Packages(_NEEDED), *map(installed, cluster.fetched)] if cluster.fetched else []


def node_resources(cluster: SlurmCluster, node: str) -> list[Resource]:
    """The packages, and what containers of jobs need."""
    if not cluster.fetched:
        return []
    return [
        *login_resources(cluster),
        Folder(paths.ENROOT_KEPT, data=True, once=True),
        Folder("/etc/enroot", once=True),
        File(ENROOT_CONF, _ENROOT),
        *map(_hook, _HOOKS),
        File(f"{paths.PROLOG_FOLDER}/20-enroot", node_script("prolog.d/20-enroot.sh"), "0755"),
        *proof_container.bundle(node),
        *proof_container.image(),
    ]


def _hook(name: str) -> Command:
    there, here = f"/usr/share/enroot/hooks.d/{name}", f"/etc/enroot/hooks.d/{name}"
    return Command(
        f"hook {name}",
        ("ln", "-s", there, here),
        unless=("sh", "-c", _LINKED, "sh", there, here),
        undo=("rm", "-f", here),
    )

"""All programs of a played machine by name, and the package that has each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.existing.played.programs import accounts, hardware, jobs, packages, shell, slurm, systemd

if TYPE_CHECKING:
    from embedded_cloud.existing.played.machine import PlayedMachine
    from embedded_cloud.existing.played.process import Program

# What they would do can't be seen.
TAKEN_AS_DONE = (
    *("bash", "chmod", "chown", "ldconfig", "mariadb", "modprobe", "mysql", "pam-auth-update", "sed", "sh", "sleep"),
    *("udevadm", "update-grub"),
)
PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(TAKEN_AS_DONE, shell.take_as_done),
    "all_reduce_perf": jobs.all_reduce_perf,
    "apt-cache": packages.apt_cache,
    "apt-get": packages.apt_get,
    "cat": shell.cat,
    "chronyc": hardware.chronyc,
    "dpkg": packages.dpkg,
    "dpkg-query": packages.dpkg_query,
    "echo": shell.echo,
    "env": jobs.env,
    "exportfs": hardware.exportfs,
    "false": shell.false,
    "groupadd": accounts.groupadd,
    "groupdel": accounts.groupdel,
    "head": shell.head,
    "hostname": shell.hostname,
    "hostnamectl": systemd.hostnamectl,
    "id": shell.user_id,
    "ip": hardware.ip,
    "journalctl": systemd.journalctl,
    "mount": hardware.mount,
    "nvidia-smi": hardware.nvidia_smi,
    "sacctmgr": slurm.sacctmgr,
    "sbatch": jobs.sbatch,
    "scontrol": slurm.scontrol,
    "setpriv": jobs.setpriv,
    "sinfo": slurm.sinfo,
    "slurmd": slurm.slurmd,
    "squeue": slurm.squeue,
    "srun": jobs.srun,
    "sysctl": hardware.sysctl,
    "systemctl": systemd.systemctl,
    "systemd-detect-virt": systemd.systemd_detect_virt,
    "systemd-tmpfiles": systemd.systemd_tmpfiles,
    "test": shell.test,
    "timedatectl": systemd.timedatectl,
    "timeout": jobs.timeout,
    "true": shell.true,
    "umount": hardware.umount,
    "uname": shell.uname,
    "useradd": accounts.useradd,
    "userdel": accounts.userdel,
    "usermod": accounts.usermod,
    "whoami": shell.whoami,
}
IN_PACKAGE = {
    **dict.fromkeys(("sacctmgr", "sbatch", "scontrol", "sinfo", "squeue", "srun"), "slurm-client"),
    **dict.fromkeys(("mariadb", "mysql"), "mariadb-server"),
    "chronyc": "chrony",
    "exportfs": "nfs-kernel-server",
    "slurmd": "slurmd",
}


def has(machine: PlayedMachine, name: str) -> bool:
    """Whether the machine has the program now."""
    if name == "nvidia-smi":
        return bool(machine.told["gpus"])
    package = IN_PACKAGE.get(name)
    return package is None or package in packages.installed(machine)

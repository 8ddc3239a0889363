"""Where things lie on the machines of a Slurm cluster."""

from __future__ import annotations

ETC = "/etc/slurm"
SLURM_CONF = f"{ETC}/slurm.conf"
GRES_CONF = f"{ETC}/gres.conf"
CGROUP_CONF = f"{ETC}/cgroup.conf"
TOPOLOGY_CONF = f"{ETC}/topology.conf"
PLUGSTACK_CONF = f"{ETC}/plugstack.conf"
SLURMDBD_CONF = f"{ETC}/slurmdbd.conf"
OCI_CONF = f"{ETC}/oci.conf"

# Not below Debian's /var/lib/slurm, which is the user slurm's: root makes no folder of root's in a user's.
CONTROLLER_STATE = "/var/spool/slurmctld"
NODE_STATE = "/var/spool/slurmd"
LOGS = "/var/log/slurm"
# The guide's place for what jobs write for a while.
TEMPORARY = "/tmp/slurm"  # noqa: S108 # systemd-tmpfiles makes it, at each start
# slurmd's own folder in memory, where a configless one puts a link to its configuration.
RUNNING = "/run/slurm"

# The tool's own scripts, and the folders of those of the site.
PROGRAMS = "/usr/local/lib/cluster-provision/slurm"
PROLOG = f"{PROGRAMS}/prolog"
EPILOG = f"{PROGRAMS}/epilog"
HEALTH = f"{PROGRAMS}/health"
OCI_RUNTIME = f"{PROGRAMS}/oci-runtime"
CONTAINERS = "/run/slurm-containers"
# What the proof's container job runs in: an OCI bundle of the machine's own files; for Pyxis an image of its root.
PROOF_BUNDLE = f"{PROGRAMS}/proof-container"
PROOF_IMAGE = f"{PROGRAMS}/proof-container.sqsh"
ENROOT_RUNNING = "/run/enroot"
ENROOT_KEPT = "/var/lib/enroot"
PROLOG_FOLDER = f"{ETC}/prolog.d"
EPILOG_FOLDER = f"{ETC}/epilog.d"

MUNGE_KEY = "/etc/munge/munge.key"

CONTROLLER_PORT = 6817
NODE_PORT = 6818
DATABASE_PORT = 6819

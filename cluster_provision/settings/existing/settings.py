"""The settings of a run on machines that exist already, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.common import Settings
from cluster_provision.settings.declared.existing.access import ExistingAccessParameters
from cluster_provision.settings.declared.existing.cluster import ExistingClusterParameters
from cluster_provision.settings.declared.existing.slurm import ExistingSlurmParameters
from cluster_provision.settings.declared.existing.storage import ExistingStorageParameters
from cluster_provision.settings.declared.slurm import SlurmParameters
from cluster_provision.settings.parameter import confidential_text, confidential_values

if TYPE_CHECKING:
    from cluster_provision.settings.existing.machines import GivenMachine
    from cluster_provision.settings.readers.slurm.users import ClusterUser


@dataclass(frozen=True, kw_only=True)
class ExistingSettings(
    ExistingSlurmParameters,
    SlurmParameters,
    ExistingStorageParameters,
    ExistingAccessParameters,
    ExistingClusterParameters,
    Settings,
):
    """Every parameter that has an effect, under its name in lower case, and what follows from several.

    `machines` are all that take a part, each once, the controller first; the other fields name them by `name`.
    `compute`, `controller`, `login_nodes` and `nfs_server` are filled in, from the inventory where there is one.
    `nfs_clients` mount what `nfs_mounts` says, but their own folders. `slurm_user_uid` is the number of Slurm's own
    user, None for Debian's.
    """

    machines: tuple[GivenMachine, ...] = ()
    users: tuple[ClusterUser, ...] = ()
    compute: tuple[str, ...] = ()
    nfs_clients: tuple[str, ...] = ()
    known_hosts_text: str = ""
    ssh_password: str = confidential_text()
    sudo_password: str = confidential_text()

    @property
    def accept_new_host_keys(self) -> bool:
        """Whether a machine that isn't known yet is accepted, and its key kept."""
        return self.ssh_host_keys == "accept-new"

    @property
    def confidential(self) -> tuple[str, ...]:
        """Return the values that may not be shown, logged or uploaded: with every machine's passwords."""
        passwords = [text for each in self.machines for text in (each.password, each.sudo_password)]
        return tuple(dict.fromkeys(filter(None, (*confidential_values(self), *passwords))))

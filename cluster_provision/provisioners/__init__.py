"""How a cluster comes and goes, by the target's own word: the one place that knows which provisioners there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.provisioners.ssh.provisioner import SshProvisioner
from cluster_provision.provisioners.terraform.provisioner import TerraformProvisioner

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.run import Provisioner
    from cluster_provision.targets.base import Target

# each takes the targets that name it
PROVISIONERS: dict[str, Callable[[Any], Provisioner]] = {"ssh": SshProvisioner, "terraform": TerraformProvisioner}


def provisioner_of(target: Target[Any]) -> Provisioner:
    """The provisioner of this run's target."""
    return PROVISIONERS[target.provisioner](target)

"""What a machine of the cluster runs as root: `python3 -m node.slurm_cloud join | bar | disk | grow | …`, see below."""

from __future__ import annotations

import sys

from cluster_provision.errors import ProvisionError
from cluster_provision.slurm.cloud import read_cloud_cluster
from node.machine.programs import Failure
from node.slurm_cloud.barrier import bar_users
from node.slurm_cloud.disk import DISK, DISK_WITHOUT_HOMES, mount_all
from node.slurm_cloud.disk_growth import grow
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.join import HOPELESS, Hopeless, described, join
from node.slurm_cloud.metrics_token import keep_token
from node.slurm_cloud.place import read_place
from node.slurm_cloud.proof import prove_here
from node.slurm_cloud.startup_command import run_order
from node.slurm_cloud.storage import store_of
from node.slurm_cloud.watch import watch


def main(arguments: list[str]) -> int:
    place = read_place()
    store = store_of(place, Identity(place))
    try:
        if arguments == ["join"]:
            join(place, store)
        elif arguments == ["bar"]:
            if why := bar_users(place.cloud):
                raise Failure(why)
        elif arguments in ([DISK], [DISK_WITHOUT_HOMES]):
            mount_all(place, homes=arguments == [DISK])
        elif arguments == ["token"]:
            keep_token(Identity(place))
        elif arguments == ["grow"]:
            grow(place)
        elif arguments == ["watch"]:
            watch(place, store)
        elif arguments == ["prove"]:
            prove_here(store)
        elif arguments == ["command"]:
            run_order(place, store, read_cloud_cluster(described(store)))
        else:
            print(
                "usage: python3 -m node.slurm_cloud join | bar | disk | disk-without-homes | grow | token | watch | "
                "prove | command",
                file=sys.stderr,
            )
            return 2
    except Hopeless as failure:
        print(failure)
        return HOPELESS
    except (Failure, CallFailed, ProvisionError, ValueError) as failure:
        print(f"{type(failure).__name__ if isinstance(failure, ValueError) else 'slurm'}: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

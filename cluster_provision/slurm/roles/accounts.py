"""What accounting must know before slurmctld asks for it: the partitions' qualities of service, and the users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import SlurmCluster

# The account of the users whom the settings name; sites move them to others as they like.
ACCOUNT = "users"

# sacctmgr's exit codes differ among releases, so its words count: what is there already is done, and a database that is
# busy, or not there yet, is asked again.
_ADD = """
add() {
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    said=$(sacctmgr --immediate add "$@" 2>&1) && return 0
    case $said in
      *"No account "*) break ;;
      *lready?exist* | *"Nothing new added"* | *"Nothing added"*) return 0 ;;
      *busy* | *"waiting for lock"* | *refused* | *"message type"* | *reopening* | *"Problem talking"*) sleep 1 ;;
      *) break ;;
    esac
  done
  echo "$said" >&2
  exit 1
}
"""
_ADD_QOS = f'{_ADD}add qos "$1"'
_ADD_USERS = f'{_ADD}add account "$2" cluster="$1" && add user "$3" account="$2" cluster="$1"'
# Every wanted name must be among what sacctmgr lists.
_HAS_ALL = """
have=$("$@") || exit 1
for name in $(printf '%s' "$WANTED" | tr , ' '); do
  printf '%s\\n' "$have" | grep -qxF -- "$name" || exit 1
done
"""


def resources(cluster: SlurmCluster) -> list[Resource]:
    """After the cluster is registered: slurmctld ends where a partition names a quality of service that isn't there."""
    if not cluster.accounting:
        return []
    found: list[Resource] = []
    if names := qualities(cluster):
        wanted = ",".join(names)
        listed = _has(wanted, "qos", "format=name")
        found.append(Command("qualities of service", ("sh", "-c", _ADD_QOS, "sh", wanted), unless=listed))
    users = [user.name for user in cluster.users if not user.locked]
    if users:
        wanted = ",".join(users)
        listed = _has(wanted, "associations", f"cluster={cluster.name}", "format=user")
        argv = ("sh", "-c", _ADD_USERS, "sh", cluster.name, ACCOUNT, wanted)
        found.append(Command("users in the accounts", argv, unless=listed))
    return found


def qualities(cluster: SlurmCluster) -> tuple[str, ...]:
    """The qualities of service that the partitions name, each once."""
    named = (
        name
        for each in cluster.partitions
        for key in ("QOS", "AllowQos", "DenyQos")
        for name in each.option(key).split(",")
    )
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip() and name.upper() != "ALL"))


def _has(wanted: str, *what: str) -> tuple[str, ...]:
    """A command that succeeds where sacctmgr lists all the wanted names."""
    return ("env", f"WANTED={wanted}", "sh", "-c", _HAS_ALL, "sh", "sacctmgr", "-nP", "list", *what)

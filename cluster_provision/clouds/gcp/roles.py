"""Custom roles of the project, which take no labels: their titles say whose they are."""

from __future__ import annotations

import shlex

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import IAM, GoogleApi
from cluster_provision.errors import PermissionDenied, Refused
from cluster_provision.result import Leftover

TITLE = "Slurm controller of cluster {}"
"""As terraform/modules/gcp/slurm_controller_role has it."""


class GcpRoles(GoogleApi):
    """Finds and deletes the roles of a cluster's controller."""

    def controller_roles(self, prefix: str) -> list[str]:
        """Return the full names of the roles that were made for this cluster's controller, and are not deleted."""
        url = f"{IAM}/projects/{self._project}/roles"
        roles = self._pages("GET", url, "looking for remaining roles", "roles", {"pageSize": "1000"})
        return sorted(str(each["name"]) for each in roles if each.get("title") == TITLE.format(prefix))

    def role_gone(self, name: str) -> bool:
        """Delete a role; whether that could be done. Google keeps its id for weeks, and nothing else of it."""
        try:
            self._call("DELETE", f"{IAM}/{name}", f"deleting role {name}")
        except NotFound:
            return True
        except (PermissionDenied, Refused):
            return False
        return True


def leftover_role(name: str, project: str) -> Leftover:
    """The role as something that is left."""
    role = name.rpartition("/")[2]
    command = f"gcloud iam roles delete {shlex.quote(role)} --project={shlex.quote(project)}"
    return Leftover("role", role, "", command)

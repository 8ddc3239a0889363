"""The e-mail addresses of service accounts: whose they are, and which of them exist.

An account of project `ml-train` is `NAME@ml-train.iam.gserviceaccount.com`, one of the domain-scoped project
`example.com:ml-train` is `NAME@ml-train.example.com.iam.gserviceaccount.com` (seen so in
https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/issues/282). The default accounts that Google
makes (https://docs.cloud.google.com/appengine/docs/standard/php/service-account, read 2026-11-30) are of other forms,
Compute Engine's with the project's number: a rehearsal can't know the number that the real project has, so takes any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.store import Store

IAM = "//iam.googleapis.com/"
OF_A_PROJECT = re.compile(r"[^@]+@(?P<name>[a-z][a-z0-9-]*)(?:\.(?P<domain>[a-z0-9.-]+))?\.iam\.gserviceaccount\.com")
OF_GOOGLE = re.compile(r"service-\d+@.+|.+@(gcp-sa-|gs-project-|cloudservices|.+\.google).*")
DEFAULTS = {
    "Compute Engine default service account": re.compile(r"\d+-compute@developer\.gserviceaccount\.com"),
    "App Engine default service account": re.compile(r"[a-z][a-z0-9.-]*@appspot\.gserviceaccount\.com"),
}


def collection(project: str) -> str:
    return f"{IAM}projects/{project}/serviceAccounts"


def mail_of(account_id: str, project: str) -> str:
    """The e-mail of a project's account."""
    domain, _, name = project.rpartition(":")
    return f"{account_id}@{f'{name}.{domain}' if domain else name}.iam.gserviceaccount.com"


def project_of(mail: str) -> str:
    """The project whose account has this e-mail; empty where it is no project's."""
    found = OF_A_PROJECT.fullmatch(mail)
    if not found:
        return ""
    return f"{found['domain']}:{found['name']}" if found["domain"] else found["name"]


def default_account(mail: str) -> str:
    """The display name of the default account of this e-mail; empty where it is none."""
    return next((title for title, form in DEFAULTS.items() if form.fullmatch(mail)), "")


def exists(store: Store, mail: str) -> bool:
    """Whether this account exists. Google's own accounts always do, and so do those outside projects."""
    project = project_of(mail)
    return not project or bool(OF_GOOGLE.fullmatch(mail)) or store.get(collection(project), mail) is not None

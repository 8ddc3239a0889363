"""Finds Azure's credentials, names the caller, and proves the credentials before anything else happens.

Terraform's provider reads ARM_X, and Azure's own libraries read AZURE_X. This module reads both, which must not differ.
clouds/azure/terraform.py hands the credentials to Terraform.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cluster_provision.clouds.azure.failures import azure_failures_named
from cluster_provision.clouds.azure.job_token import JobTokens, job_tokens
from cluster_provision.clouds.base import Identity
from cluster_provision.errors import CredentialsError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from azure.core.credentials import TokenCredential

MANAGEMENT = "https://management.azure.com/.default"
Way = Literal["certificate", "secret", "federated token", "managed identity", "device code"]

WAYS = (
    "Give one of these (docs/azure-authentication.md):\n"
    "  a service principal: ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET, or ARM_CLIENT_CERTIFICATE_PATH\n"
    "  a workload's identity: ARM_TENANT_ID, ARM_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE\n"
    "  a job of GitHub's: ARM_TENANT_ID, ARM_CLIENT_ID, and both variables ACTIONS_ID_TOKEN_REQUEST_…\n"
    "  a machine's own identity, on a machine of Azure's: ARM_USE_MSI=true\n"
    "  your own login: ARM_TENANT_ID, with `docker run -it`; the run shows a code to enter in your browser\n"
    "The Azure CLI's login does not work here: this image has no Azure CLI."
)
# The ends of the names that both sets have, and whether the value is a secret.
SHARED = {
    "TENANT_ID": False,
    "CLIENT_ID": False,
    "CLIENT_SECRET": True,
    "CLIENT_CERTIFICATE_PATH": False,
    "CLIENT_CERTIFICATE_PASSWORD": True,
    "SUBSCRIPTION_ID": False,
}
# Two names for the same thing.
PAIRS = (("ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"),)
# Variables that lead to a cloud other than the public one, the only one that this version knows; each with the values
# that mean the public one.
# registry.terraform.io/providers/hashicorp/azurerm/5.2.0/docs, and azure-identity's KnownAuthorities.
ELSEWHERE = {
    "ARM_ENVIRONMENT": ("public", "global"),
    "ARM_METADATA_HOSTNAME": ("management.azure.com",),
    "AZURE_AUTHORITY_HOST": ("login.microsoftonline.com",),
}
YES = ("true", "1", "yes")
# Ways to sign in that other tools have and this one lacks, by the variable that asks for them.
OTHERS = {
    "ARM_USE_CLI": "this image has no Azure CLI",
    "SYSTEM_OIDCREQUESTURI": "write the token to a file, and name that in AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_USERNAME": "Entra ID requires a second factor for people: sign in with a code on a terminal",
}
LIMITS: dict[str, Any] = {"connection_timeout": 10, "read_timeout": 30, "retry_total": 2}
"""Limits of the libraries' own calls, which would otherwise wait for minutes."""


@dataclass(frozen=True)
class SignInSettings:
    """The environment's variables for signing in, from either set; empty where a variable is missing."""

    tenant: str = ""
    client: str = ""
    secret: str = ""
    certificate: str = ""
    certificate_data: str = ""
    password: str = ""
    token: str = ""
    token_file: str = ""
    managed: bool = False
    job: JobTokens | None = None


@dataclass(frozen=True)
class Credentials:
    """Credentials that were found: the way to sign in, their source, and azure-identity's object for them."""

    way: Way
    settings: SignInSettings
    token: TokenCredential
    source: str


def find_credentials(environ: Mapping[str, str], prompt: Callable[[str], None] | None = None) -> Credentials:
    """Return the credentials that the environment names; else, with `prompt`, those of a person.

    `prompt` shows a text on a terminal.

    Raises SettingsError where the two sets of variables differ, CredentialsError where no credentials can be used.
    """
    given = read_settings(environ)
    if given.certificate or given.certificate_data:
        source = f"from {given.certificate or 'ARM_CLIENT_CERTIFICATE'}"
        return Credentials("certificate", given, _certificate(given), source)
    if given.secret:
        return Credentials("secret", given, _secret(given), "from ARM_CLIENT_SECRET or AZURE_CLIENT_SECRET")
    if given.token_file or given.token:
        source = f"from {given.token_file or 'ARM_OIDC_TOKEN'}"
        return Credentials("federated token", given, _federated(given), source)
    if given.managed:
        return Credentials("managed identity", given, _managed(given), "this machine's own")
    if given.job:
        return Credentials("federated token", given, _of_job(given, given.job), f"from {given.job.variable}")
    if prompt is None:
        raise CredentialsError(f"there are no Azure credentials here{_told_of_others(environ)}", WAYS)
    return Credentials("device code", given, _device(given, prompt), "signed in with a code")


def prove_credentials(found: Credentials) -> Identity:
    """Get a token, and return whose it is. This is the first call to Azure.

    Raises Unreachable where Azure does not answer, and CredentialsError where it refuses the credentials.
    """
    with azure_failures_named("asking Microsoft Entra ID for an access token"):
        token = found.token.get_token(MANAGEMENT)
    claims = claims_of(token.token)
    name = str(claims.get("upn") or claims.get("unique_name") or claims.get("appid") or "unknown")
    kind = "" if "upn" in claims else "managed identity " if found.way == "managed identity" else "application "
    return Identity(f"{kind}{name}", f"{found.way}, {found.source}")


def object_id(found: Credentials) -> str:
    """Return the caller's object id in the directory, to which roles are assigned."""
    with azure_failures_named("asking Microsoft Entra ID for an access token"):
        return str(claims_of(found.token.get_token(MANAGEMENT).token).get("oid", ""))


def read_settings(environ: Mapping[str, str]) -> SignInSettings:
    """Read both sets of variables as one.

    Raises SettingsError where they differ (it shows no secret), or where they name another cloud.
    """
    problems = [*_differing(environ), *_elsewhere(environ)]
    if problems:
        raise SettingsError(tuple(problems))
    client = _either(environ, "CLIENT_ID") or _content(environ, "ARM_CLIENT_ID_FILE_PATH")
    secret = _either(environ, "CLIENT_SECRET") or _content(environ, "ARM_CLIENT_SECRET_FILE_PATH")
    return SignInSettings(
        tenant=_either(environ, "TENANT_ID"),
        client=client,
        secret=secret,
        certificate=_either(environ, "CLIENT_CERTIFICATE_PATH"),
        certificate_data=environ.get("ARM_CLIENT_CERTIFICATE", "").strip(),
        password=_either(environ, "CLIENT_CERTIFICATE_PASSWORD"),
        token=environ.get("ARM_OIDC_TOKEN", "").strip(),
        token_file=next((given for pair in PAIRS for name in pair if (given := environ.get(name, "").strip())), ""),
        managed=environ.get("ARM_USE_MSI", "").strip().lower() in YES,
        job=job_tokens(environ),
    )


def claims_of(token: str) -> dict[str, Any]:
    """Return an access token's claims about its owner; nothing where it can't be read."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def _differing(environ: Mapping[str, str]) -> list[str]:
    pairs = [(f"ARM_{name}", f"AZURE_{name}", secret) for name, secret in SHARED.items()]
    pairs += [(one, other, False) for one, other in PAIRS]
    pairs += [("SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", False), ("SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID", False)]
    problems = []
    for one, other, secret in pairs:
        first, second = environ.get(one, "").strip(), environ.get(other, "").strip()
        if one.endswith("_ID"):  # hexadecimal numbers
            first, second = first.lower(), second.lower()
        if first and second and first != second:
            shown = "two values, which are not shown" if secret else f"{first!r} and {second!r}"
            problems.append(f"{one} and {other} must be the same, and are {shown}: leave one of them out")
    return [*problems, *_filed_otherwise(environ)]


def _filed_otherwise(environ: Mapping[str, str]) -> list[str]:
    """List variables that differ from the content of their file."""
    problems = []
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        given, filed = _either(environ, name), _content(environ, f"ARM_{name}_FILE_PATH")
        if given and filed and given != filed:
            said = next(each for each in (f"ARM_{name}", f"AZURE_{name}") if environ.get(each, "").strip())
            problems.append(f"{said} and the file of ARM_{name}_FILE_PATH must be the same: leave one of them out")
    return problems


def _elsewhere(environ: Mapping[str, str]) -> list[str]:
    return [
        f"{name}={environ[name].strip()} names a cloud other than Azure's public one ({known[0]}), which this "
        "version does not support; leave it out"
        for name, known in ELSEWHERE.items()
        if environ.get(name, "").strip().lower().removeprefix("https://").rstrip("/") not in ("", *known)
    ]


def _told_of_others(environ: Mapping[str, str]) -> str:
    asked = {
        name: why for name, why in OTHERS.items() if environ.get(name, "").strip().lower() not in ("", "false", "0")
    }
    return "".join(f"; {name} can't be used: {why}" for name, why in asked.items())


def _either(environ: Mapping[str, str], name: str) -> str:
    return environ.get(f"ARM_{name}", "").strip() or environ.get(f"AZURE_{name}", "").strip()


def _content(environ: Mapping[str, str], name: str) -> str:
    path = environ.get(name, "").strip()
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as failure:
        raise CredentialsError(f"{name}={path} can't be read: {failure.strerror}", WAYS) from None


def _require(given: SignInSettings, way: str, *names: str) -> None:
    """Raise CredentialsError where a variable that this way needs is missing."""
    lacking = [name for name in names if not getattr(given, name)]
    if lacking:
        shown = " and ".join(f"ARM_{name.upper()}_ID (or AZURE_{name.upper()}_ID)" for name in lacking)
        raise CredentialsError(f"the {way} needs {shown} too", WAYS)


def _secret(given: SignInSettings) -> TokenCredential:
    from azure.identity import ClientSecretCredential

    _require(given, "client secret", "tenant", "client")
    return ClientSecretCredential(given.tenant, given.client, given.secret, **LIMITS)


def _certificate(given: SignInSettings) -> TokenCredential:
    from azure.identity import CertificateCredential

    _require(given, "client certificate", "tenant", "client")
    password = given.password or None
    try:
        if given.certificate_data and not given.certificate:
            data = base64.b64decode(given.certificate_data, validate=True)
            return CertificateCredential(given.tenant, given.client, certificate_data=data, password=password, **LIMITS)
        _readable("the client certificate", given.certificate)
        return CertificateCredential(given.tenant, given.client, given.certificate, password=password, **LIMITS)
    except (ValueError, TypeError, binascii.Error) as failure:
        raise CredentialsError(
            f"the client certificate {given.certificate or 'in ARM_CLIENT_CERTIFICATE'} can't be used: {failure}",
            "It must be a PEM or PFX file that holds the certificate and its key; a password goes into "
            "ARM_CLIENT_CERTIFICATE_PASSWORD.",
        ) from None


def _federated(given: SignInSettings) -> TokenCredential:
    from azure.identity import ClientAssertionCredential, WorkloadIdentityCredential

    _require(given, "federated token", "tenant", "client")
    if not given.token_file:
        return ClientAssertionCredential(given.tenant, given.client, lambda: given.token, **LIMITS)
    _readable("the federated token", given.token_file)
    return WorkloadIdentityCredential(
        tenant_id=given.tenant, client_id=given.client, token_file_path=given.token_file, **LIMITS
    )


def _of_job(given: SignInSettings, job: JobTokens) -> TokenCredential:
    from azure.identity import ClientAssertionCredential

    job.require()
    _require(given, "job's token", "tenant", "client")
    return ClientAssertionCredential(given.tenant, given.client, job, **LIMITS)


def _managed(given: SignInSettings) -> TokenCredential:
    from azure.identity import ManagedIdentityCredential

    chosen: dict[str, Any] = {"client_id": given.client} if given.client else {}
    return ManagedIdentityCredential(**chosen, **LIMITS)


def _device(given: SignInSettings, prompt: Callable[[str], None]) -> TokenCredential:
    from azure.identity import DeviceCodeCredential

    def show(address: str, code: str, until: Any) -> None:
        prompt(f"To sign in to Azure, open {address} in a browser and enter the code {code}")

    return DeviceCodeCredential(tenant_id=given.tenant or "organizations", prompt_callback=show, **LIMITS)


def _readable(what: str, path: str) -> None:
    """Raise CredentialsError where the file is missing or can't be read."""
    if Path(path).is_dir():  # docker makes a folder of that name if the mounted file is missing
        raise CredentialsError(f"{what} {path} is a folder; does the file that you mount exist?", WAYS)
    try:
        with Path(path).open("rb"):
            pass
    except OSError as failure:
        raise CredentialsError(f"{what} {path} can't be read: {failure.strerror}", WAYS) from None

"""The variables that redirect every client to the embedded cloud, and away from anything real."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from embedded_cloud.azure.credentials import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path

LOOPBACK = "localhost,127.0.0.1,::1"

PROXY = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")  # Go and OpenSSL; requests
# All variables of Azure's clients begin so, except those for a machine's own identity.
AZURES = ("ARM_", "AZURE_")
SUBSCRIPTIONS = ("ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")  # names of a setting, which no client signs in with
IDENTITIES = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET")
# Variables that would lead a client past the door, or to the user's own account. Terraform's own are not among them:
# terraform/environment.py passes none of them on.
UNSET = (
    # OpenSSL, requests
    "SSL_CERT_DIR",
    "ALL_PROXY",
    "all_proxy",
    # google-cloud-storage
    "STORAGE_EMULATOR_HOST",
    "API_ENDPOINT_OVERRIDE",
    "API_VERSION_OVERRIDE",
    # google-auth
    "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "GOOGLE_API_USE_CLIENT_CERTIFICATE",
    "GOOGLE_API_USE_MTLS_ENDPOINT",
    "GCE_METADATA_ROOT",
    "GCE_METADATA_MTLS_MODE",
)


@contextmanager
def prepared(
    environ: MutableMapping[str, str], proxy_url: str, ca_bundle: Path, credentials: Path
) -> Iterator[MutableMapping[str, str]]:
    """Call `prepare` for the time of the block; then restore every variable."""
    before = dict(environ)
    try:
        prepare(environ, proxy_url, ca_bundle, credentials)
        yield environ
    finally:
        restore(environ, before)


def prepare(environ: MutableMapping[str, str], proxy_url: str, ca_bundle: Path, credentials: Path) -> None:
    """Redirect every client in `environ` to the door at `proxy_url`, with made-up credentials only."""
    azures = [each for each in environ if each.startswith(AZURES) and each not in SUBSCRIPTIONS]
    for name in [*UNSET, *IDENTITIES, *azures]:
        environ.pop(name, None)
    environ.update(dict.fromkeys(PROXY, proxy_url))
    environ.update(dict.fromkeys(("NO_PROXY", "no_proxy"), LOOPBACK))
    environ.update(dict.fromkeys(AUTHORITIES, str(ca_bundle)))
    environ["GOOGLE_APPLICATION_CREDENTIALS"] = str(credentials)
    environ["CLOUDSDK_CONFIG"] = str(credentials.parent / "gcloud")  # empty, so not the user's own
    # No client may look for the metadata server at 169.254.169.254: outside a cloud that address is somebody else's.
    environ["NO_GCE_CHECK"] = "true"
    environ["GCE_METADATA_HOST"] = environ["GCE_METADATA_IP"] = proxy_url.rpartition("/")[2]

    for name, value in APPLICATION.items():
        environ.update({f"ARM_{name}": value, f"AZURE_{name}": value})


def restore(environ: MutableMapping[str, str], before: dict[str, str]) -> None:
    for name in set(environ) - before.keys():
        del environ[name]
    for name, value in before.items():
        if environ.get(name) != value:
            environ[name] = value

"""The variables that lead every client to the embedded cloud, and away from anything real."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path

LOOPBACK = "localhost,127.0.0.1,::1"

PROXY = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
AUTHORITIES = (
    "SSL_CERT_FILE",  # Go, OpenSSL
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTPLIB2_CA_CERTS",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
)
# What would lead a client past the door, or to the user's own account.
UNSET = (
    "ALL_PROXY",
    "all_proxy",
    "SSL_CERT_DIR",
    "STORAGE_EMULATOR_HOST",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON",
    "GOOGLE_BACKEND_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
    "GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT",
    "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT",
    "GOOGLE_STORAGE_CUSTOM_ENDPOINT",
    "GOOGLE_COMPUTE_CUSTOM_ENDPOINT",
    "GOOGLE_IAM_CUSTOM_ENDPOINT",
    "GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT",
    "GOOGLE_RESOURCE_MANAGER_V3_CUSTOM_ENDPOINT",
    "GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT",
    "GOOGLE_UNIVERSE_DOMAIN",
    "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
    "GOOGLE_CLOUD_QUOTA_PROJECT",
    "GOOGLE_API_USE_CLIENT_CERTIFICATE",
    "GOOGLE_API_USE_MTLS_ENDPOINT",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
)


@contextmanager
def prepared(
    environ: MutableMapping[str, str], proxy_url: str, ca_bundle: Path, credentials: Path
) -> Iterator[MutableMapping[str, str]]:
    """`prepare` for the time of the block; then every variable is again what it was."""
    before = dict(environ)
    try:
        prepare(environ, proxy_url, ca_bundle, credentials)
        yield environ
    finally:
        restore(environ, before)


def prepare(environ: MutableMapping[str, str], proxy_url: str, ca_bundle: Path, credentials: Path) -> None:
    """Lead every client in `environ` through the door at `proxy_url`, with made-up credentials only."""
    for name in UNSET:
        environ.pop(name, None)
    environ.update(dict.fromkeys(PROXY, proxy_url))
    environ.update(dict.fromkeys(("NO_PROXY", "no_proxy"), LOOPBACK))
    environ.update(dict.fromkeys(AUTHORITIES, str(ca_bundle)))
    environ["GOOGLE_APPLICATION_CREDENTIALS"] = str(credentials)
    environ["CLOUDSDK_CONFIG"] = str(credentials.parent / "gcloud")  # empty: none of the user's own
    # Nobody may look for the metadata server at 169.254.169.254, which outside of a cloud is somebody else's.
    environ["NO_GCE_CHECK"] = "true"
    environ["GCE_METADATA_HOST"] = environ["GCE_METADATA_IP"] = proxy_url.rpartition("/")[2]


def restore(environ: MutableMapping[str, str], before: dict[str, str]) -> None:
    for name in set(environ) - before.keys():
        del environ[name]
    for name, value in before.items():
        if environ.get(name) != value:
            environ[name] = value

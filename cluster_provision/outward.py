"""The way out of this machine, as the environment describes it: whom it trusts, and which proxy it goes by.

Each library says something else of a file that isn't there or of an address that is none, and blames the credentials.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cluster_provision.errors import SettingsError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AUTHORITIES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Files of certificates: Go's and OpenSSL's, that of requests, and what requests takes in its place."""

PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""As requests and Go look for them, the first that is set counts."""

CERTIFICATE = b"-----BEGIN "
SOCKS = ("socks4", "socks4a", "socks5", "socks5h")


def authorities_named(environ: Mapping[str, str]) -> list[str]:
    """The variables by which the caller names files of certificates."""
    named = [name for name in AUTHORITIES if environ.get(name)]
    return named[:-1] if len(named) > 1 and named[-1] == AUTHORITIES[-1] else named


def require_way_out(environ: Mapping[str, str], authorities: Sequence[str]) -> None:
    """Raises SettingsError where these variables' files aren't there or hold no certificate, and Unreachable where the
    proxy is none that can be used."""
    problems = tuple(line for name in authorities if (line := _file_problem(name, environ.get(name, ""))))
    if problems:
        raise SettingsError(
            problems,
            "In a container the file has to be mounted: docker run -v /path/ca.pem:/path/ca.pem:ro …; or leave the "
            "variable out, where no certificates of your own are needed.",
        )
    name = next((each for each in PROXIES if environ.get(each)), "")
    if name and (wrong := _proxy_problem(environ[name].strip())):
        shown = "" if "@" in environ[name] else f"={environ[name].strip()}"
        raise Unreachable(
            f"{name}{shown} is no proxy that can be used: {wrong}",
            "It has to be http://host:port, or http://user:password@host:port with %23 for # and the like (percent "
            "encoding); or leave it out.",
        )


def _file_problem(name: str, value: str) -> str:
    path = Path(value)
    if not value:
        return ""
    if path.is_dir():  # docker makes a folder of that name where the file to mount is missing
        return f"{name}={value} is a folder, not a file of certificates; is the file there that you mount?"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return f"{name}={value} names no file here"
    except OSError as failure:
        return f"{name}={value} can't be read: {failure.strerror}"
    return "" if CERTIFICATE in content else f"{name}={value} holds no certificate (PEM)"


def _proxy_problem(value: str) -> str:
    """What is wrong with it, without what could be a password."""
    if "://" not in value and value.lower().startswith(("http:", "https:")):
        return "it begins with http: and not with http://"
    given = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "its port is no number, or a character of its password has to be percent-encoded"
    scheme = parts.scheme.lower()
    wrong = {
        f"it begins with {scheme}:": scheme not in ("http", "https", *SOCKS),
        f"{scheme} is not supported here, only http and https": scheme in SOCKS and not find_spec("socks"),
        "it has no host": not host,
        "a character of its user or password has to be percent-encoded": bool(parts.fragment or parts.query),
        "its port is 0": port == 0,
    }
    return next((words for words, so in wrong.items() if so), "")

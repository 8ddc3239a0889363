"""Whether an endpoint answers at all: asked first and briefly, since everything else waits for minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cluster_provision.errors import Unreachable

LIMIT_SECONDS = 10.0


def require_reachable(*urls: str) -> None:
    """Any HTTP answer will do, an error's too. Raises Unreachable for the first that gives none in time."""
    with ThreadPoolExecutor(len(urls)) as pool:
        told = [reason for reason in pool.map(_why_unreachable, urls) if reason]
    if told:
        raise Unreachable(
            "; ".join(told),
            "Check this machine's network: HTTPS_PROXY, SSL_CERT_FILE, a firewall. Nothing was changed.",
        )


def _why_unreachable(url: str) -> str:
    import requests

    try:
        requests.head(url, timeout=LIMIT_SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        return f"{url} shows a certificate that this machine does not trust"
    except requests.exceptions.ProxyError:
        return f"{url} can't be reached through the proxy of HTTPS_PROXY"
    except requests.exceptions.Timeout:
        return f"{url} does not answer within {LIMIT_SECONDS:.0f} seconds"
    except requests.RequestException:
        return f"{url} can't be reached"
    return ""

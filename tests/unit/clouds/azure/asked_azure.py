"""The embedded Azure in this process, as `clouds/azure.py` asks it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from requests import Response

from cluster_provision.clouds.azure.cloud import Azure as Cloud
from cluster_provision.clouds.azure.credentials import Credentials, SignInSettings
from embedded_cloud.authority import Authority
from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from embedded_cloud.cloud import Cloud as Embedded
from tests.unit.embedded_cloud.asked_cloud import Asked
from tests.unit.embedded_cloud.azure_kit import SUBSCRIPTION, Azure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Token:
    token = tokens.token("https://management.azure.com", TENANT, "somebody")

    def get_token(self, *_: Any, **__: Any) -> Any:
        return self


class _Session:
    """What requests does, without a connection."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def request(self, method: str, url: str, *, json: Any, params: Any, headers: Any, **_: Any) -> Response:
        from urllib.parse import urlencode, urlsplit

        where = urlsplit(url)
        query = "&".join(part for part in (where.query, urlencode(params)) if part)
        signed = {name.lower(): value for name, value in headers.items()}
        answer = self._asked.ask(method, str(where.hostname), f"{where.path}?{query}", json, signed)
        told = Response()
        told.status_code, told._content, told.reason = answer.status, answer.body, "told"
        told.headers.update(dict(answer.headers))
        return told


@contextlib.contextmanager
def azure_in(folder: Path) -> Iterator[tuple[Azure, Cloud]]:
    """The embedded Azure with its state in `folder`: to be set up by hand, and as the tool asks it."""
    embedded = Embedded(folder, "played", Authority(folder))
    try:
        asked = Asked(embedded, folder)
        credentials = Credentials("secret", SignInSettings(), _Token(), "made up")  # type: ignore[arg-type]
        cloud = Cloud(credentials, SUBSCRIPTION)
        cloud._session = _Session(asked)  # type: ignore[assignment]
        yield Azure(asked), cloud
    finally:
        embedded.close()

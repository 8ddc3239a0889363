"""A control plane that is asked: what doesn't answer, and what answers otherwise than Kubernetes."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from google.auth.exceptions import RefreshError
from requests import ConnectionError as NoConnection
from requests import Response

from cluster_provision.errors import CredentialsError, NotReady
from cluster_provision.readiness.gke.kubernetes import prove_control_plane, wait_for_kubernetes
from cluster_provision.readiness.polling import Poll

HOST = "gke-abc.us-central1.gke.goog"


class Session:
    """Answers with this text, or fails so."""

    def __init__(self, answer: str | Exception) -> None:
        self._answer = answer

    def request(self, *_: Any, **__: Any) -> Response:
        if isinstance(self._answer, Exception):
            raise self._answer
        told = Response()
        told.status_code, told._content = 200, self._answer.encode()
        return told


def prove(answer: str | Exception) -> str:
    return prove_control_plane(cast("Any", Session(answer)), HOST, Poll(0), lambda _: None).status


def nodes(answer: str, gpus: dict[str, int]) -> str:
    return wait_for_kubernetes(cast("Any", Session(answer)), HOST, gpus, Poll(0), lambda _: None).status


def test_a_control_plane_is_ready_when_it_says_so() -> None:
    assert prove("ok") == "ok"


def test_a_control_plane_that_does_not_answer_is_not_ready() -> None:
    with pytest.raises(NotReady, match=f"{HOST}: no connection"):
        prove(NoConnection())


def test_a_login_that_ended_meanwhile_is_told_as_such() -> None:
    with pytest.raises(CredentialsError, match="expired or were refused: invalid_rapt"):
        prove(RefreshError("invalid_rapt"))


def test_nodes_are_told_by_kubernetes_alone() -> None:
    ready = {"metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    assert nodes(json.dumps({"kind": "NodeList", "items": [ready]}), {"n": 0}) == "ok"
    with pytest.raises(NotReady, match="HTTP 200"):
        nodes("<html>log in to the network</html>", {"n": 0})

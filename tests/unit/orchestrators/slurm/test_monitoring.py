"""Create says how to look, and Status whether Prometheus hears from every machine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import Unreachable
from cluster_provision.orchestrators.slurm.monitoring import monitoring_not_seen, monitoring_parts, monitoring_stages
from cluster_provision.settings.readers.slurm.packages import PackageUrl
from tests.unit.orchestrators.slurm.controllers import Controller, result
from tests.unit.orchestrators.slurm.sites import site

ON: Any = SimpleNamespace(monitoring="local", monitoring_packages=())
OFF: Any = SimpleNamespace(monitoring="off")


class Watched(Controller):
    settings = ON


def looked(answer: Any) -> tuple[str, str, Any]:
    """The check's status and words, and the failure, for this answer of the controller."""
    target = Watched({("python3",): [answer]})
    (stage,) = monitoring_stages(target)
    at = site(None)
    assert stage.look is not None and stage.wait is None
    failure = stage.look(at)
    (check,) = at.result.checks
    return check.status, check.detail, failure


def test_the_connection_has_the_tunnel_and_the_address() -> None:
    (part,) = monitoring_parts(ON, "head")
    assert part.values == {"tunnel": "Tunnel head 9090", "prometheus": "http://localhost:9090"}
    assert "`Tunnel head 9090`" in part.text


def test_with_grafana_it_is_said_where_it_is_and_how_its_password_is_read() -> None:
    grafana = PackageUrl("https://packages.example.org/grafana_13.0.2_amd64.deb", "0" * 64)
    (part,) = monitoring_parts(SimpleNamespace(monitoring="local", monitoring_packages=(grafana,)), "head")  # type: ignore[arg-type]
    assert part.values["grafana_tunnel"] == "Tunnel head 3000"
    assert part.values["grafana_login"] == "sudo cat /etc/cluster-provision/grafana-login"
    assert "`Tunnel head 3000`" in part.text and "sudo cat /etc/cluster-provision/grafana-login" in part.text


def test_without_monitoring_nothing_is_said_of_it() -> None:
    off = Watched({})
    off.settings = OFF
    assert (monitoring_parts(OFF, "head"), monitoring_stages(off), monitoring_not_seen(OFF, "head")) == ((), (), ())


def test_all_that_answer_are_counted() -> None:
    status, told, failure = looked(result("prometheus 127.0.0.1:9090 up\nnode head up\nnode node1 up\n"))
    assert (status, failure) == ("ok", None) and told.startswith("3 of 3 answer; `Tunnel head 9090`")


def test_one_that_is_silent_is_named_and_fails() -> None:
    status, told, failure = looked(result("node head up\nnode node1 down\n"))
    assert status == "failed" and told.startswith("node of node1 doesn't answer; 1 of 2")
    assert failure.exit_code == 21


@pytest.mark.parametrize("said", ["", "node node1 unknown\n"], ids=["nothing yet", "not asked yet"])
def test_what_was_not_asked_yet_is_unknown(said: str) -> None:
    assert looked(result(said))[0] == "unknown"


def test_prometheus_that_does_not_answer_fails() -> None:
    status, told, failure = looked(result(err="Traceback\nConnectionRefusedError: refused", code=1))
    assert (status, failure.exit_code) == ("failed", 21) and "ConnectionRefusedError: refused" in told


def test_a_controller_that_cannot_be_reached_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreached(*_: Any, **__: Any) -> Any:
        raise Unreachable("head does not answer")

    monkeypatch.setattr(Watched, "on_controller", unreached)
    assert looked(None) == ("unknown", "head does not answer", None)


def test_status_that_speaks_to_no_machine_says_how_to_look() -> None:
    (stage,) = monitoring_not_seen(ON, "demo-controller")
    at = site(None)
    assert stage.look is not None and stage.look(at) is None
    assert at.result.checks[0].status == "unknown" and "`Tunnel demo-controller 9090`" in at.result.checks[0].detail

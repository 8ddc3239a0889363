"""Each instance goes to the machines that it is for: GKE's nodes to the played ones."""

from unittest.mock import Mock

import pytest

from embedded_cloud.google.machines.partly_played import PartlyPlayed
from embedded_cloud.machines.base import Instance


def instance(*labels: str) -> Instance:
    properties = {"labels": dict.fromkeys(labels, "")} if labels else {}
    return Instance("my-project-1", "us-central1-a", "one", "1", "b", properties, "group")


@pytest.mark.parametrize(("asked", "served"), [(instance(), 0), (instance("goog-gke-node"), 1)])
@pytest.mark.parametrize("call", ["boot", "remove", "notebook", "loopback", "recorded"])
def test_each_instance_goes_to_those_that_it_is_for(asked: Instance, served: int, call: str) -> None:
    both = Mock(), Mock()
    got = getattr(PartlyPlayed(*both), call)(asked)
    getattr(both[served], call).assert_called_once_with(asked)
    assert both[1 - served].mock_calls == []
    assert call == "remove" or got is getattr(both[served], call).return_value


def test_both_end_with_the_cloud() -> None:
    both = Mock(), Mock()
    PartlyPlayed(*both).close()
    for each in both:
        each.close.assert_called_once_with()

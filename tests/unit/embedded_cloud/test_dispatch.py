"""Each instance goes to the machines that it is for: those of its cloud, and GKE's nodes to the played ones."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from embedded_cloud.google.machines.dispatch import SharedOut, by_cloud, partly_played
from embedded_cloud.machines.base import Instance


def instance(cloud: str, *labels: str) -> Instance:
    properties = {"labels": dict.fromkeys(labels, "")} if labels else {}
    return Instance("my-project-1", "us-central1-a", "one", "1", "b", properties, "group", cloud=cloud)


@pytest.mark.parametrize(
    ("made", "asked", "served"),
    [
        (by_cloud, instance("google"), 0),
        (by_cloud, instance("azure"), 1),
        (partly_played, instance("google"), 0),
        (partly_played, instance("azure"), 0),
        (partly_played, instance("google", "goog-gke-node"), 1),
    ],
)
@pytest.mark.parametrize("call", ["boot", "remove", "notebook", "loopback", "recorded"])
def test_each_instance_goes_to_those_that_it_is_for(
    made: Callable[..., SharedOut], asked: Instance, served: int, call: str
) -> None:
    both = Mock(), Mock()
    got = getattr(made(*both), call)(asked)
    getattr(both[served], call).assert_called_once_with(asked)
    assert both[1 - served].mock_calls == []
    assert call == "remove" or got is getattr(both[served], call).return_value


def test_both_end_with_the_cloud() -> None:
    for made in (by_cloud, partly_played):
        both = Mock(), Mock()
        made(*both).close()
        for each in both:
            each.close.assert_called_once_with()

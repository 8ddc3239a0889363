"""GKE's nodes are played beside machines that boot."""

from typing import Any
from unittest.mock import Mock

import pytest

from cluster_provision.rehearsal.machines.base import Instance
from cluster_provision.rehearsal.machines.partly_played import PartlyPlayed


def instance(**labels: str) -> Instance:
    properties: dict[str, Any] = {"labels": labels} if labels else {}
    return Instance("my-project-1", "us-central1-a", "one", "1", "b", properties, "group")


@pytest.mark.parametrize(("labels", "kind"), [({}, "booted"), ({"goog-gke-node": ""}, "played")])
@pytest.mark.parametrize("call", ["boot", "remove", "notebook", "loopback", "recorded"])
def test_each_instance_goes_to_those_that_it_is_for(labels: dict[str, str], kind: str, call: str) -> None:
    both = {"booted": Mock(), "played": Mock()}
    getattr(PartlyPlayed(both["booted"], both["played"]), call)(instance(**labels))
    assert [name for name, each in both.items() if each.mock_calls] == [kind]


def test_both_end_with_the_cloud() -> None:
    booted, played = Mock(), Mock()
    PartlyPlayed(booted, played).close()
    booted.close.assert_called_once_with()
    played.close.assert_called_once_with()

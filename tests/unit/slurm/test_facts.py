"""The facts of a machine, read from the JSON of the script that looks at it."""

from __future__ import annotations

import pytest

from cluster_provision.errors import UnexpectedError
from cluster_provision.slurm.facts import Account, Interface, MachineFacts, Output, Package

LEAST = {"schema": 1, "name": "dgx01", "os_release": "ID=debian", "clock": 1764500000.5}


def test_what_could_not_be_looked_at_is_unknown() -> None:
    facts = MachineFacts.from_json(LEAST | {"memory_mb": None})
    assert (facts.memory_mb, facts.ipv6, facts.processors, facts.nvidia_smi.exit) == (None, None, None, 127)


def test_objects_and_lists_are_typed() -> None:
    facts = MachineFacts.from_json(
        LEAST
        | {
            "packages": {"slurmd": {"installed": "", "candidate": "22.05.8-4+deb12u3"}},
            "users": {"slurm": {"uid": 64030, "gid": 64030, "home": "/nonexistent", "shell": "/bin/false", "x": 1}},
            "interfaces": [{"name": "eth0", "addresses": ["10.0.0.1"], "state": "up", "speed": None}],
            "nvidia_smi": {"exit": 0, "out": "GPU 0"},
            "names": {"lyra": ["10.0.0.1"]},
            "slurm_files": {"/etc/slurm/slurm.conf": "ClusterName=x", "/etc/slurm/slurm.key": None},
        }
    )
    assert facts.packages["slurmd"] == Package("", "22.05.8-4+deb12u3")
    assert facts.users["slurm"] == Account(64030, 64030, "/nonexistent", "/bin/false")
    assert facts.interfaces == (Interface("eth0", ("10.0.0.1",), "up"),)
    assert facts.nvidia_smi == Output(0, "GPU 0")
    assert facts.names["lyra"] == ("10.0.0.1",)
    assert facts.slurm_files["/etc/slurm/slurm.key"] is None


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([], "schema"),
        (LEAST | {"schema": 2}, "schema"),
        ({"schema": 1, "name": "n1", "clock": 1}, "os_release"),
        (LEAST | {"addresses": "10.0.0.1"}, "addresses"),
        (LEAST | {"processors": {"cpus": 4}}, "processors"),
        (LEAST | {"name": ["n1"]}, "name"),
    ],
)
def test_another_form_is_an_error_that_names_the_field(value: object, named: str) -> None:
    with pytest.raises(UnexpectedError, match=named):
        MachineFacts.from_json(value)

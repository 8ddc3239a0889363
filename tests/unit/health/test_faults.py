"""AzNHC's fault codes: each is known, and says what to do."""

from __future__ import annotations

from pathlib import Path

from cluster_provision.health.faults import codes_in, faults_of, known
from cluster_provision.node import HealthCheck, NodeHealth

NUMBERS = range(2001, 2024)
"""triggerGHR/config/nhc_fault_dictionary.cfg of AzNHC has these, and NHCNA."""


def test_every_code_of_the_dictionary_is_known_with_advice() -> None:
    assert set(known()) == {f"NHC{number}" for number in NUMBERS} | {"NHCNA"}
    for fault in known().values():
        assert fault.meaning
        assert fault.advice.endswith(".")


def test_codes_are_found_once_each_in_what_a_check_says() -> None:
    said = "check_gpu_bw: slow. FaultCode: NHC2020; check_gpu_count: 7. FaultCode: NHC2009; again FaultCode: NHC2020"
    assert codes_in(said) == ("NHC2020", "NHC2009")
    assert codes_in("check_hw_eth: interface eth1 not found") == ()


def test_a_code_that_nobody_knows_has_no_advice() -> None:
    health = NodeHealth("unhealthy", (HealthCheck("aznhc", "failed", "FaultCode: NHC9999, FaultCode: NHC2004"),))
    assert [fault.code for fault in faults_of(health)] == ["NHC2004"]


def test_the_document_has_the_same_table() -> None:
    document = (Path(__file__).parents[3] / "docs/health.md").read_text()
    for fault in known().values():
        assert f"| {fault.code} | {fault.category or '-'} | {fault.meaning} | {fault.advice} |" in document

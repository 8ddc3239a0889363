"""Every test can fail: it asserts something itself, or calls what does. What tests share is in kits, not in tests."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

TESTS = Path(__file__).resolve().parents[1]

ASSERTING = {
    "pytest.raises",
    "pytest.fail",
    "assert_called_once_with",
    # kits that assert the status of an answer or of a run
    "tool.result",
    "tool.nothing_is_left_after_destroy",
    "azure.result",
    "azure.nothing_is_left_after_destroy",
    "asked.compute",
    "asked.json",
    "azure.json",
    "rdma",
    "until",
}
"""Calls that assert, by the last two names of what is called, or the last one."""

NO_TESTS = {"test_iam_permissions"}
"""Methods of fakes that are named as the real ones are."""

ASSERT_NOTHING = {
    "tests/unit/embedded_cloud/google/test_validation.py::test_an_empty_list_of_a_field_that_is_gone_passes",
    "tests/unit/embedded_cloud/google/test_validation.py::test_numbers_may_come_as_text",
    "tests/unit/rehearsal/test_scenario_files.py::test_good_scenario_and_condition_files_are_accepted",
    "tests/unit/targets/gke/test_watch.py::test_errors_that_cannot_be_listed_now_do_not",
    "tests/unit/terraform/test_log.py::test_a_disk_that_fills_up_costs_lines_and_never_the_run",
    "tests/unit/test_streams.py::test_buffered_output_that_nobody_reads_is_dropped_at_the_end",
    "tests/unit/test_streams.py::test_a_closed_stream_has_nothing_to_end",
}
"""Tests that what they call raises nothing. The list may only get shorter."""


@cache
def trees() -> dict[str, ast.Module]:
    """The files of the tests, and of their kits, by their paths from the project."""
    return {str(p.relative_to(TESTS.parent)): ast.parse(p.read_text()) for p in sorted(TESTS.rglob("*.py"))}


def every_test() -> dict[str, ast.FunctionDef]:
    return {
        f"{path}::{node.name}": node
        for path, tree in trees().items()
        if Path(path).name.startswith("test_")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name not in NO_TESTS
    }


def asserts(test: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) or _asserting_call(node) for node in ast.walk(test))


def _asserting_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    names = ast.unparse(node.func).split(".")
    return names[-1] in ASSERTING or ".".join(names[-2:]) in ASSERTING


def test_every_test_asserts_something() -> None:
    assert {name for name, test in every_test().items() if not asserts(test)} == ASSERT_NOTHING


def test_no_file_imports_a_file_of_tests() -> None:
    imported = [
        (path, f"{node.module}.{each.name}")
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for each in node.names
    ]
    assert ("tests/unit/fleet/test_run.py", "tests.unit.fleet.heard.Heard") in imported
    assert [each for each in imported if each[1].startswith("tests.") and ".test_" in each[1]] == []


def test_a_test_without_parameters_is_an_error(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getini("empty_parameter_set_mark") == "fail_at_collect"

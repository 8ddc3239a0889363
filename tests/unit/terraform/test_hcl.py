"""HCL literals, held against the real Terraform: it reads back what was written, and evaluates nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cluster_provision.terraform.hcl import to_hcl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STRINGS = [
    "",
    "plain",
    'quote " and backslash \\ and both \\" \\\\',
    "${path.module} $${x} $$${y} $$ $ ${",
    "%{ if true } %%{x} %%%{y} %% % %{",
    "line\nfeed\r\nreturn\ttab",
    "\x00\x01\x1b[31m\x7f\x85\ufeff\u2028\u200b",
    "é ü \U0001f600 漢",
    "<<EOF\nx\nEOF",
    "# // /* */ = : , { } [ ]",
    '"}\nresource "x" "y" {}',
]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (-2.5, "-2.5"),
        ("a", '"a"'),
        ("${a}", '"$${a}"'),
        ("%{a}", '"%%{a}"'),
        ('"\\\n', '"\\"\\\\\\n"'),
        ("\x1b", '"\\u001b"'),
        ("\U000e0001", '"\\U000e0001"'),
        ([], "[]"),
        ((1, "b"), '[1, "b"]'),
        ({}, "{}"),
        ({"a b": {"c": 1}}, '{\n  "a b" = {\n    "c" = 1\n  }\n}'),
    ],
)
def test_literals(value, text):
    assert to_hcl(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(ValueError):
        to_hcl(value)


@pytest.mark.parametrize("value", [b"x", object(), {1: "a"}, {"a": {1, 2}}])
def test_a_type_that_hcl_does_not_have_is_refused(value):
    with pytest.raises(TypeError):
        to_hcl(value)


@pytest.fixture(scope="module")
def read_back(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Any]:
    """The value that the real Terraform reads from a variables file that holds `value`."""
    terraform = shutil.which("terraform")
    assert terraform, "Terraform is needed"
    folder: Path = tmp_path_factory.mktemp("hcl")
    (folder / "main.tf").write_text('variable "v" { type = any }\noutput "v" { value = var.v }\n')
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1"}

    def run(value: Any) -> Any:
        (folder / "v.auto.tfvars").write_text(f"v = {to_hcl(value)}\n", encoding="utf-8")
        for command in (["apply", "-auto-approve", "-no-color"], ["output", "-json", "v"]):
            ended = subprocess.run(
                [terraform, *command], cwd=folder, env=environ, capture_output=True, text=True, check=False
            )
            assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return run


def test_terraform_reads_back_every_kind_of_value(read_back):
    value = {"strings": STRINGS, "numbers": [0, -1, 1.5, 1e21, 10**18], "flags": [True, False, None], "none": {}}
    value["maps"] = {text or "empty": text for text in STRINGS}
    assert read_back(value) == normalised(value)


SHARP = st.lists(st.sampled_from(["$", "%", "{", "}", '"', "\\", "\n", "~", "u0041", "a", "é"]), max_size=10).map(
    "".join
)
TEXT = st.one_of(SHARP, st.text(st.characters(exclude_categories=["Cs"]), max_size=15))


# Every example is two runs of Terraform: a failing one is shown as it is, without minutes of shrinking.
@settings(max_examples=6, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(
    st.lists(st.tuples(TEXT, st.one_of(TEXT, st.integers(-(10**15), 10**15), st.booleans())), min_size=60, max_size=90)
)
def test_terraform_reads_back_any_value(read_back, pairs):
    value = [{"key": key, key: held} for key, held in pairs]
    assert read_back(value) == normalised(value)


def normalised(value: Any) -> Any:
    """`value` as Terraform keeps it: every string in Unicode NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {normalised(key): normalised(held) for key, held in value.items()}
    if isinstance(value, list):
        return [normalised(item) for item in value]
    return value

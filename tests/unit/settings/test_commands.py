r"""STARTUP_COMMAND: verbatim, but for the old tool's \" ."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "command",
    [
        "python /usr/cp/train.py",
        'echo "plain quotes"',
        'bash -c "echo \\"nested\\""',
        "echo '$HOME' ${HOME} %{x} $(id) `id` \\n \\\\ #not a comment",
        "sed 's/\\./-/g' file",
        "  spaces stay  ",
        '"my program" "an argument"',
        '"/opt/run.sh"',
        'echo \\\\"two backslashes end before the quote"',
        "printf 'ü\U0001f600'",
    ],
)
def test_a_command_is_carried_as_it_stands(loaded, command):
    assert loaded(STARTUP_COMMAND=command).settings.startup_command == command


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('echo \\"Hello World\\"', 'echo "Hello World"'),
        ('echo \\"say \\\\\\"hi\\\\\\"\\"', 'echo "say \\"hi\\""'),
        ("python -c 'print(\\\"x\\\")'", "python -c 'print(\"x\")'"),
        ('echo \\"a\\nb\\" \\$HOME', 'echo "a\\nb" \\$HOME'),
    ],
)
def test_where_every_quote_is_escaped_the_old_tools_way_is_understood(loaded, written, meant):
    assert loaded(STARTUP_COMMAND=written).settings.startup_command == meant


def test_a_command_wholly_in_quotes_is_pointed_out(problems):
    assert "literal quotes" in problems(STARTUP_COMMAND='"python train.py --secret x"')[0]


def test_a_command_that_no_metadata_value_holds_is_refused_without_its_text(problems):
    (problem,) = problems(STARTUP_COMMAND="hidden " * 50_000)
    assert "hidden" not in problem and "262144 bytes" in problem

"""Every command line that the product prints is as its program takes it, names its place, and changes one thing."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cluster_provision
from tests.command_lines.rules import check, is_mention
from tests.command_lines.shell import PLACEHOLDER, commands, filled
from tests.command_lines.source import named_in, texts
from tests.command_lines.texts import command_lines
from tests.unit.command_lines.azure_cases import azure_cases
from tests.unit.command_lines.gcp_cases import gcp_cases

if TYPE_CHECKING:
    from tests.command_lines.cases import Case
    from tests.command_lines.source import Named, Text

TEXTS = list(texts(Path(cluster_provision.__file__).parent))
NAMED = [named for text in TEXTS for named in named_in(text)]
SPEECH = {
    ("cluster_provision/clouds/gcp/credentials.py", "gcloud", "and"),
    ("cluster_provision/clouds/gcp/credentials.py", "gcloud", "login"),
    ("cluster_provision/clouds/gcp/login.py", "gcloud", "itself"),
}
"""Where gcloud itself is spoken of, and no command of it."""
PRINTED = [named for named in NAMED if (named.text.module, named.program, named.head) not in SPEECH]
WHOLE = [text for text in TEXTS if text.whole and any(each.text is text for each in PRINTED)]


def cases() -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        return [*gcp_cases(Path(folder)), *azure_cases()]


CASES = cases()


def as_printed(text: Text) -> list[str]:
    """A text that is a command as a whole is printed in a line of its own."""
    return command_lines(text.template) or command_lines(f"  {text.template}")


@pytest.mark.parametrize("named", PRINTED, ids=lambda named: f"{named.text.module}:{named.text.line}")
def test_a_command_begins_a_line_of_its_own_or_stands_in_backticks(named: Named) -> None:
    assert named.placed, named.text.template


@pytest.mark.parametrize("text", WHOLE, ids=lambda text: f"{text.module}:{text.line}")
def test_a_text_that_is_printed_as_it_stands_has_good_lines(text: Text) -> None:
    lines = as_printed(text)
    assert lines
    for line in lines:
        assert is_mention(line) or check(line)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)
def test_a_rendered_line_is_good_and_every_value_reaches_its_program_whole(case: Case) -> None:
    assert case.lines or case.module == "cluster_provision/clouds/gcp/credentials.py"
    for line in case.lines:
        assert is_mention(line) or check(line)
        assert not (case.fixed and PLACEHOLDER.search(line)), line
    words = [word for line in case.lines for command in commands(filled(line)) for word in command]
    given = {*words, *(word.partition("=")[2] for word in words)}
    assert set(case.values) <= given, set(case.values) - given


@pytest.mark.parametrize(
    "named",
    [each for each in PRINTED if not each.text.whole],
    ids=lambda named: f"{named.text.module}:{named.text.line}",
)
def test_every_place_that_renders_a_line_is_rendered_here(named: Named) -> None:
    begins = f"{named.program} {named.head}".strip()
    rendered = [line for case in CASES if case.module == named.text.module for line in case.lines]
    rendered += [line for line in command_lines(named.text.template) if "{}" not in line]
    assert [line for line in rendered if re.search(rf"(?:^|&& ){re.escape(begins)}", line)], begins


def test_the_source_is_read_and_cases_name_modules_that_are_there() -> None:
    folder = Path(cluster_provision.__file__).parents[1]
    assert len(PRINTED) > 60
    assert {case.module for case in CASES} <= {text.module for text in TEXTS}
    assert all((folder / case.module).is_file() for case in CASES)
    assert {(each.text.module, each.program, each.head) for each in NAMED} >= SPEECH

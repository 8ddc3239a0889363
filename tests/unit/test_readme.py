"""The README's commands are under test, each in one of these ways, and what it names exists."""

import re
from pathlib import Path

from cluster_provision import __version__

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()
COMMANDS = re.findall(r"^ *\$ (.+)$", README, re.MULTILINE)
CI = [line.strip() for line in (PROJECT / ".ci" / "run").read_text().splitlines()]
RUN_BY_TEST = ("make setup", "make test-fast", "make lint")  # prerequisites of `make test`
RUN_END_TO_END = (
    "make image",
    f"docker run --rm --env-file env.list -e REHEARSE=plan cluster-provision:{__version__}-rehearsal Create",
)  # tests/e2e/test_readme.py


def needs_a_real_cloud(command: str) -> bool:
    return command.startswith("docker run ") and "REHEARSE=" not in command


def test_every_command_is_run_somewhere_but_those_that_need_a_real_cloud() -> None:
    left = [c for c in COMMANDS if c not in (*CI, *RUN_BY_TEST, *RUN_END_TO_END) and not needs_a_real_cloud(c)]
    assert COMMANDS
    assert left == []


def test_the_two_promised_commands_come_first_and_ci_runs_them() -> None:
    assert COMMANDS[:2] == ["make demo", "make test"]
    demo, test, down = (CI.index(f"make {target}") for target in ("demo", "test", "demo-down"))
    assert demo < test < down  # as a newcomer does: the demo's cluster stands while the tests begin


def test_make_test_runs_what_the_readme_says_it_does() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    (line,) = re.findall(r"^test: (.*) ##", makefile, re.MULTILINE)
    assert line.split() == ["lint", "test-fast", "test-integration", "test-engine"]
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", README))
    assert named <= targets


def test_the_commands_that_need_a_real_cloud_are_marked() -> None:
    before, *parts = README.split("need a real cloud:")
    found = [[c for c in re.findall(r"^ *\$ (.+)$", part, re.MULTILINE) if needs_a_real_cloud(c)] for part in parts]
    assert not any(needs_a_real_cloud(c) for c in re.findall(r"^ *\$ (.+)$", before, re.MULTILINE))
    assert [len(each) for each in found] == [2, 2]


PAGES = (PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").glob("*.md")))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_relative_link_in_the_documents_leads_somewhere() -> None:
    links = [(page, *link) for page in PAGES for link in re.findall(r"\]\(([^)#:]*)#?([^):]*)\)", page.read_text())]
    assert {page.name for page, *_ in links} >= {"README.md", "actions.md", "parameters.md"}
    broken = []
    for page, target, anchor in links:
        there = page.parent / target if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def test_the_image_is_named_by_the_version() -> None:
    assert set(re.findall(r"cluster-provision:([0-9.]+)", README)) == {__version__}
    assert f'version = "{__version__}"' in (PROJECT / "pyproject.toml").read_text()

"""Programs run as root on a fleet's head, over one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.fleet.root_shell import RootShell

if TYPE_CHECKING:
    from tests.unit.fleet.kit import Farm


def test_words_stay_words_and_input_arrives(farm: Farm) -> None:
    farm.add_many("head", "node")
    shell = RootShell(farm.fleet)
    ended = shell.run(("sh", "-c", 'printf "%s|" "$@"; cat', "sh", "a b", "$HOME"), "fed")
    shell.close()
    assert (ended.exit_code, ended.stdout) == (0, b"a b|$HOME|fed")


def test_one_connection_serves_the_whole_run(farm: Farm) -> None:
    farm.add_many("head")
    shell = RootShell(farm.fleet)
    shell.run(("true",))
    logins = [*farm.machines[0].logins]
    codes = [shell.run((program,)).exit_code for program in ("true", "false")]
    shell.close()
    assert codes == [0, 1]
    assert farm.machines[0].logins == logins


def test_nothing_is_asked_of_the_cloud_before_a_program_is_run(farm: Farm) -> None:
    asked: list[str] = []
    shell = RootShell(lambda: asked.append("fleet") or farm.fleet())  # type: ignore[func-returns-value]
    shell.close()
    assert asked == []

"""The tool's own programs on a host: pushed by standard input, run as root."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import NotReady, PermissionDenied, ProvisionError, Unreachable
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.held import HeldConnections
from cluster_provision.fleet.model import Route
from cluster_provision.fleet.pushed import as_root, push

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.model import Host
    from tests.unit.fleet.kit import Farm

ECHO = """
import json, sys
request = json.load(sys.stdin)
print("not json")
print(json.dumps({"got": request, "name": __name__}))
"""
SUDO = """#!/bin/sh
# as sudo does: asks for a password where it is told to read one, and the account needs one
while [ $# -gt 0 ]; do
  case "$1" in -n) never=1; shift ;; -S) shift ;; -p) shift 2 ;; *) break ;; esac
done
if [ -e "$HOME/wants-password" ]; then
  [ -z "$never" ] || { echo "sudo: a password is required" >&2; exit 1; }
  IFS= read -r given
  [ "$given" = "open sesame" ] || { echo "sudo: no password was provided" >&2; exit 1; }
fi
echo "$@" >> "$HOME/by-sudo"
exec "$@"
"""


def pushed(farm: Farm, program: str, request: dict[str, Any], password: str = "") -> tuple[dict[str, Any], ...]:
    (machine,) = farm.machines or (farm.add("n-0"),)

    async def one(connection: SSHClientConnection, host: Host) -> tuple[dict[str, Any], ...]:
        return await push(connection, program, request, password, host=host.name)

    held = HeldConnections(replace(farm.fleet(), route=Route()))
    try:
        (outcome,) = held.on_each([machine.host], one)
    finally:
        held.close()
    if outcome.error is not None:
        raise outcome.error
    assert outcome.value is not None
    return outcome.value


def no_root(farm: Farm) -> Farm:
    farm.program("id", "#!/bin/sh\necho 1000\n")
    farm.program("sudo", SUDO)
    return farm


def test_a_program_gets_its_request_and_answers_in_lines_of_json(farm: Farm) -> None:
    request = {"text": "ü 'quoted' \"twice\"\nline", "list": [1, None]}
    assert pushed(farm, ECHO, request) == ({"got": request, "name": "__main__"},)


def test_a_request_of_megabytes_arrives_whole(farm: Farm) -> None:
    request = {"text": "x" * 3_000_000}
    ((told),) = pushed(farm, ECHO, request)
    assert told["got"] == request


def test_sudo_is_used_where_the_account_is_not_root(farm: Farm) -> None:
    no_root(farm)
    assert pushed(farm, ECHO, {})[0]["got"] == {}
    assert "python3 -I" in (farm.machines[0].home / "by-sudo").read_text()


def test_the_password_of_sudo_goes_by_standard_input_alone(farm: Farm) -> None:
    machine = no_root(farm).add("n-0")
    (machine.home / "wants-password").touch()
    assert pushed(farm, ECHO, {}, "open sesame")[0]["got"] == {}
    assert "sesame" not in (machine.home / "by-sudo").read_text()


def test_a_password_that_sudo_does_not_ask_for_is_no_part_of_the_request(farm: Farm) -> None:
    no_root(farm)
    assert pushed(farm, ECHO, {"a": 1}, "open sesame")[0]["got"] == {"a": 1}


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_refusal_of_sudo_names_the_settings_that_help(farm: Farm, password: str) -> None:
    machine = no_root(farm).add("n-0")
    (machine.home / "wants-password").touch()
    with pytest.raises(PermissionDenied, match="n-0: sudo refuses: sudo: ") as refused:
        pushed(farm, ECHO, {}, password)
    assert "SUDO_PASSWORD_FILE" in refused.value.advice
    assert "wrong" not in refused.value.message


def test_a_machine_without_python_is_told(farm: Farm) -> None:
    farm.program("python3", "#!/bin/sh\necho 'sh: 1: exec: python3: not found' >&2\nexit 127\n")
    with pytest.raises(NotReady, match="there is no python3"):
        pushed(farm, ECHO, {})


FAILING = "import json, sys; print(json.dumps({'failed': 1})); sys.exit(1)"


def test_an_answer_counts_where_the_program_then_ends_with_a_failure(farm: Farm) -> None:
    assert pushed(farm, FAILING, {}) == ({"failed": 1},)


@pytest.mark.parametrize("program", ["import sys; sys.exit('broken')", "pass", "print('no json')"])
def test_a_program_without_an_answer_is_unknown_and_never_well(farm: Farm, program: str) -> None:
    with pytest.raises(Unreachable, match="n-0: the tool's program"):
        pushed(farm, program, {})


def test_a_command_of_the_shells_runs_as_root_with_its_quotes(farm: Farm) -> None:
    machine = no_root(farm).add("n-0")

    async def one(connection: SSHClientConnection, host: Host) -> str:
        line, feed = as_root("printf '%s|' 'a b' \"$((1 + 1))\"")
        return (await ask(connection, line, feed)).required(host.name)

    held = HeldConnections(replace(farm.fleet(), route=Route()))
    try:
        (outcome,) = held.on_each([machine.host], one)
    finally:
        held.close()
    assert outcome.error is None or isinstance(outcome.error, ProvisionError)
    assert outcome.value == "a b|2|"


def test_a_command_that_ends_before_it_has_read_its_input_is_told_by_its_exit_code(farm: Farm) -> None:
    machine = farm.add("n-0")

    async def one(connection: SSHClientConnection, host: Host) -> int:
        opened = connection.create_process

        async def ended(*given: Any, **named: Any) -> Any:
            process = await opened(*given, **named)
            await process.wait_closed()
            return process

        connection.create_process = ended  # type: ignore[method-assign]
        return (await ask(connection, "exit 3", b"")).exit_code

    held = HeldConnections(replace(farm.fleet(), route=Route()))
    try:
        (outcome,) = held.on_each([machine.host], one)
    finally:
        held.close()
    assert outcome.value == 3, outcome.error

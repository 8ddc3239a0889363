"""The user's startup command on the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.node.trial import FakeCloud, Machine


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only()


def command_step(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next((s for s in record["steps"] if s["name"] == "command"), {})
    return found


def test_the_command_runs_verbatim(machine: Machine, cloud: FakeCloud) -> None:
    text = 'printf \'%s\\n\' "a \\"quoted\\" ${HOME:+\\$x} %{y}" > "$NODE_ROOT/said"\n\n# end\n\n'
    cloud.metadata["attributes/cluster-startup-command"] = text

    machine.start()

    record = cloud.record_when(lambda r: command_step(r).get("status") == "ok")
    assert record["status"] == "ready"
    assert (machine.root / "var/lib/cluster/startup-command").read_text() == text
    assert (machine.root / "said").read_text() == 'a "quoted" $x %{y}\n'


def test_the_node_is_ready_while_the_command_still_runs(machine: Machine, cloud: FakeCloud) -> None:
    # The command reads from a pipe that this test alone writes to.
    os.mkfifo(machine.root / "gate")
    cloud.metadata["attributes/cluster-startup-command"] = 'read -r _ <"$NODE_ROOT/gate"'

    machine.start()

    record = cloud.record_when(lambda r: r["status"] == "ready")
    assert (record["step"], command_step(record)["status"]) == ("command", "running")
    (machine.root / "gate").write_text("go\n")
    assert cloud.record_when(lambda r: command_step(r).get("status") == "ok")["step"] == "done"


def test_a_command_that_fails_fails_the_node_with_its_last_lines(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = "seq 1 500; echo broken pipes >&2; exit 3"

    machine.start()

    record = cloud.record_when(lambda r: r["status"] == "failed")
    lines = command_step(record)["tail"].splitlines()
    assert record["step"] == "command"
    assert lines[-2:] == ["broken pipes", "the startup command ended with status 3"]
    assert len(lines) == 20
    assert (machine.root / "var/log/cluster/startup-command.log").read_text().startswith("1\n2\n")


def test_a_last_line_that_the_command_did_not_end_stays_a_line(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = "printf 'no space left'; exit 7"

    machine.start()

    record = cloud.record_when(lambda r: r["status"] == "failed")
    assert command_step(record)["tail"] == "no space left\nthe startup command ended with status 7"


def test_a_tail_is_short_even_where_a_line_is_long(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = "head -c 100000 /dev/zero | tr '\\0' x; echo; exit 1"

    machine.start()

    record = cloud.record_when(lambda r: r["status"] == "failed")
    told = command_step(record)["tail"]
    assert told.strip("x") == "\nthe startup command ended with status 1"
    assert 4000 < len(told) <= 4096


def test_the_output_of_a_good_command_stays_on_the_machine(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = "echo my-secret-output"

    machine.start()

    record = cloud.record_when(lambda r: command_step(r).get("status") == "ok")
    assert "my-secret-output" not in str(record)
    assert "my-secret-output" in (machine.root / "var/log/cluster/startup-command.log").read_text()


def test_the_command_runs_again_at_the_next_boot(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = 'echo run >>"$NODE_ROOT/runs"'

    for boot in ("boot-1", "boot-2"):
        (machine.root / "proc/sys/kernel/random/boot_id").write_text(boot)
        machine.start()
        cloud.record_when(lambda r, boot=boot: r["boot_id"] == boot and command_step(r).get("status") == "ok")

    assert (machine.root / "runs").read_text() == "run\nrun\n"


def test_a_unit_that_can_not_be_started_fails_the_node(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = "true"
    machine.command("systemctl", "echo no systemd here >&2; exit 1")

    done = machine.start()

    assert done.returncode == 1
    assert "no systemd here" in command_step(cloud.record_when(lambda r: r["status"] == "failed"))["tail"]


def test_a_syntax_error_is_told_by_its_line_alone_and_nothing_is_run(machine: Machine, cloud: FakeCloud) -> None:
    cloud.metadata["attributes/cluster-startup-command"] = 'touch "$NODE_ROOT/ran"\nif x; then --key=my-secret; done\n'

    done = machine.start()

    assert done.returncode == 1
    record = cloud.record_when(lambda r: r["status"] == "failed")
    assert command_step(record)["tail"] == (
        "bash can't read STARTUP_COMMAND: syntax error at line 2; nothing of it was run"
    )
    assert not (machine.root / "ran").exists()
    assert "my-secret" not in f"{done.stdout}{done.stderr}{cloud.uploads}"


def test_patterns_that_the_command_turns_on_itself_are_no_syntax_error(machine: Machine, cloud: FakeCloud) -> None:
    text = "shopt -s extglob\n[[ a == !(b|c) ]] && for x in /no-such-@(a|b); do echo $x; done\n"
    cloud.metadata["attributes/cluster-startup-command"] = text

    machine.start()

    assert cloud.record_when(lambda r: command_step(r).get("status") == "ok")["status"] == "ready"

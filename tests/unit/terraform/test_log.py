"""The log keeps messages, and none of the values that are private."""

from pathlib import Path

from cluster_provision.private import Private
from cluster_provision.terraform.log import Log


def test_private_values_are_struck_out_of_messages_and_details(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", Private(["python train.py --key=abc", "abc", ""]))
    log.write(
        {"@message": "bad value: python train.py --key=abc", "diagnostic": {"detail": "python train.py --key=abc!"}}
    )
    log.close()
    text = (tmp_path / "log").read_text()
    assert "train.py" not in text
    assert text.count("(not shown)") == 2


def test_snippets_and_outputs_are_not_kept(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", Private())
    log.write(
        {"@message": "m", "diagnostic": {"detail": "d", "snippet": {"values": ["secret"]}}, "outputs": {"x": "secret"}}
    )
    log.close()
    assert (tmp_path / "log").read_text() == "[info] m\nd\n"


def test_a_disk_that_fills_up_costs_lines_and_never_the_run() -> None:
    log = Log(Path("/dev/full"), Private())
    log.write({"@message": "x" * 100_000})
    log.flush()
    log.close()

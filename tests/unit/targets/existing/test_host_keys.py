"""What is said of machines whose host keys nobody knows, or that show others than before."""

from __future__ import annotations

from cluster_provision.errors import Unreachable
from cluster_provision.fleet.host_keys import Shown
from cluster_provision.fleet.model import Host
from cluster_provision.targets.existing.host_keys import changed, known_hosts_line, unknown

KEY, OTHER = "ssh-ed25519 AAAAkey", "ssh-ed25519 AAAAother"
NODE = Host("node1", "10.0.0.5")


def test_a_line_has_the_address_and_a_port_other_than_22_in_brackets() -> None:
    assert known_hosts_line(Shown(NODE, KEY, "SHA256:x")) == f"10.0.0.5 {KEY}"
    assert known_hosts_line(Shown(Host("n", "fd00::5", port=2222), KEY)) == f"[fd00::5]:2222 {KEY}"


def test_the_error_has_each_fingerprint_and_the_lines_to_copy() -> None:
    silent = Shown(Host("node2", "10.0.0.6"), error=Unreachable("node2 is off"))
    failure = unknown([Shown(NODE, KEY, "SHA256:abc"), silent])
    assert "node1 (10.0.0.5): SHA256:abc" in failure.message and "node2" not in failure.message
    assert f"\n  10.0.0.5 {KEY}\n" in failure.advice and failure.exit_code == 15


def test_a_key_that_is_kept_is_no_change() -> None:
    assert changed([Shown(NODE, KEY)], {"node1": [OTHER, KEY]}) == []


def test_a_machine_of_which_no_key_is_kept_is_new() -> None:
    assert changed([Shown(NODE, KEY)], {}) == []
    assert changed([Shown(NODE, KEY)], {"node1": ()}) == []


def test_another_key_than_the_kept_one_is_told_with_its_fingerprint() -> None:
    (failure,) = changed([Shown(NODE, OTHER, "SHA256:new")], {"node1": (KEY,)})
    assert "node1 at 10.0.0.5 shows another host key than before: SHA256:new" in failure.message


def test_a_machine_that_shows_none_says_nothing_of_its_key() -> None:
    assert changed([Shown(NODE, error=Unreachable("off"))], {"node1": (KEY,)}) == []

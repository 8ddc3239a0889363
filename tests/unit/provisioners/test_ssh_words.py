"""What the SSH provisioner says of clusters whose machines exist already."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.provisioners.ssh.outcome import tally
from cluster_provision.provisioners.ssh.provisioner import SshProvisioner, to_change
from cluster_provision.targets.ssh_target import Applied


def test_debug_is_refused_since_there_are_no_files_of_terraform() -> None:
    with pytest.raises(SettingsError, match="Debug is not on CLOUD=existing"):
        SshProvisioner(cast("Any", None)).require_folder()


def test_what_was_compared_alone_is_never_told_as_changed() -> None:
    applied = [Applied("node1", changed=2), Applied("node2", changed=1)]
    assert tally(applied) == "3 changed on 2 machines"
    assert to_change(applied) == "3 to change on 2 machines"
    assert to_change([Applied("node1")]) == "nothing to change on 1 machine"

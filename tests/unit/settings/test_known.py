"""What of the environment is kept with the run."""

from __future__ import annotations

from cluster_provision.settings import known_parameters


def test_known_parameters_are_kept_and_nothing_else():
    environ = {"PROJECT_ID": "p", "ZONE": "", "AWS_SECRET_ACCESS_KEY": "hidden", "NFS_FILESTORE_LIST": "/a:BASIC_SSD"}
    assert known_parameters(environ) == {"PROJECT_ID": "p", "NFS_FILESTORE_LIST": "/a:BASIC_SSD"}


def test_what_may_be_confidential_is_not_kept():
    kept = known_parameters({"METADATA": '{ a = "hidden" }', "STARTUP_COMMAND": "hidden"})
    assert set(kept) == {"METADATA", "STARTUP_COMMAND"}
    assert "hidden" not in str(kept)


def test_what_is_kept_can_be_written_as_utf8():
    assert known_parameters({"ZONE": "a\udcff"}) == {"ZONE": "a?"}

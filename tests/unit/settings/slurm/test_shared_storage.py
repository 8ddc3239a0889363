"""SHARED_STORAGE: homes on the controller, or on a server that is there already."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.shared_storage import ON_CONTROLLER, SharedStorage
from tests.unit.settings.slurm.clouds import CLOUDS, problems, settings


@pytest.mark.parametrize("cloud", CLOUDS)
def test_homes_are_on_the_controller_unless_a_server_is_named(cloud: str) -> None:
    assert settings(cloud).shared_storage == ON_CONTROLLER
    found = settings(cloud, SHARED_STORAGE="NFS:10.1.0.4:/export/shared/").shared_storage
    assert found == SharedStorage("nfs", "10.1.0.4", "/export/shared")


@pytest.mark.parametrize("text", ["nfs:filer.example.org:/vol", "nfs:[fd00::4]:/", "nfs:10.1.0.4:/a/b"])
def test_a_server_is_shown_as_it_was_written(text: str) -> None:
    assert settings("azure", SHARED_STORAGE=text).shared_storage.text == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nfs", "has no server"),
        ("nfs:10.1.0.4", "has no server and folder"),
        ("nfs:10.1.0.4:export", "is not an absolute path"),
        ("nfs:10.1.0.999:/export", "no IP address"),
        ("nfs:fi ler:/export", "neither an IP address nor a host"),
        ("nfs:10.1.0.4:/a;b", "is not a valid path"),
        ("nfs://10.1.0.4/export", "has no server and folder"),
        ("lustre", "is none of the allowed values: controller"),
    ],
)
def test_what_is_no_server_and_folder_is_refused(text: str, why: str) -> None:
    (problem,) = problems("azure", SHARED_STORAGE=text)
    assert problem.startswith("SHARED_STORAGE") and why in problem


def test_nothing_else_may_lie_where_the_share_is_mounted() -> None:
    server = {"SHARED_STORAGE": "nfs:10.1.0.4:/export"}
    (problem,) = problems("azure", VM_LOCALFILE_DEST_PATH="/shared/copy", **server)
    assert problem.startswith("VM_LOCALFILE_DEST_PATH=/shared/copy")
    (problem,) = problems("gcp", NFS_FILESHARE_LIST="/shared:BASIC_HDD:1024", **server)
    assert problem.startswith("NFS_FILESHARE_LIST mounts on /shared")
    assert problems("azure", VM_LOCALFILE_DEST_PATH="/shared/copy") == ()


@pytest.mark.parametrize(("text", "tib"), [("anf", 4), ("ANF:8", 8)])
def test_a_volume_of_netapp_files_has_4_tib_or_what_is_asked_for(text: str, tib: int) -> None:
    assert settings("azure", SHARED_STORAGE=text).shared_storage == SharedStorage("anf", tib=tib)


@pytest.mark.parametrize("text", ["anf:0", "anf:101", "anf:four", "anf:"])
def test_a_volume_of_another_capacity_is_refused(text: str) -> None:
    (problem,) = problems("azure", SHARED_STORAGE=text)
    assert problem.startswith(f"SHARED_STORAGE={text}")


def test_netapp_files_are_azures() -> None:
    (problem,) = problems("gcp", SHARED_STORAGE="anf")
    assert "it is Azure's" in problem
    (problem,) = problems("gcp", SHARED_STORAGE="anf:8")
    assert "none of the allowed values" in problem

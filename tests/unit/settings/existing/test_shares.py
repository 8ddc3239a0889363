"""NFS_EXPORTS and NFS_MOUNTS."""

from __future__ import annotations

import pytest

from cluster_provision.settings import NfsExport, NfsMount


def test_exports_are_paths_with_their_clients(settings):
    text = "/export/shared:*(rw,sync,no_root_squash); /home:10.0.0.0/24(rw)  @trusted(ro) ;"
    assert settings(NFS_EXPORTS=text).nfs_exports == (
        NfsExport("/export/shared", "*(rw,sync,no_root_squash)"),
        NfsExport("/home", "10.0.0.0/24(rw) @trusted(ro)"),
    )


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("/e:/mnt/e", NfsMount("/mnt/e", "dgx01", "/e", "defaults")),
        ("/e:/mnt/e:async,vers=3", NfsMount("/mnt/e", "dgx01", "/e", "async,vers=3")),
        ("/e:/mnt/e:sec=krb5:krb5p", NfsMount("/mnt/e", "dgx01", "/e", "sec=krb5:krb5p")),
        ("filer.example.org:/vol/d:/data:vers=4.2", NfsMount("/data", "filer.example.org", "/vol/d", "vers=4.2")),
        ("[2001:db8::9]:/e:/data", NfsMount("/data", "2001:db8::9", "/e", "defaults")),
        ("10.0.0.2:/e:/data", NfsMount("/data", "dgx02", "/e", "defaults")),
        ("DGX02:/e:/home", NfsMount("/home", "dgx02", "/e", "defaults")),
    ],
)
def test_a_mounts_server_is_a_machine_of_the_cluster_or_one_outside(settings, text, mount):
    assert settings(NODES="dgx01,dgx02=10.0.0.2", NFS_MOUNTS=text).nfs_mounts == (mount,)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("NFS_EXPORTS", "/e", "has no colon after the path"),
        ("NFS_EXPORTS", "/e:", "has no clients"),
        ("NFS_EXPORTS", "/e:* (rw)", "has a blank before (rw): exports(5) gives such options to every host"),
        ("NFS_EXPORTS", "/e:*(rw)|x", "which is no client as in exports(5)"),
        ("NFS_EXPORTS", "e:*(rw)", "is not an absolute path"),
        ("NFS_EXPORTS", "/:*(rw)", "holds the machine's own files"),
        ("NFS_EXPORTS", "/etc/x:*(rw)", "holds the machine's own files"),
        ("NFS_MOUNTS", "/e", "has no folder to mount on"),
        ("NFS_MOUNTS", "e:/m", "has no folder to mount on"),
        ("NFS_MOUNTS", "e", "begins neither with a path nor with a server"),
        ("NFS_MOUNTS", "/e:/usr", "would hide what the machine runs on"),
        ("NFS_MOUNTS", "/e:/etc/slurm", "would hide what the machine runs on"),
        ("NFS_MOUNTS", "/e:/usr/local", "where /usr/local/lib/cluster-provision of each machine's own has to be"),
        ("NFS_MOUNTS", "/e:/var/lib/cluster-provision/vega", "where /var/lib/cluster-provision of each machine's own"),
        ("NFS_MOUNTS", "/e:/var/spool", "would hide what the machine runs on"),
        ("NFS_MOUNTS", "/e:/var/spool/slurmd", "where /var/spool/slurmd of each machine's own has to be"),
        ("NFS_MOUNTS", "/e:/m:a b", "words separated by commas"),
        ("NFS_MOUNTS", "fi_ler:/e:/m", "neither an IP address nor a host's name"),
        ("NFS_MOUNTS", "/e/../etc:/m", "holds . or .."),
    ],
)
def test_a_bad_entry_is_named(problems, name, text, reason):
    (problem,) = problems(**{name: f"{'/ok:/mnt/ok' if name == 'NFS_MOUNTS' else '/ok:*(ro)'};{text}"})
    assert problem.startswith(f"{name}: entry 2 (") and reason in problem


def test_a_path_twice_is_a_problem(problems):
    assert "exports /e twice" in problems(NFS_EXPORTS="/e:*(rw);/e:*(ro)")[0]
    assert "mounts on /m twice" in problems(NFS_MOUNTS="/a:/m;/b:/m")[0]


def test_a_mount_that_the_server_doesnt_share_is_noted(loaded):
    (note,) = loaded(NFS_EXPORTS="/export:*(rw)", NFS_MOUNTS="/exports:/m;/export/x:/n").notes
    assert note.startswith("/exports is mounted from dgx01, but isn't in what the tool shares there (/export)")

"""Slurm's own parameters, and the users of the cluster."""

from __future__ import annotations

import base64

import pytest

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.settings.readers.slurm.users import ClusterUser, users_of
from cluster_provision.settings.reading import BadValue
from tests.unit.settings.public_key import PUBLIC_KEY


def key(seed: int = 1, kind: str = "ssh-ed25519", *rest: bytes) -> str:
    parts = (kind.encode(), *(rest or (bytes([seed]) * 32,)))
    data = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"{kind} {base64.b64encode(data).decode()}"


A, B = key(1), key(2)


def test_the_defaults_are_those_of_the_documents(settings):
    found = settings()
    assert (found.accounting, found.validate, found.drain_timeout, found.proof_timeout) == ("local", "nccl", 60, 10)
    assert (found.reboot, found.delete_data, found.set_hostname) == (False, False, True)
    assert (found.users, found.ssh_exceptions, found.slurm_user_uid) == ((), (), None)
    assert (found.slurm_repository, found.pyxis_packages) == (None, ())


def test_without_partitions_there_is_one_of_all_nodes(settings):
    (partition,) = settings().partitions
    assert (partition.name, partition.nodes, partition.default) == ("batch", ("ALL",), True)


def test_partitions_are_those_that_are_named(settings):
    day, night = settings(PARTITIONS="day:Nodes=dgx01,MaxTime=60;night:Nodes=dgx[01-02],Default=YES").partitions
    assert (day.nodes, day.option("MaxTime"), day.default) == (("dgx01",), "60", False)
    assert (night.nodes, night.default) == (("dgx01", "dgx02"), True)


def test_a_partition_of_nodes_that_arent_there_is_refused(problems):
    (problem,) = problems(PARTITIONS="day:Nodes=dgx[01-03]")
    assert problem.startswith("PARTITIONS: partition day names dgx03, which is none of the cluster's nodes")


def test_a_node_in_no_partition_is_noted(loaded):
    (note,) = loaded(PARTITIONS="day:Nodes=dgx01").notes
    assert note == "PARTITIONS: no partition has dgx02, so that no job runs there"


def test_keys_of_slurms_own_files_are_taken_and_the_tools_own_refused(settings, problems):
    extra = settings(SLURM_CONF_EXTRA="MaxJobCount=5;ConstrainSwapSpace=yes").slurm_conf_extra
    assert (extra.of("slurm.conf"), extra.of("cgroup.conf")) == (
        (("MaxJobCount", "5"),),
        (("ConstrainSwapSpace", "yes"),),
    )
    assert "is the tool's own" in problems(SLURM_CONF_EXTRA="ClusterName=x")[0]


def test_users_have_a_number_a_group_sudo_and_keys():
    text = f"# the team\nalice:20001:{A} alice@laptop: home\n\nbob:20002:30000:{A}\n"
    text += f"carol:20003::sudo:{B}\nalice:20001:{B}\n"
    assert users_of(text) == (
        ClusterUser("alice", 20001, 20001, False, (f"{A} alice@laptop: home", B)),
        ClusterUser("bob", 20002, 30000, False, (A,)),
        ClusterUser("carol", 20003, 20003, True, (B,)),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bob", "(bob) has no ssh key"),
        ("bob:20002", "(bob) has no ssh key"),
        (f"bob:{A}", "has 0 fields between name and key"),
        (f"bob:1:2:sudo:x:{A}", "has 4 fields between name and key"),
        (f"Bob:20002:{A}", "is not a Linux user's name"),
        (f"bob smith:20002:{A}", "is not a Linux user's name"),
        (f"-bob:20002:{A}", "is not a Linux user's name"),
        (f"7:20002:{A}", "is not a Linux user's name"),
        (f"{'b' * 33}:20002:{A}", "at most 32"),
        (f":20002:{A}", "is not a Linux user's name"),
        (f"root:20002:{A}", "(root) is a user of the system's own"),
        (f"slurm:20002:{A}", "(slurm) is a user of the system's own"),
        (f"systemd-x:20002:{A}", "is a user of the system's own"),
        (f"bob:x:{A}", "has the uid x, which is no number"),
        (f"bob::{A}", "has the uid , which is no number"),
        (f"bob:-5:{A}", "has the uid -5, which is no number"),
        (f"bob:0:{A}", "those below 1000 are the system's"),
        (f"bob:999:{A}", "those below 1000 are the system's"),
        (f"bob:65534:{A}", "are systemd's, and nobody's"),
        (f"bob:4294967295:{A}", "the highest is 2147483647"),
        (f"bob:20002:27:{A}", "has the gid 27; those below 1000"),
        (f"bob:20002:20002:yes:{A}", "has yes in the place of the word sudo"),
        (f"alice:20009:{A}", "(alice) differs from line 1, which has the same name"),
        (f"alice:20001::sudo:{B}", "(alice) differs from line 1, which has the same name"),
        (f"alice:20001:{A} again", "(alice) has the key of line 1 again"),
        (f"bob:20001:{A}", "has the uid 20001, which alice has in line 1"),
        ("bob:20002:ssh-ed25519", "the part after its type is missing"),
        ("bob:20002:ssh-ed25519 AAAA", "is damaged"),
        ("bob:20002:ssh-ed25519 !!!!", "is damaged"),
        (f"bob:20002:{key(1, 'ssh-ed25519', b'short')}", "an Ed25519 key has 32 bytes"),
        (f"bob:20002:{key(1, 'ssh-rsa', b'e', b'n' * 64)}", "an RSA key of less than 2048 bits"),
        (f"bob:20002:{key(1, 'ssh-dss')}", "a key of the type ssh-dss"),
        (f'bob:20002:command="id" {A}', "has no ssh key"),
        (f"bob:20002:ssh-rsa {A.split()[1]}", "don't belong together"),
    ],
)
def test_a_bad_line_is_named_with_its_number(line, reason):
    with pytest.raises(BadValue) as failure:
        users_of(f"alice:20001:{A}\n{line}\n")
    (found,) = failure.value.reasons
    assert found.startswith("line 2 ") and reason in found


def test_every_bad_line_of_the_users_file_is_named_at_once(problems, tmp_path):
    (tmp_path / "users").write_text(f"Bad:1:{A}\nok:20001:{A}\nworse\n")
    found = problems(USERS_FILE=str(tmp_path / "users"))
    assert [problem.partition(" (")[0] for problem in found] == [
        f"USERS_FILE={tmp_path}/users line 1",
        f"USERS_FILE={tmp_path}/users line 1",
        f"USERS_FILE={tmp_path}/users line 3",
    ]


def test_no_line_of_a_private_key_is_shown(problems, tmp_path):
    (tmp_path / "users").write_text(
        f"alice:20001:{A}\n-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n-----END OPENSSH PRIVATE KEY-----\n"
    )
    (problem,) = problems(USERS_FILE=str(tmp_path / "users"))
    assert "line 2 begins a private key; a user's line has the public one" in problem and "CANARY" not in problem


def test_sudo_without_the_groups_number_comes_with_the_right_form(problems, tmp_path):
    (tmp_path / "users").write_text(f"alice:20001:sudo:{A}\n")
    (problem,) = problems(USERS_FILE=str(tmp_path / "users"))
    assert "has the word sudo in the place of the group's number; write alice:20001:20001:sudo:<ssh key>" in problem


def test_a_users_file_without_users_is_refused(problems, tmp_path):
    (tmp_path / "users").write_text("# nobody\n")
    assert "names no user" in problems(USERS_FILE=str(tmp_path / "users"))[0]


def test_users_of_the_file_are_in_the_settings(settings, tmp_path):
    (tmp_path / "users").write_text(f"alice:20001:{PUBLIC_KEY}")
    assert [user.name for user in settings(USERS_FILE=str(tmp_path / "users")).users] == ["alice"]


def test_users_whom_the_tool_needs_for_something_else_are_refused(problems, tmp_path):
    (tmp_path / "users").write_text(f"ubuntu:20001:{A}\nbob:22078:{B}\n")
    found = problems(USERS_FILE=str(tmp_path / "users"), SSH_USER="ubuntu", SLURM_USER_UID="22078")
    assert "ubuntu is the user as whom the tool logs in" in found[0]
    assert "bob has the uid 22078, which is Slurm's own user's" in found[1]


HASH = "0123456789abcdef" * 4


def test_packages_are_urls_with_a_hash(settings):
    text = f"https://p.example.org/a/enroot_3.5.0-1_amd64.deb#sha256={HASH}, http://p/pyxis+x.deb#sha256={HASH.upper()}"
    assert settings(PYXIS_PACKAGES=text).pyxis_packages == (
        PackageUrl("https://p.example.org/a/enroot_3.5.0-1_amd64.deb", HASH),
        PackageUrl("http://p/pyxis+x.deb", HASH),
    )
    assert settings(PYXIS_PACKAGES=text).pyxis_packages[0].file_name == "enroot_3.5.0-1_amd64.deb"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://p/a.deb", "has no hash"),
        ("https://p/a.deb#sha256=12", "64 hexadecimal digits"),
        (f"https://p/a.deb#md5={HASH}", "64 hexadecimal digits"),
        (f"https://p/a.rpm#sha256={HASH}", "ends with .deb"),
        (f"/a.deb#sha256={HASH}", "begins with https://"),
        (f"https://p/$(id).deb#sha256={HASH}", "is not the URL of a package"),
        (f"https://p/a.deb#sha256={HASH},https://q/a.deb#sha256={HASH}", "names a.deb twice"),
    ],
)
def test_a_package_that_is_none_is_refused(problems, text, reason):
    assert reason in problems(PYXIS_PACKAGES=text)[0]


PGP = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"


@pytest.mark.parametrize(
    "form",
    [
        "deb [signed-by={}] https://p.example.org/slurm noble main extra",
        "[arch=amd64 signed-by={}] https://p.example.org/slurm noble main extra",
    ],
)
def test_a_repository_is_a_line_of_apts(settings, tmp_path, form):
    (tmp_path / "key.asc").write_text(PGP)
    found = settings(SLURM_REPOSITORY=form.format(tmp_path / "key.asc")).slurm_repository
    assert (found.uri, found.suite, found.components) == ("https://p.example.org/slurm", "noble", ("main", "extra"))
    assert (found.key_file, found.key) == (tmp_path / "key.asc", PGP)


def test_a_repository_may_be_trusted_without_a_key(settings):
    found = settings(SLURM_REPOSITORY="deb [trusted=yes] http://mirror/slurm ./").slurm_repository
    assert (found.suite, found.components, found.key_file, found.key) == ("./", (), None, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("deb https://p/slurm noble main", "names no key"),
        ("deb [trusted=yes] ftp://p/slurm noble main", "must begin with https://"),
        ("deb [trusted=yes] https://p/slurm noble", "names no component"),
        ("deb [trusted=yes] https://p/slurm", "is no line of sources.list(5)"),
        ("deb [trusted=yes] https://p/slurm noble;id main", "neither a suite nor a component"),
        ("deb [by-hash=no trusted=yes] https://p/slurm noble main", "has the option by-hash"),
        ("deb [signed-by=/nowhere] https://p/slurm noble main", "does not exist"),
    ],
)
def test_a_repository_that_is_none_is_refused(problems, text, reason):
    (problem,) = problems(SLURM_REPOSITORY=text)
    assert reason in problem


def test_a_repositorys_password_is_refused_and_not_shown(problems):
    (problem,) = problems(SLURM_REPOSITORY="deb [trusted=yes] https://me:CANARY@p/slurm noble main")
    assert "holds a user or a password" in problem and "CANARY" not in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ACCOUNTING", "mysql"),
        ("VALIDATE", "all"),
        ("DRAIN_TIMEOUT", "1h"),
        ("PROOF_TIMEOUT", "0"),
        ("SLURM_USER_UID", "0"),
        ("NCCL_TESTS", "relative"),
        ("NCCL_TESTS_IMAGE", "a b"),
        ("NCCL_TESTS_IMAGE", "--privileged"),
        ("SSH_EXCEPTIONS", "a b"),
        ("REBOOT", "maybe"),
        ("DELETE_DATA", "all"),
    ],
)
def test_a_bad_value_is_refused_by_name(problems, name, text):
    (problem,) = problems(**{name: text})
    assert problem.startswith(name)


PYXIS = f"https://p.example.org/pyxis_0.21.0-1_amd64.deb#sha256={HASH}"


def test_an_image_of_nccl_tests_needs_pyxis_whatever_the_action(problems, settings):
    (problem,) = problems(NCCL_TESTS_IMAGE="nccl:1")
    assert problem.startswith("NCCL_TESTS_IMAGE=nccl:1 needs Pyxis")
    assert "set PYXIS_PACKAGES" in problem
    assert settings(NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES=PYXIS).nccl_tests_image == "nccl:1"


def test_packages_of_pyxis_that_cannot_be_read_are_the_only_problem(problems):
    (problem,) = problems(NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES="pyxis")
    assert problem.startswith("PYXIS_PACKAGES: ")


def test_a_folder_and_an_image_of_nccl_tests_exclude_each_other(problems):
    (problem,) = problems(NCCL_TESTS="/opt/nccl", NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES=PYXIS)
    assert problem.startswith("NCCL_TESTS=/opt/nccl and NCCL_TESTS_IMAGE=nccl:1 exclude each other")

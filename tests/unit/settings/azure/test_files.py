"""Files that are mounted: keys and cloud-init's data are read and checked before anything else happens."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from pathlib import Path


def _key(kind: str, *parts: bytes) -> str:
    data = b"".join(len(part).to_bytes(4, "big") + part for part in (kind.encode(), *parts))
    return f"{kind} {base64.b64encode(data).decode()} somebody@somewhere"


ED25519 = _key("ssh-ed25519", bytes(32))
RSA_2048 = _key("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\xff" * 256)
RSA_1024 = _key("ssh-rsa", b"\x01\x00\x01", b"\x00" + b"\xff" * 128)
ECDSA = _key("ecdsa-sha2-nistp256", b"nistp256", bytes(65))


def _pair() -> tuple[str, str]:
    """A private key as ssh-keygen writes it, and its public half."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _locked(public: str) -> str:
    """The private half as far as anybody can read it who hasn't its passphrase: the rest is noise."""
    parts = (b"aes256-ctr", b"bcrypt", bytes(24), None, base64.b64decode(public.split()[1]), bytes(160))
    packed = b"".join((1).to_bytes(4, "big") if part is None else len(part).to_bytes(4, "big") + part for part in parts)
    encoded = base64.b64encode(b"openssh-key-v1\0" + packed).decode()
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{encoded}\n-----END OPENSSH PRIVATE KEY-----\n"


PRIVATE, PUBLIC = _pair()


@pytest.fixture
def write(tmp_path: Path):
    def run(text: str, name: str = "given") -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return run


@pytest.mark.parametrize("key", [ED25519, RSA_2048])
def test_a_public_key_is_read_as_one_line(settings, write, key):
    assert settings(SSH_PATH=write(f"# mine\n{key}\n\n")).ssh_public_key == key


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (RSA_1024, "RSA key of 1024 bits"),
        (ECDSA, "doesn't accept"),
        (f"{ED25519}\n{RSA_2048}\n", "holds 2 keys"),
        ("", "holds 0 keys"),
        ("ssh-ed25519", "holds no public key"),
        ("ssh-ed25519 AAAA%", "can't be read"),
        (ED25519.replace("ssh-ed25519 ", "ssh-rsa ", 1), "holds no public key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", "another form"),
    ],
)
def test_what_is_no_key_for_azure_is_refused(problems, write, text, part):
    path = write(text)
    (problem,) = problems(SSH_PATH=path)
    assert problem.startswith(f"SSH_PATH={path}") and part in problem


def test_a_private_key_by_mistake_is_refused_and_not_shown(problems, write):
    (problem,) = problems(SSH_PATH=write(PRIVATE))
    assert "holds a private key" in problem
    assert not any(line in problem for line in PRIVATE.splitlines())


def test_a_file_that_is_not_mounted_is_pointed_out(problems, tmp_path):
    (problem,) = problems(SSH_PATH=str(tmp_path / "missing.pub"))
    assert "does not exist; with Docker, mount it" in problem
    (problem,) = problems(SSH_PATH=str(tmp_path))
    assert "is a folder, which Docker makes if" in problem
    (problem,) = problems(SSH_PATH="~/.ssh/id_rsa.pub")
    assert "begins with ~" in problem


def test_the_private_half_is_found_beside_the_public_one(settings, write):
    public, private = write(PUBLIC, "id.pub"), write(PRIVATE, "id")
    assert str(settings(SSH_PATH=public).ssh_private_key) == private
    other = write(PRIVATE, "other")
    assert str(settings(SSH_PATH=public, SSH_PRIVATE_KEY=other).ssh_private_key) == other


def test_without_a_private_half_there_is_none(settings, write):
    assert settings(SSH_PATH=write(ED25519, "id.pub")).ssh_private_key is None
    assert settings().ssh_private_key is None


def test_a_pair_that_the_tool_made_is_used_again(settings, write, tmp_path):
    assert settings(SSH_KEY_FILE=str(tmp_path / "new")).ssh_private_key is None
    made = write(PRIVATE, "made")
    assert str(settings(SSH_KEY_FILE=made).ssh_private_key) == made


def test_a_pair_is_made_only_where_no_key_is_given(problems, write, tmp_path):
    (problem,) = problems(SSH_PATH=write(ED25519), SSH_KEY_FILE=str(tmp_path / "new"))
    assert "exclude each other" in problem
    (problem,) = problems(SSH_KEY_FILE=str(tmp_path / "no" / "folder"))
    assert "lies in a folder that does not exist" in problem


@pytest.mark.parametrize(
    "text",
    ["#cloud-config\npackages: [jq]\n", "#!/bin/bash\ntrue\n", "Content-Type: multipart/mixed\n\n", "#cloud-config\n"],
)
def test_cloud_inits_data_is_read(settings, write, text):
    assert settings(CLOUD_INIT=write(text)).cloud_init_text == text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("packages: [jq]\n", "has no form that cloud-init reads"),
        ("", "is empty"),
        ("#cloud-config\npackages: [jq\n", "is not valid YAML in line 3"),
        ("#cloud-config\n- jq\n", "is not a map"),
        ("#cloud-config\na: \x01\n", "is not valid YAML"),
    ],
)
def test_what_cloud_init_would_not_read_is_refused(problems, write, text, part):
    (problem,) = problems(CLOUD_INIT=write(text))
    assert problem.startswith("CLOUD_INIT=") and part in problem


MIXED = """\
Content-Type: multipart/mixed; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/cloud-config

#cloud-config
write_files: [{path: /opt/node-info.sh, content: x}]
--b--
"""


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("#cloud-config\nwrite_files:\n- path: /opt/run-aznhc.sh\n  content: echo passed\n", "/opt/run-aznhc.sh"),
        ("#cloud-config\nwrite_files: [{path: /etc//cluster/config.json}]\n", "/etc/cluster/config.json"),
        ("#cloud-config\nwrite_files: [{path: /usr/local/lib/cluster/bootstrap.sh}]\n", "bootstrap.sh"),
        ("#cloud-config\nwrite_files: [{path: /etc/systemd/system/cluster-disks.service}]\n", "cluster-disks.service"),
        (MIXED, "/opt/node-info.sh"),
    ],
)
def test_what_would_take_the_place_of_the_tools_own_files_is_refused(problems, write, text, path):
    (problem,) = problems(CLOUD_INIT=write(text))
    assert problem.startswith("CLOUD_INIT=") and path in problem and "the tool itself writes" in problem


@pytest.mark.parametrize("files", ["[{path: /opt/mine.sh}]", "[{content: x}, 3]", "none", "[{path: 3}]"])
def test_other_files_are_cloud_inits_business(settings, write, files):
    assert settings(CLOUD_INIT=write(f"#cloud-config\nwrite_files: {files}\n")).cloud_init


def test_a_key_in_place_of_its_path_is_not_shown(problems):
    (problem,) = problems(SSH_PRIVATE_KEY="-----BEGIN OPENSSH PRIVATE KEY-----SECRET")
    assert "SECRET" not in problem and problem.startswith("SSH_PRIVATE_KEY holds a key itself")


def test_a_private_key_of_another_pair_is_refused(problems, write):
    (problem,) = problems(SSH_PATH=write(ED25519, "id.pub"), SSH_PRIVATE_KEY=write(PRIVATE, "other"))
    assert problem.startswith("SSH_PRIVATE_KEY=") and "is not the private half of SSH_PATH=" in problem


def test_a_passphrase_is_told_of(loaded, write):
    found = loaded(SSH_PATH=write(PUBLIC, "id.pub"), SSH_PRIVATE_KEY=write(_locked(PUBLIC), "id"), ACCESS="private")
    (note,) = found.notes
    assert "has a passphrase" in note and "ssh-agent" in note


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (PUBLIC, "holds a public key"),
        ("something", "holds no private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"),
    ],
    ids=["public", "text", "damaged"],
)
def test_what_is_no_private_key_is_refused(problems, write, text, part):
    (problem,) = problems(SSH_PRIVATE_KEY=write(text))
    assert part in problem


def test_a_private_key_in_an_older_form_is_taken(settings, write):
    old = write("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")
    assert str(settings(SSH_PATH=write(PUBLIC, "id.pub"), SSH_PRIVATE_KEY=old).ssh_private_key) == old

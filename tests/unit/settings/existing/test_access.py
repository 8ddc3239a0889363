"""How the tool logs in: keys, passwords, a jump host, a proxy, host keys."""

from __future__ import annotations

import base64

import pytest

KEY = "-----BEGIN RSA PRIVATE KEY-----\n"


def test_without_anything_root_logs_in_at_port_22_by_the_keys_of_ssh_agent(settings):
    found = settings()
    assert [(m.user, m.port, m.key_file, m.password, m.sudo_password) for m in found.machines] == [
        ("root", 22, None, "", "")
    ] * 2
    assert (found.ssh_jump, found.ssh_proxy, found.known_hosts_text) == (None, None, "")
    assert not found.accept_new_host_keys


@pytest.mark.parametrize("name", ["SSH_KEY_FILE", "SSH_PRIVATE_KEY"])
def test_the_key_is_every_machines(settings, tmp_path, name):
    (tmp_path / "key").write_text(KEY)
    assert {m.key_file for m in settings(**{name: str(tmp_path / "key")}).machines} == {tmp_path / "key"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "does not exist"),
        ("ssh-ed25519 AAAA me\n", "holds a public key"),
        ("nothing", "holds no private key"),
    ],
)
def test_a_key_that_is_none_is_refused(problems, tmp_path, text, reason):
    if text:
        (tmp_path / "key").write_text(text)
    assert reason in problems(SSH_KEY_FILE=str(tmp_path / "key"))[0]


def test_a_key_with_a_passphrase_is_noted(loaded, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}Proc-Type: 4,ENCRYPTED\n")
    (note,) = loaded(SSH_KEY_FILE=str(tmp_path / "key")).notes
    assert "has a passphrase" in note and "SSH_AUTH_SOCK" in note


def test_passwords_are_the_only_lines_of_their_files_and_confidential(settings, tmp_path):
    (tmp_path / "ssh").write_text(" a b \n")
    (tmp_path / "sudo").write_text("c")
    found = settings(SSH_PASSWORD_FILE=str(tmp_path / "ssh"), SUDO_PASSWORD_FILE=str(tmp_path / "sudo"))
    assert {(m.password, m.sudo_password) for m in found.machines} == {(" a b ", "c")}
    assert found.confidential == (" a b ", "c")
    assert " a b " not in repr(found) and "'c'" not in repr(found)


@pytest.mark.parametrize("parameter", ["SSH_PASSWORD_FILE", "SUDO_PASSWORD_FILE"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "holds 0 lines"), ("\n", "holds 1 lines"), ("CANARY\nb\n", "holds 2 lines"), ("changeme\n", "a placeholder")],
)
def test_a_file_without_a_password_is_refused_and_not_shown(problems, tmp_path, parameter, text, reason):
    (tmp_path / "file").write_text(text)
    (problem,) = problems(**{parameter: str(tmp_path / "file")})
    assert reason in problem and "CANARY" not in problem


@pytest.mark.parametrize(
    ("text", "host", "port", "user"),
    [
        ("gate", "gate", 22, ""),
        ("admin@gate.example.org:2222", "gate.example.org", 2222, "admin"),
        ("admin@[2001:db8::1]:2222", "2001:db8::1", 2222, "admin"),
        ("ssh://admin@203.0.113.7", "203.0.113.7", 22, "admin"),
        ("127.0.0.1:2222", "127.0.0.1", 2222, ""),
    ],
)
def test_a_jump_host_has_a_user_and_a_port(settings, text, host, port, user):
    jump = settings(SSH_JUMP=text).ssh_jump
    assert (jump.host, jump.port, jump.user) == (host, port, user)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b", "one jump is supported"),
        ("a b", "neither an IP address nor a host's name"),
        ("gate:ssh", "allowed are 1 to 65535"),
        ("-oProxyCommand=x", "neither an IP address nor a host's name"),
        ("$(id)@gate", "Linux user's name"),
    ],
)
def test_a_jump_host_that_is_none_is_refused(problems, text, reason):
    (problem,) = problems(SSH_JUMP=text)
    assert problem.startswith("SSH_JUMP=") and reason in problem


@pytest.mark.parametrize("text", ["http://proxy:3128", "HTTP://proxy:3128/"])
def test_a_proxy_is_a_host_and_a_port(settings, text):
    proxy = settings(SSH_PROXY=text).ssh_proxy
    assert (proxy.host, proxy.port, str(proxy)) == ("proxy", 3128, "http://proxy:3128")


@pytest.mark.parametrize(
    "text", ["proxy:3128", "https://proxy:3128", "http://proxy", "http://proxy:3128/x", "socks5://p:1"]
)
def test_another_proxy_is_refused(problems, text):
    assert "is not the address of an HTTP proxy" in problems(SSH_PROXY=text)[0]


def test_a_proxys_password_is_refused_and_not_shown(problems):
    (problem,) = problems(SSH_PROXY="http://me:CANARY@proxy:3128")
    assert problem.startswith("SSH_PROXY has a user or a password") and "CANARY" not in problem


def test_host_keys_are_those_of_the_file(settings, tmp_path):
    text = f"dgx01 ssh-ed25519 {base64.b64encode(b'key').decode()}\n"
    (tmp_path / "known_hosts").write_text(text)
    found = settings(SSH_KNOWN_HOSTS=str(tmp_path / "known_hosts"))
    assert found.known_hosts_text == text and not found.accept_new_host_keys


def test_new_host_keys_are_accepted_where_asked_for(settings, problems):
    assert settings(SSH_HOST_KEYS="Accept-New").accept_new_host_keys
    assert "is none of the allowed values: known, accept-new" in problems(SSH_HOST_KEYS="no")[0]

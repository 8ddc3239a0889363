"""What the environment says of the way out is looked at before anybody blames the credentials."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cluster_provision.errors import SettingsError, Unreachable
from cluster_provision.outward import AUTHORITIES, authorities_named, require_way_out


@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_file_of_certificates_has_to_be_there(tmp_path: Path, name: str) -> None:
    good, empty = tmp_path / "ca.pem", tmp_path / "empty.pem"
    good.write_text("# ours\n-----BEGIN CERTIFICATE-----\n")
    empty.write_text("")
    for path, words in (
        (tmp_path / "nowhere.pem", "names no file here"),
        (tmp_path, "is a folder"),
        (empty, "no certificate"),
    ):
        with pytest.raises(SettingsError, match=words) as raised:
            require_way_out({name: str(path)}, authorities_named({name: str(path)}))
        assert f"{name}={path}" in raised.value.message
        assert "docker run -v" in raised.value.advice
    require_way_out({name: str(good)}, [name])


def test_what_requests_does_not_read_need_not_be_there() -> None:
    assert authorities_named({"REQUESTS_CA_BUNDLE": "a", "CURL_CA_BUNDLE": "b"}) == ["REQUESTS_CA_BUNDLE"]
    require_way_out({}, authorities_named({}))


@pytest.mark.parametrize(
    "value",
    [
        "http://user:pw@",
        "http:/host:3128",
        "http://host:abc",
        "http://user:p#w@127.0.0.1:9",
        "http://user:p/w@127.0.0.1:9",
        "ftp://host:1",
        "socks5://host:1",
        "http://",
    ],
)
def test_an_odd_proxy_is_told_as_that_and_without_its_password(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setattr("cluster_provision.outward.find_spec", lambda _: None)
    with pytest.raises(Unreachable, match="HTTPS_PROXY") as raised:
        require_way_out({"HTTPS_PROXY": value}, [])
    assert "pw@" not in str(raised.value)
    assert "p#w" not in str(raised.value)
    assert ("@" in value) or value in raised.value.message


@pytest.mark.parametrize("value", ["http://proxy", "proxy:3128", "https://u:p%23@h:80", "HTTP://h:1", "u:p@h:3128"])
def test_a_proxy_that_can_be_used_is_left_alone(value: str) -> None:
    environment = {"HTTPS_PROXY": value}
    require_way_out(environment, [])
    assert environment == {"HTTPS_PROXY": value}


def test_what_the_product_reads_and_writes_is_utf_8_whatever_the_locale_is() -> None:
    """Under LC_ALL=C Python would read its own data as ASCII."""
    unnamed = [
        f"{path}:{node.lineno}"
        for path in Path("cluster_provision").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("read_text", "write_text")
        and not any(each.arg == "encoding" for each in node.keywords)
        and not (node.func.attr == "read_text" and node.args)
    ]
    assert unnamed == []

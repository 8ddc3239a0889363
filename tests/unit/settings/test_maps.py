"""METADATA and LABELS: HCL maps read as data."""

from __future__ import annotations

import pytest

from cluster_provision.settings.hcl_values import Scalar, read_map, read_maps
from cluster_provision.settings.reading import BadValue


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{}", {}),
        (" { } ", {}),
        ('{ key1 = "val", key2 = "val2"}', {"key1": "val", "key2": "val2"}),
        ('{"a":"b"}', {"a": "b"}),
        ('{ "a b" : "c", }', {"a b": "c"}),
        ('{\n a = "1"\n b = "2",\n}', {"a": "1", "b": "2"}),
        ('{\r\n a = "1"\r\n}', {"a": "1"}),
        ("{ n = 1, f = -2.50e3, t = true, u = false }", {"n": "1", "f": "-2.50e3", "t": "true", "u": "false"}),
        ('{ a-b_c = "x", 1 = "y" }', {"a-b_c": "x", "1": "y"}),
        ('{ a = "${path.module} %{ if x }" }', {"a": "${path.module} %{ if x }"}),
        ('{ a = "$${HOME} %%{x} $$ %% $" }', {"a": "${HOME} %{x} $$ %% $"}),
        (r'{ a = "\" \\ \n \r \t é \U0001F600" }', {"a": '" \\ \n \r \t é \U0001f600'}),
        ('{ a = "}, b = {" }', {"a": "}, b = {"}),
        ('{ a = "" }', {"a": ""}),
        ('{ a = "# // /* ü" }', {"a": "# // /* ü"}),
    ],
)
def test_maps_are_read_as_terraform_reads_them_but_never_evaluated(text, found):
    assert {key: value.text for key, value in read_map(text).items()} == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("key = 1", "at character 1: a map in braces"),
        ("", "at its end: a map in braces"),
        ("{", "at its end: a key is needed"),
        ("{ a }", "at character 5: = or : is needed after this key"),
        ('{ a = "b" c = "d" }', "at character 11: a comma or } is needed after the value of a"),
        ('{ a = "b",, }', "at character 11: a key is needed"),
        ("{ , }", "at character 3: a key is needed"),
        ('{ a = "b', "at character 7: the double quote that begins the value of a is not closed"),
        ('{ a = "b\nc" }', "at character 7: the double quote that begins the value of a is not closed"),
        ("{ a = b }", "at character 7: the value of a must be in double quotes"),
        ("{ a = var.x }", "at character 7: the value of a must be in double quotes"),
        ("{ a = 'b' }", "at character 7: the value of a must be in double quotes"),
        ("{ a = 1x }", "at character 7: the value of a must be in double quotes"),
        ("{ a = 01 }", "at character 7: the value of a must be in double quotes"),
        ("{ a = null }", "at character 7: the value of a is null"),
        ("{ a = {} }", "at character 7: the value of a must be text, a number, true or false"),
        ('{ a = ["b"] }', "at character 7: the value of a must be text, a number, true or false"),
        ('{ a = file("/etc/passwd") }', "at character 7: the value of a must be in double quotes"),
        ('{ (a) = "b" }', "at character 3: a key is needed"),
        ('{ a = "b", a = "c" }', "at character 12: a appears twice"),
        ('{ a = "b" } x', "at character 13: nothing may follow"),
        (r'{ a = "\x" }', "at character 8: the value of a has an unknown escape"),
        (r'{ a = "\u12" }', "at character 8: the value of a has an unknown escape"),
        (r'{ a = "\uD800" }', "at character 8: the value of a has an escape that is no Unicode character"),
    ],
)
def test_what_can_not_be_read_is_told_with_its_position(text, reason):
    with pytest.raises(BadValue) as failure:
        read_map(text)
    assert failure.value.reasons[0].startswith(f"can't be read {reason}")


def test_lists_of_maps_keep_the_kind_of_each_value():
    assert read_maps('[{ a = 1, "b":"2" }, { c = true },]') == [
        {"a": Scalar("number", "1"), "b": Scalar("string", "2")},
        {"c": Scalar("boolean", "true")},
    ]
    assert read_maps("[]") == []


@pytest.mark.parametrize("text", ["{}", "[", "[1]", "[{}", "[{} {}]", "[{}]]", "[,]"])
def test_what_is_no_list_of_maps_is_refused(text):
    with pytest.raises(BadValue):
        read_maps(text)


def test_numbers_and_booleans_are_kept_as_text(loaded):
    assert loaded(METADATA="{ a = 1.50, b = true }").settings.metadata == {"a": "1.50", "b": "true"}


@pytest.mark.parametrize(
    "text", ["{ a = hidden }", '{ a = "hidden', '{ "a" = "hid\\xden" }', '{ startup-script = "hidden" }', "hidden"]
)
def test_no_error_shows_a_metadata_value(problems, text):
    (problem,) = problems(METADATA=text)
    assert problem.startswith("METADATA ")
    assert "hid" not in problem


@pytest.mark.parametrize(
    ("key", "instead"),
    [
        ("startup-script", "STARTUP_COMMAND"),
        ("startup-script-url", "STARTUP_COMMAND"),
        ("user-data", "STARTUP_COMMAND"),
        ("cluster-startup-command", "STARTUP_COMMAND"),
        ("cluster-config", "another key"),
    ],
)
def test_the_tools_own_metadata_keys_are_refused_with_what_to_use(problems, key, instead):
    (problem,) = problems(METADATA=f'{{ {key} = "x" }}')
    assert key in problem and instead in problem


def test_ssh_keys_may_be_set(loaded):
    assert loaded(METADATA='{ ssh-keys = "me:ssh-ed25519 AAAA" }').settings.metadata["ssh-keys"]


@pytest.mark.parametrize("key", ["a b", "a.b", "ü", "a" * 129, ""])
def test_metadata_keys_have_googles_form(problems, key):
    assert len(problems(METADATA=f'{{ "{key}" = "x" }}')) == 1


def test_a_forced_metadata_key_is_noted_without_the_users_value(loaded):
    notes = loaded(METADATA='{ enable-oslogin = "hidden", VmDnsSetting = "ZonalPreferred" }').notes
    assert "METADATA: enable-oslogin is always TRUE; your value is not used" in notes
    assert not any("hidden" in note or "VmDnsSetting" in note for note in notes)


def test_the_proxy_mode_is_the_users_without_a_notebook(loaded):
    text = '{ proxy-mode = "none" }'
    assert any("proxy-mode" in note for note in loaded(METADATA=text).notes)
    assert not any("proxy-mode" in note for note in loaded(METADATA=text, ENABLE_NOTEBOOK="no").notes)


def test_too_much_metadata_is_refused(problems):
    assert "262144 bytes at the key a" in problems(METADATA='{ a = "' + "x" * 262145 + '" }')[0]
    three = ", ".join(f'k{i} = "{"x" * 200_000}"' for i in range(3))
    assert "524288 bytes in total" in problems(METADATA=f"{{ {three} }}")[0]


@pytest.mark.parametrize("text", ['{ team = "a-b_1" }', '{ a = "" }', "{ a = 1 }", '{ größe = "ß" }', "{}"])
def test_good_labels(problems, text):
    assert problems(LABELS=text) == ()


@pytest.mark.parametrize(
    "text",
    [
        '{ Team = "a" }',
        '{ team = "A" }',
        '{ "1a" = "x" }',
        '{ "" = "x" }',
        '{ a = "b c" }',
        '{ a = "b.c" }',
        "{ a = 1.5 }",
        '{ a = "' + "x" * 64 + '" }',
        "{ " + "a" * 64 + ' = "x" }',
        '{ goog-x = "y" }',
        '{ aiinfra-cluster = "x" }',
        '{ "aiinfra-cluster" = "x" }',
    ],
)
def test_bad_labels(problems, text):
    (problem,) = problems(LABELS=text)
    assert problem.startswith("LABELS ")


def test_every_bad_label_is_named(problems):
    assert len(problems(LABELS='{ A = "x", b = "Y", aiinfra-cluster = "z" }')) == 3


def test_more_labels_than_google_takes_are_refused(loaded, problems):
    labels = ", ".join(f"k{i} = {i}" for i in range(62))
    assert len(loaded(LABELS=f"{{ {labels} }}").settings.labels) == 62
    assert "at most 62" in problems(LABELS=f"{{ {labels}, more = 1 }}")[0]

"""Generated environments: nothing but SettingsError ever comes out, and what goes in keeps its meaning."""

from __future__ import annotations

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cluster_provision.errors import SettingsError
from cluster_provision.settings import known_parameters, load
from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.hcl_values import read_map
from cluster_provision.settings.readers.commands import without_escaped_quotes
from cluster_provision.settings.reading import BadValue
from cluster_provision.terraform.hcl import to_hcl
from scripts.documents.schema import properties_of

MANDATORY = {"PROJECT_ID": "my-project-123", "NAME_PREFIX": "my-cluster", "ZONE": "us-central1-a"}
PATTERNS = {name: p["pattern"] for name, p in properties_of(GCP).items() if "pattern" in p}

# what people write, cut up and put together again, and anything at all
EXAMPLES = [p.declaration.example for p in GCP.names.values()]
SIGNS = [*"{}[]\"'\\=:, \n\t/", "${", "%{", "$${", "..", "gs://", "0", "-1", "<<EOF", "file(", "\udc80"]
WORDS = ["yes", "no", "gke", "none", "null", "true", "a2-highgpu-4g", "n1-standard-8", "e2-micro"]
PIECES = st.sampled_from([*EXAMPLES, *SIGNS, *WORDS])
TEXTS = st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=40), PIECES)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# the text that could do harm if it were ever pasted
SHARPS = [*'"\\${}%=,:#\n ', "${", "%{", "$${", "<<E", "ab", "é"]
SHARP = st.lists(st.sampled_from(SHARPS), max_size=12).map("".join)


@st.composite
def environments(draw: st.DrawFn) -> dict[str, str]:
    """The mandatory parameters or not, and some others set to anything."""
    environ = dict(draw(st.sampled_from([{}, MANDATORY, MANDATORY, MANDATORY])))
    names = st.one_of(
        st.sampled_from(sorted(GCP.names)), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=20)
    )
    return environ | draw(st.dictionaries(names, TEXTS, max_size=8))


@settings(max_examples=400, deadline=None)
@given(environments(), st.one_of(st.none(), st.sampled_from(["Create", "plan"]), st.text(max_size=8)))
def test_any_environment_gives_settings_or_one_error_of_plain_lines(environ, argument):
    try:
        loaded = load(environ, argument)
    except SettingsError as failure:
        lines = failure.problems
        assert lines
    else:
        lines = loaded.notes
        assert all(
            re.search(PATTERNS[name], text) for name, text in environ.items() if text.strip() and name in WITHOUT_GKE
        )
    for line in lines:
        assert line.isprintable()
        assert len(line) < 1000


WITHOUT_GKE = {name for name in PATTERNS if not GCP.names[name].declaration.orchestrator and name != "ACTION"}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["METADATA", "STARTUP_COMMAND", "NODE_COMMAND"]), TEXTS, st.sampled_from(["", "Create"]))
@example("METADATA", '{"', "Create")
@example("METADATA", '{"=', "Create")
def test_confidential_values_are_in_no_line(name, around, action):
    secret = "S3CR3T" * 3
    environ = {**MANDATORY, name: f"{around} {secret} {around}", "INSTANCE_COUNT": "bad", "ORCHESTRATOR_TYPE": "slurm"}
    try:
        load(environ, action)
        raise AssertionError("INSTANCE_COUNT is bad")
    except SettingsError as failure:
        assert not any(secret in line for line in failure.problems)
    assert secret not in str(known_parameters(environ))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.one_of(VALUES, SHARP), st.one_of(VALUES, SHARP), max_size=5))
def test_a_map_that_is_written_as_hcl_is_read_as_it_was(values):
    assert {key: value.text for key, value in read_map(to_hcl(values)).items()} == values


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), SHARP, st.lists(PIECES, max_size=10).map("".join)))
def test_any_text_is_a_map_or_a_bad_value(text):
    try:
        found = read_map(text)
    except BadValue as failure:
        assert failure.reasons
    else:
        assert read_map(to_hcl({key: value.text for key, value in found.items()})).keys() == found.keys()


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.from_regex("[a-z][a-z0-9_-]{0,20}", fullmatch=True), st.one_of(VALUES, SHARP), max_size=4))
def test_metadata_arrives_letter_by_letter(values):
    assume(not {"user-data", "startup-script", "cluster-config"} & values.keys())
    loaded = load({**MANDATORY, "METADATA": to_hcl(values)}, "plan")
    assert loaded.settings.metadata == values


@settings(max_examples=200, deadline=None)
@given(VALUES.filter(lambda t: t.strip()))
def test_a_command_without_a_backslash_arrives_letter_by_letter(command):
    assume("\\" not in command and not (command.strip()[0] == command.strip()[-1] and command.strip()[0] in "'\""))
    assert load({**MANDATORY, "STARTUP_COMMAND": command}, "plan").settings.startup_command == command


@given(st.text('ab"\\$ '))
def test_only_backslashes_before_quotes_are_ever_taken_away(command):
    meant = without_escaped_quotes(command)
    assert meant.count('"') == command.count('"')
    assert re.sub('\\\\+"', '"', meant) == re.sub('\\\\+"', '"', command)

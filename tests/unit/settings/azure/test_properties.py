"""Generated environments for Azure: nothing but SettingsError ever comes out, and the schema takes what is taken."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import AZURE, GCP
from cluster_provision.settings.readers.azure.tags import MOST_TAGS, Tags
from scripts.documents.schema import properties_of
from tests.unit.settings.azure.conftest import MANDATORY

PATTERNS = {name: p["pattern"] for name, p in properties_of(AZURE).items() if "pattern" in p and name != "ACTION"}
WITHOUT_SLURM = {name for name in PATTERNS if not AZURE.names[name].declaration.orchestrator}
EXAMPLES = [p.declaration.example for p in AZURE.parameters]
SIGNS = [*"{}[]()\"'\\=:,;/ \n\t.-_%&?", "..", "~", "0", "-1", "/24", "0.0.0.0/0", "::1", "(a=b)", "\udc80"]
WORDS = ["yes", "no", "ray", "spot", "head", "Uniform", "standard_d4s_v5", "ND96isr_H200_v5", "<name>", "East US 2"]
PIECES = st.sampled_from([*EXAMPLES, *SIGNS, *WORDS])
TEXTS = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=40), PIECES)
TAG_NAMES = st.from_regex("[a-z][a-z0-9_. -]{0,20}[a-z]", fullmatch=True)
NAMES = st.sampled_from(sorted({*AZURE.names, *GCP.names} - {"CLOUD"}))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([{"CLOUD": "azure"}, MANDATORY, MANDATORY]), st.dictionaries(NAMES, TEXTS, max_size=8))
def test_any_environment_gives_settings_or_one_error_of_plain_lines(base, others):
    environ = {**base, **others}
    try:
        loaded = load(environ, "Create")
    except SettingsError as failure:
        lines = failure.problems
        assert lines
    else:
        lines = loaded.notes
        assert all(
            re.search(PATTERNS[name], text) for name, text in environ.items() if text.strip() and name in WITHOUT_SLURM
        )
    for line in lines:
        assert line.isprintable()
        assert len(line) < 1000


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PATTERNS)), TEXTS)
def test_what_a_reader_takes_the_schema_takes(name, text):
    slurm = {"ORCHESTRATOR_TYPE": "slurm"} if name not in WITHOUT_SLURM else {}
    try:
        load({**MANDATORY, **slurm, name: text}, "Create")
    except SettingsError:
        return
    assert not text.strip() or re.search(PATTERNS[name], text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(TAG_NAMES, st.text("ab=+: é", max_size=9), max_size=MOST_TAGS))
def test_tags_are_read_back_as_they_are_shown(tags):
    named = {key: value for key, value in tags.items() if not key.startswith(("microsoft", "azure", "windows"))}
    assert Tags().read(Tags().show(named)) == named

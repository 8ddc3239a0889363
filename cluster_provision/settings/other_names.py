"""Names in the environment that other tools, or plain speech, have for a parameter of ours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cluster_provision.settings.guards import GUARDS
from cluster_provision.settings.like_ours import LikeOurs, asks, is_default, line, plain, pointed_out
from cluster_provision.settings.other_words import WORDS
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Container

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.other_words import Word
    from cluster_provision.settings.parameter import Parameter


def called_otherwise(name: str) -> bool:
    """Whether it is such a name."""
    return plain(name) in _words()


def of_word(name: str, text: str, given: Container[str], catalogue: Catalogue, orchestrator: str) -> LikeOurs | None:
    """What is to be said of such a name, whose value is `text`, where the fields `given` are set."""
    word = _words()[plain(name)]
    ours = word.ours(catalogue.cloud, orchestrator)
    if not ours:
        cloud = f"CLOUD={catalogue.cloud}"
        note = f"{shown(name)} is no parameter of this tool, and is ignored; {cloud} has nothing like it"
        return LikeOurs(name, None, note=note) if word.level != "missing" else None
    meant = catalogue.names[ours]
    value = word.written(text)
    if word.level == "missing" or not value:
        return LikeOurs(name, meant)
    is_set = any(each.lower() in given for each in (ours, *word.beside))
    of_another = meant.declaration.orchestrator not in ("", orchestrator)
    if word.level != "noted" and not is_set and not of_another:
        if meant.declaration.mandatory:
            return LikeOurs(name, meant)  # that it is missing is a problem by itself
        if problem := _lost(name, text, value, meant, sure=word.level == "sure"):
            return LikeOurs(name, meant, problem)
    return LikeOurs(name, meant, note=pointed_out(name, meant))


def _lost(name: str, text: str, value: str, meant: Parameter, *, sure: bool) -> str:
    """The problem of a name whose parameter is unset; empty where the default is meant, or maybe something else."""
    fits = asks(meant, value)
    if not fits and (not sure or is_default(meant, value)):
        return ""
    instead = f"write {line(meant, value)}" if fits else f"set {meant.name} ({meant.declaration.reader.type_name})"
    return (
        f"{shown(name)}={shown(text)} is no parameter of this tool, but {meant.name} is, and it is unset: "
        f"{GUARDS[meant.name]}. In its place, {instead}; or remove {shown(name)}, if it is meant for something else"
    )


@cache
def _words() -> dict[str, Word]:
    """By the name as it is compared."""
    return {plain(name): word for word in WORDS for name in word.names}

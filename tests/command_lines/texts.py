"""Finds command lines in texts for people: a line of their own, indented, or what stands in backticks."""

from __future__ import annotations

import re

PROGRAMS = ("gcloud", "az", "gsutil", "kubectl", "terraform", "ssh", "ssh-add")
_ANY = "|".join(sorted(PROGRAMS, key=len, reverse=True))
ALONE = re.compile(rf"^(?: {{2,}}|\t)((?:(?:cd .+ && )?(?:{_ANY})|export) [^\s{{].*)$", re.MULTILINE)
QUOTED = re.compile(rf"`((?:{_ANY}) [^`]+)`")
FENCED = re.compile(r"^ *```[a-z]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def command_lines(text: str) -> list[str]:
    """Those of a message, or of a Markdown document; a line that ends with a backslash goes on in the next one."""
    whole = re.sub(r" *\\\n *", " ", text)
    fenced = "".join(f"{line}\n" for block in FENCED.findall(whole) for line in block.splitlines())
    own = [line.strip() for line in ALONE.findall(whole)]
    own += [line.strip() for line in fenced.splitlines() if re.match(rf"(?:{_ANY}) [^\s{{]", line.strip())]
    spans = [" ".join(span.split()) for span in QUOTED.findall(FENCED.sub("", whole))]
    return list(dict.fromkeys((*own, *spans)))

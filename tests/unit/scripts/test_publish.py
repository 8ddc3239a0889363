"""An image is pushed only when its commit, its version's tag and its bases are such that anybody can build it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.scripts.conftest import Machine

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "sha256:" + "a" * 64
DOCKER = f"""
echo "$*" >>"$MACHINE/asked"
case "$*" in
  version*) echo 20.10.24 ;;
  *image.revision*) [ "$REVISION" != absent ] && echo "$REVISION" ;;
  *image.version*) echo 1.2.3 ;;
  "image inspect"*made-here*) echo "$LABELLED" ;;
  "image inspect"*provision.providers*) echo "$PROVIDERS" ;;
  "image inspect"*provision.bases*) echo "$BASES" ;;
  *RepoDigests*) printf '%s\\n' other.example/x@sha256:0 "ghcr.io/us/it@{DIGEST}" ;;
  "image ls"*) echo "$MADE_HERE" ;;
  push*) [ -z "$PUSH_FAILS" ] || exit 1 ;;
esac
"""
GIT = """[ "$3 $4 $5" = "tag --points-at $REVISION" ] && echo "$TAG" """
BASES = f"python:3.11@{DIGEST} hashicorp/terraform:1.11@{DIGEST}"
GOOD = {
    "BASES": BASES,
    "REVISION": COMMIT,
    "TAG": "v1.2.3",
    "MADE_HERE": "",
    "LABELLED": "",
    "PROVIDERS": "yes",
    "PUSH_FAILS": "",
}


@pytest.fixture
def releasing(machine: Machine) -> Machine:
    machine.program("docker", DOCKER)
    machine.program("git", GIT)
    return machine


def test_a_tagged_commit_is_pushed_and_its_digest_printed(releasing: Machine) -> None:
    pushed = releasing.run("publish.sh", "ours:1.2.3-rehearsal", "ghcr.io/us/it", **GOOD)
    assert (pushed.returncode, pushed.stdout) == (0, f"ghcr.io/us/it@{DIGEST}\n"), pushed.stderr
    assert "tag ours:1.2.3-rehearsal ghcr.io/us/it:1.2.3-rehearsal\n" in releasing.asked()
    assert "push --quiet ghcr.io/us/it:1.2.3-rehearsal\n" in releasing.asked()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"REVISION": f"{COMMIT}-dirty"}, "not of a commit alone"),
        ({"REVISION": ""}, "not of a commit alone"),
        ({"REVISION": "absent"}, "there is no image ours:1.2.3"),
        ({"TAG": "v1.2.30"}, "has no tag v1.2.3"),
        ({"MADE_HERE": "4f5e"}, "base images made here"),
        ({"BASES": BASES.removesuffix(f"@{DIGEST}")}, "not from two images with digests"),
        ({"BASES": ""}, "not from two images with digests"),
        ({"LABELLED": "yes"}, "stands on images made here"),
        ({"PROVIDERS": "own"}, "providers that the lock files don't list"),
    ],
)
def test_what_nobody_could_build_again_is_refused(releasing: Machine, wrong: dict[str, str], said: str) -> None:
    refused = releasing.run("publish.sh", "ours:1.2.3", "ghcr.io/us/it", **{**GOOD, **wrong})
    assert (refused.returncode, refused.stdout) == (1, "")
    assert said in refused.stderr
    assert "push" not in releasing.asked()


def test_a_push_that_fails_prints_no_digest(releasing: Machine) -> None:
    failed = releasing.run("publish.sh", "ours:1.2.3", "ghcr.io/us/it", **{**GOOD, "PUSH_FAILS": "yes"})
    assert (failed.returncode, failed.stdout) == (1, "")

"""Terraform on root modules that have nothing but a backend, for the tests of each cloud's state."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.terraform.hcl import to_hcl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# With `wait_for`, an apply makes <wait_for>.here once it holds the lock, and holds it until <wait_for> is there.
RESOURCE = """
variable "wait_for" { default = "" }
resource "terraform_data" "one" {
  input = "1"
  provisioner "local-exec" {
    command = <<-SHELL
      test -z "${var.wait_for}" && exit 0
      touch "${var.wait_for}.here"
      until [ -e "${var.wait_for}" ]; do sleep 0.05; done
    SHELL
  }
}
"""


@dataclass
class Module:
    """A root module, and Terraform with this environment, where it isn't this process's."""

    folder: Path
    environment: Mapping[str, str] | None = None

    @classmethod
    def made(
        cls, folder: Path, backend: tuple[str, Mapping[str, str | bool]], environment: Mapping[str, str] | None = None
    ) -> Module:
        """One in a new folder, initialised. `backend` is its kind and its settings."""
        folder.mkdir()
        kind, settings = backend
        lines = "".join(f"    {name} = {to_hcl(value)}\n" for name, value in settings.items())
        (folder / "main.tf").write_text(f'terraform {{\n  backend "{kind}" {{\n{lines}  }}\n}}\n{RESOURCE}')
        module = cls(folder, environment)
        done = module.run("init", "-input=false")
        assert done.returncode == 0, done.stderr
        return module

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments, "-no-color"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def applies(self, go: Path) -> subprocess.Popen[str]:
        """An apply that goes on, once it holds the lock, when `go` is there."""
        return subprocess.Popen(
            ["terraform", "apply", "-auto-approve", "-no-color", f"-var=wait_for={go}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def leaves_its_lock(self, go: Path) -> None:
        """An apply is killed while it holds the lock."""
        with self.applies(go) as killed:
            deadline = time.monotonic() + 60
            while not go.with_name(f"{go.name}.here").exists():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            killed.kill()
            go.touch()  # for what the killed one has left running


def one_gets_the_lock(modules: list[Module], go: Path) -> list[str]:
    """All apply at once, and one of them holds the lock until the others have ended; what those said of it."""
    runs = [each.applies(go) for each in modules]
    ended: list[tuple[int, str]] = []

    def watch(each: subprocess.Popen[str]) -> None:
        _, errors = each.communicate(timeout=120)
        ended.append((each.returncode, errors))
        if len(ended) == len(runs) - 1:
            go.touch()  # the one that holds the lock may go on

    watchers = [threading.Thread(target=watch, args=(each,)) for each in runs]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join()
    assert sorted(code for code, _ in ended) == [0, *[1] * (len(runs) - 1)]
    return [errors for code, errors in ended if code]

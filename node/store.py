"""Keeps a cluster's state on its controller: texts in a folder that root alone can read, and one lock.

Reads one JSON object from standard input: {"cluster": NAME, "operations": [...]}, carries the operations out in order,
and prints one line: {"answers": [...]}, or {"error": "..."} where it can't. The operations, by "do":

  read       name           -> {"text": str or null}
  write      name, text     -> {}
  remove     name           -> {}
  list       under, texts   -> {"files": [{"name", "age" (seconds by this machine's clock), "text" if asked for}]}
  lock       lock           -> {"held": the other's lock, or null where this one is taken now}
  read lock                 -> {"held": lock or null}
  unlock     id             -> {"removed": bool, "held": another's lock, or null}
  remove all                -> {"kept": what had to stay, in words}

Only Python's own library, from 3.9 on.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(os.environ.get("CLUSTER_PROVISION_ROOT") or "/")
HOME = ROOT / "var/lib/cluster-provision"
LOCK = "lock.json"
CLUSTER = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]+(/(?!\.)[A-Za-z0-9._-]+)?")


class Refused(Exception):
    """The request can't be carried out, for the reason given."""


def main() -> None:
    """Answer the request on standard input; never a traceback."""
    try:
        request = json.load(sys.stdin)
        told: dict[str, Any] = {"answers": Store(str(request["cluster"])).carry_out(request["operations"])}
    except Refused as failure:
        told = {"error": str(failure)}
    except OSError as failure:
        told = {"error": f"{failure.filename or HOME}: {failure.strerror}"}
    except (ValueError, KeyError, TypeError) as failure:
        told = {"error": f"the request can't be understood: {failure}"}
    print(json.dumps(told), flush=True)


class Store:
    """One cluster's folder."""

    def __init__(self, cluster: str) -> None:
        if not CLUSTER.fullmatch(cluster):
            raise Refused(f"{cluster!r} is no cluster's name")
        self.folder = HOME / cluster / "state"

    def carry_out(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each operation's answer, in order."""
        known: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "read": self.read,
            "write": self.write,
            "remove": self.remove,
            "list": self.list_texts,
            "lock": self.lock,
            "read lock": self.read_lock,
            "unlock": self.unlock,
            "remove all": self.remove_all,
        }
        return [known[each["do"]](each) for each in operations]

    def read(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A text, null where there is none."""
        return {"text": self._text(self._path(asked["name"]))}

    def write(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Put a text in place of what is there, all at once."""
        self._put(self._path(asked["name"]), asked["text"])
        return {}

    def remove(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Delete a text, where it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._path(asked["name"]).unlink()
        return {}

    def list_texts(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The texts in a folder."""
        folder = self._path(asked["under"])
        files = []
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            with contextlib.suppress(FileNotFoundError):
                if not NAME.fullmatch(path.name):
                    continue  # one that is being written
                age = max(time.time() - path.stat().st_mtime, 0.0)
                told: dict[str, Any] = {"name": f"{asked['under']}/{path.name}", "age": age}
                if asked.get("texts"):
                    told["text"] = self._text(path) or ""
                files.append(told)
        return {"files": files}

    def lock(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Take the lock; whose it is, where it is another's."""
        with self._alone():
            held = self._held()
            if held is None or held.get("id") == asked["lock"]["id"]:
                self._put(self.folder / LOCK, json.dumps(asked["lock"]))
                return {"held": None}
            return {"held": held}

    def read_lock(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The lock that is held."""
        return {"held": self._held()}

    def unlock(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Remove this very lock."""
        with self._alone():
            held = self._held()
            if held is None:
                return {"removed": False, "held": None}
            if held.get("id") != asked["id"]:
                return {"removed": False, "held": held}
            (self.folder / LOCK).unlink()
            return {"removed": True, "held": None}

    def remove_all(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Delete the state, and the folders above it that are empty then."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder)
        for folder in (self.folder.parent, HOME):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                there = ", ".join(sorted(path.name for path in folder.iterdir()))
                return {"kept": f"{folder} with {there}" if folder != HOME else ""}
        return {"kept": ""}

    def _held(self) -> dict[str, Any] | None:
        text = self._text(self.folder / LOCK)
        if text is None:
            return None
        try:
            return dict(json.loads(text))
        except (ValueError, TypeError):
            return {"holder": "unknown", "id": "unreadable"}

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process looks at the lock or changes it meanwhile."""
        self._make(self.folder)
        guard = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield
        finally:
            os.close(guard)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise Refused(f"{name!r} is no name of a text")
        return self.folder / name

    @staticmethod
    def _text(path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def _put(self, path: Path, text: str) -> None:
        self._make(path.parent)
        handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def _make(self, folder: Path) -> None:
        """Make the folder and those above it: root's alone, from the cluster's own on."""
        HOME.mkdir(parents=True, exist_ok=True)
        for each in (*reversed([p for p in folder.parents if HOME in p.parents]), folder):
            with contextlib.suppress(FileExistsError):
                each.mkdir(mode=0o700)


if __name__ == "__main__":
    main()

"""What a machine's own programs do, as far as the applier calls them, on a root folder.

They are run in the applier's process, which is fast, or as programs on its PATH. apt knows the packages of
catalog.json, systemd the units of units.json; programs.json says which programs fail, how, and how often.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OWN = ("catalog.json", "units.json", "programs.json", "calls")
"""Files of the machine's, which aren't the machine."""
MISSING = 4


def act(root: Path, argv: Sequence[str]) -> tuple[int, str] | None:
    """Do what this program does; its exit status, and what it prints. None for one that isn't known here."""
    name = Path(argv[0]).name
    if name not in PROGRAMS:
        return None
    with (root / "calls").open("a") as calls:
        calls.write(" ".join((name, *argv[1:])) + "\n")
    failures = read(root, "programs.json")
    for start, (status, output, times) in failures.items():
        if times and " ".join((name, *words(argv))).startswith(start):
            write(root, "programs.json", {**failures, start: (status, output, times - 1)})
            return status, output
    return PROGRAMS[name](root, words(argv))


def words(argv: Sequence[str]) -> list[str]:
    """The arguments without the options that go before apt-get's own words."""
    left = list(argv[1:])
    while left and Path(argv[0]).name == "apt-get" and left[0].startswith("-"):
        left = left[2:] if left[0] == "-o" else left[1:]
    return left


def read(root: Path, name: str) -> Any:
    path = root / name
    return json.loads(path.read_text()) if path.exists() else {}


def write(root: Path, name: str, value: Any) -> None:
    (root / name).write_text(json.dumps(value))


# packages


def apt_get(root: Path, argv: list[str]) -> tuple[int, str]:
    verb, names = argv[0], [each for each in argv[1:] if not each.startswith("-")]
    catalog, status = read(root, "catalog.json"), statuses(root)
    if verb == "update":
        write(root, "catalog.json", {name: {**each, "listed": True} for name, each in catalog.items()})
        return 0, ""
    if verb == "install":
        for name in names:
            if not catalog.get(name, {}).get("listed"):
                return 100, f"Reading package lists...\nE: Unable to locate package {name}\n"
        failure = install(root, catalog, status, names)
        return (100 if failure else 0), failure
    for name in names:
        if name in status:
            remove(root, catalog, status, name, purge=verb == "purge")
    save_statuses(root, status)
    return 0, ""


def install(root: Path, catalog: Any, status: dict[str, Any], names: list[str]) -> str:
    denied = (root / "usr/sbin/policy-rc.d").exists()
    for name in names:
        if status.get(name, ("", ""))[0] == "installed":
            continue
        about = catalog[name]
        install(root, catalog, status, about.get("depends", []))
        if about.get("broken"):
            return f"E: {name} is broken\n"
        for path, content in about.get("files", {}).items():
            if not (root / path[1:]).exists():  # --force-confold
                (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
                (root / path[1:]).write_text(content)
        for path, content in about.get("leaves", {}).items():
            (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
            (root / path[1:]).write_text(content)
        for path, mode in about.get("chmod", {}).items():
            (root / path[1:]).chmod(int(mode, 8))
        for user, number in about.get("users", {}).items():
            if user not in entries(root, "passwd"):
                add_line(root, "passwd", f"{user}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin")
                add_line(root, "group", f"{user}:x:{number}:")
        for unit in about.get("units", ()):
            units = read(root, "units.json")
            write(root, "units.json", {**units, unit: unit_state("enabled", "inactive" if denied else "active")})
        status[name] = ("installed", about.get("version", "1"))
        for other, version in about.get("upgrades", {}).items():
            status[other] = ("installed", version)
        save_statuses(root, status)
    return ""


def remove(root: Path, catalog: Any, status: dict[str, Any], name: str, *, purge: bool) -> None:
    about = catalog[name]
    units = read(root, "units.json")
    write(root, "units.json", {unit: each for unit, each in units.items() if unit not in about.get("units", ())})
    if not purge:
        status[name] = ("config-files", about.get("version", "1"))
        return
    for path in (*about.get("files", {}), *about.get("deletes", ())):
        (root / path[1:]).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # as dpkg does: where nothing else is in it
            (root / path[1:]).parent.rmdir()
    del status[name]


def dpkg(root: Path, argv: list[str]) -> tuple[int, str]:
    if "--configure" in argv:
        return 0, ""
    going = set(argv[argv.index("--purge") + 1 :])
    status, catalog, output = statuses(root), read(root, "catalog.json"), ""
    while True:
        staying = {
            name: [other for other in status if other not in going and name in catalog[other].get("depends", ())]
            for name in going
        }
        stuck = {name: others for name, others in staying.items() if others}
        if not stuck:
            return (1 if output else 0), output
        for name, others in stuck.items():
            output += f"dpkg: dependency problems prevent removal of {name}:\n"
            output += "".join(f" {other} depends on {name}.\n" for other in others)
            output += f"\ndpkg: error processing package {name} (--purge):\n dependency problems - not removing\n"
        going -= stuck.keys()


def dpkg_query(root: Path, argv: list[str]) -> tuple[int, str]:
    status, catalog, output = statuses(root), read(root, "catalog.json"), ""
    for path in argv[1:]:
        names = [name for name in status if any(f"{p}/".startswith(f"{path}/") for p in catalog[name].get("files", {}))]
        output += f"{', '.join(names)}: {path}\n" if names else f"dpkg-query: no path found matching pattern {path}\n"
    return 0, output


def statuses(root: Path) -> dict[str, Any]:
    text = (root / "var/lib/dpkg/status").read_text()
    found = re.findall(r"^Package: (.*)\nStatus: install ok (.*)\nVersion: (.*)$", text, re.MULTILINE)
    return {name: (state, version) for name, state, version in found}


def save_statuses(root: Path, status: dict[str, Any]) -> None:
    text = "\n".join(f"Package: {n}\nStatus: install ok {s}\nVersion: {v}\n" for n, (s, v) in sorted(status.items()))
    path = root / "var/lib/dpkg/status"
    if text != path.read_text():
        path.write_text(text)


# accounts


def useradd(root: Path, argv: list[str]) -> tuple[int, str]:
    given = options(argv)
    gid = entries(root, "group")[given["gid"]][1]
    add_line(root, "passwd", f"{argv[-1]}:x:{given['uid']}:{gid}::{given['home']}:{given['shell']}")
    add_line(root, "shadow", f"{argv[-1]}:*:1:0:9:7::{given.get('expiredate', '')}:")
    set_groups(root, argv[-1], given.get("groups", ""))
    if "create-home" in given:
        (root / given["home"][1:]).mkdir(parents=True)
        (root / given["home"][1:] / ".profile").write_text("# shell\n")
    return 0, ""


def usermod(root: Path, argv: list[str]) -> tuple[int, str]:
    given, name = options(argv), argv[-1]
    users, shadow = entries(root, "passwd"), entries(root, "shadow")
    for option, field in (("gid", 2), ("home", 4), ("shell", 5)):
        users[name][field] = given.get(option, users[name][field])
    if "expiredate" in given:
        shadow[name][6] = given["expiredate"]
    save_entries(root, "passwd", users)
    save_entries(root, "shadow", shadow)
    if "groups" in given:
        set_groups(root, name, given["groups"])
    return 0, ""


def userdel(root: Path, argv: list[str]) -> tuple[int, str]:
    name = argv[-1]
    users = entries(root, "passwd")
    home = root / users[name][4][1:]
    for table in ("passwd", "shadow"):
        save_entries(root, table, {n: fields for n, fields in entries(root, table).items() if n != name})
    set_groups(root, name, "")
    if "--remove" in argv:
        for path in sorted(home.rglob("*"), reverse=True):
            path.unlink()
        home.rmdir()
    return 0, ""


def groupadd(root: Path, argv: list[str]) -> tuple[int, str]:
    add_line(root, "group", f"{argv[-1]}:x:{options(argv)['gid']}:")
    return 0, ""


def groupdel(root: Path, argv: list[str]) -> tuple[int, str]:
    save_entries(root, "group", {name: each for name, each in entries(root, "group").items() if name != argv[-1]})
    return 0, ""


def options(argv: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (each[2:].partition("=") for each in argv if each.startswith("--"))}


def set_groups(root: Path, name: str, wanted: str) -> None:
    groups = entries(root, "group")
    for group, fields in groups.items():
        members = [each for each in fields[2].split(",") if each and each != name]
        fields[2] = ",".join([*members, *([name] if group in wanted.split(",") else [])])
    save_entries(root, "group", groups)


def entries(root: Path, table: str) -> dict[str, list[str]]:
    lines = (root / "etc" / table).read_text().splitlines()
    return {line.split(":")[0]: line.split(":")[1:] for line in lines}


def save_entries(root: Path, table: str, value: dict[str, list[str]]) -> None:
    (root / "etc" / table).write_text("".join(":".join([name, *fields]) + "\n" for name, fields in value.items()))


def add_line(root: Path, table: str, line: str) -> None:
    with (root / "etc" / table).open("a") as file:
        file.write(f"{line}\n")


# systemd, mounts


def unit_state(enabled: str, active: str) -> dict[str, str]:
    return {"LoadState": "loaded", "ActiveState": active, "UnitFileState": enabled, "NeedDaemonReload": "no"}


def is_failed(unit: dict[str, str]) -> bool:
    return unit["ActiveState"] == "failed"


def systemctl(root: Path, argv: list[str]) -> tuple[int, str]:
    verb, names = argv[0], [each for each in argv[1:] if not each.startswith("-")]
    units = read(root, "units.json")
    if verb == "show":
        unknown = {**unit_state("", "inactive"), "LoadState": "not-found"}
        shown = [units.get(name, unknown) for name in names]
        return 0, "\n".join("".join(f"{k}={v}\n" for k, v in each.items()) for each in shown)
    if verb == "list-units":
        failed = (
            f"{name}.service {each['LoadState']} failed failed" for name, each in units.items() if is_failed(each)
        )
        return 0, "\n".join(failed)
    names = [name.removesuffix(".service") for name in names]
    if verb == "daemon-reload":
        units = {name: {**each, "NeedDaemonReload": "no"} for name, each in units.items()}
    for name in names:
        changes = {
            "enable": {"UnitFileState": "enabled"},
            "disable": {"UnitFileState": "disabled"},
            "mask": {"UnitFileState": "masked"},
            "unmask": {"UnitFileState": "disabled"},
            "stop": {"ActiveState": "inactive"},
            "reset-failed": {"ActiveState": "inactive"} if name in units and is_failed(units[name]) else {},
        }.get(verb, {"ActiveState": "active"})
        units[name] = {**units[name], **changes}
    write(root, "units.json", units)
    return 0, ""


def mount(root: Path, argv: list[str]) -> tuple[int, str]:
    line = next(line for line in (root / "etc/fstab").read_text().splitlines() if line.split()[1:2] == [argv[-1]])
    with (root / "proc/self/mounts").open("a") as file:
        file.write(f"{line}\n")
    return 0, ""


def umount(root: Path, argv: list[str]) -> tuple[int, str]:
    path = root / "proc/self/mounts"
    kept = [line for line in path.read_text().splitlines(True) if line.split()[1] != argv[-1]]
    path.write_text("".join(kept))
    return 0, ""


PROGRAMS: dict[str, Callable[[Path, list[str]], tuple[int, str]]] = {
    "apt-get": apt_get,
    "dpkg": dpkg,
    "dpkg-query": dpkg_query,
    "useradd": useradd,
    "usermod": usermod,
    "userdel": userdel,
    "groupadd": groupadd,
    "groupdel": groupdel,
    "systemctl": systemctl,
    "journalctl": lambda root, argv: (0, "the daemon's last words\n"),
    "mount": mount,
    "umount": umount,
}

if __name__ == "__main__":
    ended = act(Path(sys.argv[1]), sys.argv[2:])
    assert ended is not None
    print(ended[1], end="")
    sys.exit(ended[0])

"""apt and dpkg: packages of the table packages.toml, with their files in /etc, users and units."""

from __future__ import annotations

import grp
import os
import pwd
import re
import secrets
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.played.accounts import groups, users, write_groups, write_users
from embedded_cloud.existing.played.new_machine import packages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embedded_cloud.existing.played.machine import PlayedMachine
    from embedded_cloud.existing.played.process import Call

STATUS = "/var/lib/dpkg/status"
TAKES_VALUE = ("-o", "--option", "-t")
BROKEN = 100  # apt-get(8)
MUNGE_KEY = "/etc/munge/munge.key"
FIELDS = re.compile(r"^(Package|Status|Version): (.*)$", re.MULTILINE)


def apt_get(call: Call) -> int:
    verb, *names = _words(call)
    if verb == "update":
        call.machine.write("/var/lib/apt/lists/debian_dists_main_Packages", "")
        return 0
    if verb == "install":
        return _install(call, [name.partition("=")[0] for name in names])
    if verb in ("remove", "purge", "autoremove"):
        return _remove(call, names, purge=verb == "purge" or "--purge" in call.arguments)
    return call.fail(f"E: Invalid operation {verb}", BROKEN)


def apt_cache(call: Call) -> int:
    verb, *names = _words(call)
    known, there = packages(str(call.machine.told["release"])), installed(call.machine)
    for name in names:
        if name in known or name in there:
            version, candidate = there.get(name, ""), known.get(name, {}).get("version") or there.get(name)
            if verb == "policy":
                call.say(f"{name}:\n  Installed: {version or '(none)'}\n  Candidate: {candidate}\n  Version table:")
            else:
                call.say(f"Package: {name}\nVersion: {candidate}\n")
    return 0


def dpkg(call: Call) -> int:
    if "--purge" in call.arguments and {"--simulate", "--dry-run", "--no-act"} & {*call.arguments}:
        return _simulated_purge(call)
    if {"--print-architecture"} & {*call.arguments}:
        call.say("amd64")
    elif {"-s", "--status"} & {*call.arguments}:
        missing = [name for name in call.operands if name not in installed(call.machine)]
        for name in missing:
            call.fail(f"dpkg-query: package '{name}' is not installed")
        return 1 if missing else 0
    elif {"-l", "--list"} & {*call.arguments}:
        for name, version in installed(call.machine).items():
            call.say(f"ii  {name}  {version}  amd64  {name}")
    return 0


def dpkg_query(call: Call) -> int:
    there = installed(call.machine)
    if {"--search", "-S"} & {*call.arguments}:
        known = packages(str(call.machine.told["release"]))
        owner = {path: name for name in there for path in known.get(name, {}).get("etc", ())}
        for path in call.operands:
            if path in owner:
                call.say(f"{owner[path]}: {path}")
            else:
                call.fail(f"dpkg-query: no path found matching pattern {path}")
        return 0
    form = call.option("--showformat", "-f") or "${Package}\t${Version}\\n"
    names = [each for each in call.operands if each != form]
    status = 0
    for name in names or there:
        if name not in there:
            status = call.fail(f"dpkg-query: no packages found matching {name}")
            continue
        told = {"Package": name, "Version": there[name], "db:Status-Status": "installed", "Architecture": "amd64"}
        told |= {"Status": "install ok installed", "db:Status-Abbrev": "ii "}
        text = form.replace("\\n", "\n").replace("\\t", "\t")
        for field in re.findall(r"\$\{([^}]*)\}", form):
            text = text.replace(f"${{{field}}}", told.get(field, ""))
        call.out.write(text)
    return status


def installed(machine: PlayedMachine) -> dict[str, str]:
    """Versions by name."""
    found = {}
    for paragraph in machine.read(STATUS).split("\n\n"):
        fields = dict(FIELDS.findall(paragraph))
        if fields.get("Status", "").endswith(" installed"):
            found[fields["Package"]] = fields["Version"]
    return found


def _words(call: Call) -> list[str]:
    """The arguments without options and their values."""
    found, skip = [], False
    for each in call.arguments:
        if not skip and not each.startswith("-"):
            found.append(each)
        skip = each in TAKES_VALUE
    return found or [""]


def _install(call: Call, names: list[str]) -> int:
    machine = call.machine
    known = packages(str(machine.told["release"]))
    there = installed(machine)
    if unknown := [name for name in names if name not in known and name not in there]:
        for name in unknown:
            call.fail(f"E: Unable to locate package {name}")
        return BROKEN
    wanted = [name for name in _with_needs(known, names) if name not in there]
    if "--simulate" in call.arguments or "-s" in call.arguments:
        for name in wanted:
            call.say(f"Inst {name} ({known[name]['version']} Debian [amd64])")
        return 0
    broken = set(machine.told.get("broken_packages") or ()) & {*wanted}
    if broken:
        name = min(broken)
        call.fail(f"dpkg: error processing archive {name}.deb (--unpack):\n cannot copy extracted data: no space left")
        return call.fail("E: Sub-process /usr/bin/dpkg returned an error code (1)", BROKEN)
    for name in wanted:
        _unpack(machine, known[name])
        call.say(f"Setting up {name} ({known[name]['version']}) ...")
    _write(machine, {**there, **{name: str(known[name]["version"]) for name in wanted}})
    call.say(f"0 upgraded, {len(wanted)} newly installed, 0 to remove and 0 not upgraded.")
    return 0


def _with_needs(known: dict[str, dict[str, Any]], names: Iterable[str]) -> list[str]:
    """The packages and all that they need, each after what it needs."""
    found: dict[str, None] = {}
    for name in names:
        if name in known:
            found.update(dict.fromkeys(_with_needs(known, known[name].get("needs", ()))))
        found[name] = None
    return list(found)


def _unpack(machine: PlayedMachine, package: dict[str, Any]) -> None:
    for path in package.get("etc", ()):
        if not machine.path(path).exists():
            machine.write(path, secrets.token_hex(64) if path == MUNGE_KEY else f"# {path}\n")
    people, there = users(machine), groups(machine)
    for name, (uid, group) in package.get("users", {}).items():
        if group not in there:
            there[group] = grp.struct_group((group, "x", uid, []))
        home = f"/var/lib/{name.strip('_')}"
        given = (name, "x", uid, there[group].gr_gid, "", home, "/usr/sbin/nologin")
        people.setdefault(name, pwd.struct_passwd(given))
    write_groups(machine, there)
    write_users(machine, people)
    with machine.changing() as state:
        for unit in package.get("units", ()):
            state["units"].setdefault(unit, {"enabled": True, "active": False})


def _remove(call: Call, names: list[str], *, purge: bool) -> int:
    machine = call.machine
    known, there = packages(str(machine.told["release"])), installed(machine)
    going = {name for name in names if name in there}
    while more := {each for each in there if going & {*known.get(each, {}).get("needs", ())}} - going:
        going |= more
    with machine.changing() as state:
        for name in going:
            for unit in known.get(name, {}).get("units", ()):
                state["units"].pop(unit, None)
    for name in going if purge else ():
        for path in known.get(name, {}).get("etc", ()):
            machine.path(path).unlink(missing_ok=True)
            folder = machine.path(path).parent
            while folder != machine.path("/etc") and not os.listdir(folder):  # noqa: PTH208
                folder.rmdir()
                folder = folder.parent
    _write(machine, {name: version for name, version in there.items() if name not in going})
    return 0


def _simulated_purge(call: Call) -> int:
    """What dpkg says where something else needs a package."""
    known, there = packages(str(call.machine.told["release"])), installed(call.machine)
    going = {*call.operands}
    for name in there:
        for need in known.get(name, {}).get("needs", ()):
            if need in going and name not in going:
                call.say(f"dpkg: dependency problems prevent removal of {need}:\n {name} depends on {need}.\n")
                call.say(f"dpkg: error processing package {need} (--purge):\n dependency problems - not removing")
    return 0


def _write(machine: PlayedMachine, there: dict[str, str]) -> None:
    paragraphs = [
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n"
        for name, version in there.items()
    ]
    machine.write(STATUS, "\n".join(paragraphs))

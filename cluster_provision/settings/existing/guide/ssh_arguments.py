"""Reads the arguments for ssh in an inventory: the way through a jump host, and user, port and key.

Arguments as in ssh(1) and ssh_config(5): -J, -o ProxyJump, and -o ProxyCommand with `ssh -W %h:%p` or `ssh … nc %h %p`;
-l, -p, -i, and -o User, Port and IdentityFile.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from cluster_provision.settings.readers.existing.ssh import Jump, SshJump
from cluster_provision.settings.reading import BadValue, shown

VARIABLES = ("ansible_ssh_common_args", "ansible_ssh_extra_args", "ansible_ssh_args")
_WITH_VALUE = "BbcDEeFIiJLlmOopQRSWw"
_OF_HOST_KEYS = ("stricthostkeychecking", "userknownhostsfile", "globalknownhostsfile", "checkhostip", "hostkeyalias")
_OWN = {"l": "user", "user": "user", "p": "port", "port": "port", "i": "key_file", "identityfile": "key_file"}
_KEY = re.compile(r"(?:^|\s)-i|identityfile", re.IGNORECASE)
_NETCAT = re.compile(r"(?:.*/)?(?:nc|ncat|netcat)")


@dataclass
class SshArguments:
    """What the arguments say: the jump, None for none; texts, empty for none; the names of what has no meaning here.

    `jump_key` says whether a ProxyCommand has a key of its own, which isn't taken.
    """

    jump: SshJump | None = None
    user: str = ""
    port: str = ""
    key_file: str = ""
    ignored: list[str] = field(default_factory=list)
    jump_key: bool = False

    def advice(self) -> str:
        """What to do in place of the arguments that are ignored, and what that means; empty where none are."""
        told = [f"{', '.join(dict.fromkeys(self.ignored))} ignored"] if self.ignored else []
        if any(each.lower() in _OF_HOST_KEYS for each in self.ignored):
            told.append("which host keys are accepted, SSH_KNOWN_HOSTS and SSH_HOST_KEYS say")
        if "-F" in self.ignored:
            told.append("no ssh_config is read, so what it says of these hosts is set here or by SSH_JUMP")
        if self.jump_key:
            told.append("the jump host gets the key of SSH_KEY_FILE, and not the one that the ProxyCommand names")
        return "; ".join(told)


def ssh_arguments(text: str) -> SshArguments:
    """Read arguments as a shell passes them to ssh. Raises BadValue for a way that isn't one jump."""
    found = SshArguments()
    for option, value in _options(_words(text)).pairs:
        if option == "J":
            found.jump = _jump(value)
        elif option == "o":
            name, setting = _setting(value)
            if name == "proxyjump" and setting.lower() != "none":
                found.jump = _jump(setting)
            elif name == "proxycommand" and setting.lower() != "none":
                found.jump = _command(setting)
                found.jump_key = bool(_KEY.search(setting))
            elif name in _OWN:
                _set(found, name, setting)
            elif name not in ("proxyjump", "proxycommand"):
                found.ignored.append(value.strip().partition("=")[0].split()[0] if value.strip() else "-o")
        elif option in _OWN:
            _set(found, option, value)
        else:
            found.ignored.append(f"-{option}")
    return found


def _set(found: SshArguments, option: str, value: str) -> None:
    """Take the first value of each, as ssh does."""
    name = _OWN[option]
    if not getattr(found, name):
        setattr(found, name, value)


@dataclass
class _Options:
    pairs: list[tuple[str, str]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def _options(words: list[str]) -> _Options:
    """Split words as ssh does: flags, options with a value, and what is neither."""
    found = _Options()
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not word.startswith("-") or word == "-" or found.rest[1:]:
            found.rest.append(word)
            continue
        for place, letter in enumerate(word[1:], start=1):
            if letter in _WITH_VALUE:
                value = word[place + 1 :]
                if not value and at < len(words):
                    value, at = words[at], at + 1
                found.pairs.append((letter, value))
                break
            found.pairs.append((letter, ""))
    return found


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise BadValue("holds a quote that isn't closed") from None


def _jump(text: str) -> SshJump:
    try:
        return Jump().read_host(text)
    except BadValue as bad:
        raise BadValue(f"names the jump host {shown(text)}, which {bad}") from None


def _command(text: str) -> SshJump:
    """Return the jump of a ProxyCommand."""
    words = _words(text)
    if not words or words[0].rpartition("/")[2] != "ssh":
        raise BadValue("has a ProxyCommand that isn't ssh; the way to the machines can be SSH_JUMP or SSH_PROXY")
    options = _options(words[1:])
    user, port, forwards = "", "", False
    for option, value in options.pairs:
        name, setting = _setting(value) if option == "o" else ("", "")
        if option == "W":
            forwards = value in ("%h:%p", "[%h]:%p")
        elif option == "l" or name == "user":
            user = setting or value
        elif option == "p" or name == "port":
            port = setting or value
        elif option == "J" or name in ("proxycommand", "proxyjump"):
            raise BadValue("goes through several hosts; one jump is supported, from which all machines can be reached")
    host, *command = options.rest or [""]
    if not host or not (forwards or _by_netcat(command)):
        raise BadValue("has a ProxyCommand that isn't understood; write `ssh -W %h:%p user@host`, or set SSH_JUMP")
    whole = host if "@" in host or not user else f"{user}@{host}"
    return _jump(f"{whole}:{port}" if port and not re.search(r":[0-9]+$", whole) else whole)


def _setting(text: str) -> tuple[str, str]:
    """Return the name of one of ssh_config's settings in lower case, and its value; = or white space separates them."""
    found = re.match(r"\s*(\w*)\s*=?\s*", text)
    end = found.end() if found else 0
    return (found.group(1).lower() if found else ""), text[end:].strip().strip("\"'")


def _by_netcat(command: list[str]) -> bool:
    return len(command) >= 3 and _NETCAT.fullmatch(command[0]) is not None and command[-2:] == ["%h", "%p"]

"""The queue's Lua scripts: `scripts/NAME.lua` with its keys named and its shared pieces put in.

How a script is written stands in scripts/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from racecontrol.server.keys import QueueKeys
from racecontrol.server.scripts import Argument, Call, Script

_KEYS = "-- keys: "
_INCLUDE = "-- include: "


@dataclass(frozen=True, slots=True)
class QueueScript:
    """One operation's script. key_names: the keys of a queue that it touches, in its order."""

    script: Script
    key_names: tuple[str, ...]

    def call(self, keys: QueueKeys, args: Sequence[Argument] = ()) -> Call:
        """A call of it on the queue with these keys."""
        return self.script.call([getattr(keys, name) for name in self.key_names], args)


@cache
def queue_script(name: str) -> QueueScript:
    """The script of the operation `name`, read once a process."""
    lines: list[str] = []
    key_names: tuple[str, ...] = ()
    for line in _read(f"{name}.lua").splitlines():
        if line.startswith(_KEYS):
            key_names = tuple(line.removeprefix(_KEYS).split())
            lines.append(_named(key_names))
        elif line.startswith(_INCLUDE):
            lines.append(_read(f"shared/{line.removeprefix(_INCLUDE)}.lua"))
        else:
            lines.append(line)
    return QueueScript(Script(f"queue {name}", "\n".join(lines)), key_names)


def _named(key_names: tuple[str, ...]) -> str:
    places = ", ".join(f"KEYS[{place}]" for place in range(1, len(key_names) + 1))
    return f"local {', '.join(key_names)} = {places}"


def _read(path: str) -> str:
    return files(__package__).joinpath("scripts", path).read_text(encoding="utf-8")

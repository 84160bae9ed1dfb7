"""Whose track a file is, by its name: people call tracks by bib, by tracker, or by the pilot's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

from racecontrol.domain.race import Pilot
from racecontrol.formats.trackfiles import shown_name, track_stem

_WORDS: Final = re.compile(r"[^a-z0-9]+")


def owner_of(name: str, pilots: Sequence[Pilot]) -> Pilot | None:
    """The pilot that a track file of this name belongs to; None where it is nobody's or of several.

    In this order: a file the pilot list names, a stem that is a bib or a tracker, a stem that is a bib with
    other zeros before it or holds all words of a pilot's name.
    """
    file_name = PurePosixPath(name).name
    wanted = folded(file_name)
    stem = track_stem(wanted) or wanted
    rules: tuple[Callable[[Pilot], bool], ...] = (
        lambda pilot: wanted in {folded(shown_name(path)) for path in pilot.tracks},
        lambda pilot: stem in {folded(pilot.bib), *map(folded, pilot.trackers)},
        lambda pilot: is_named_after(pilot, wanted),
    )
    for is_owner in rules:
        found = [pilot for pilot in pilots if is_owner(pilot)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def is_named_after(pilot: Pilot, folded_name: str) -> bool:
    """Whether a track's stem is the pilot's bib, or holds all words of the name."""
    stem = track_stem(folded_name) or ""
    if stem.lstrip("0") == folded(pilot.bib).lstrip("0"):
        return True
    words = set(_words(pilot.name))
    return len(words) > 1 and words <= set(_words(stem))


def folded(name: str) -> str:
    """A file name as it is compared: file systems differ in case and in how accents are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def _words(text: str) -> list[str]:
    """The words of a name or a file name, without accents: they are spelled in any way."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return [word for word in _WORDS.split("".join(c for c in plain if not unicodedata.combining(c))) if word]

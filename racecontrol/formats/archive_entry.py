"""One entry of an archive, as the readers of zip and tar hand it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from racecontrol.errors import FormatError


class MemberDamaged(FormatError):
    """One member cannot be read; those beside it can."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, to be looked at before the next is asked for.

    name: as the archive has it, not to be trusted. size_bytes: as it claims. refusal: why it is not a
    file that can be read, "" where it is. read: its first bytes, at most so many; raises
    MemberDamaged.
    """

    name: str
    is_folder: bool
    size_bytes: int
    refusal: str
    read: Callable[[int], bytes]

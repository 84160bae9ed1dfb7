"""What became of one item that somebody wanted accepted."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.errors import RaceControlError


@dataclass(frozen=True, slots=True)
class Verdict:
    """One item's. is_duplicate: it was there already. is_spooled: it is on this machine's disk.

    error: why it is not accepted; None where it is.
    """

    is_duplicate: bool = False
    is_spooled: bool = False
    error: RaceControlError | None = None

"""Who sends or asks something over HTTP, once the token or the device's secret has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SenderKind(StrEnum):
    """What a sender was given, and with it what it may do."""

    PILOT = "pilot"
    """A token of one race and bib: that pilot's points, and an SOS."""
    RACE = "race"
    """A token of a whole race: points of any bib of it. Gateways have one."""
    DEVICE = "device"
    """A registered Flymaster device that knows its secret: its own points."""
    OPERATOR = "operator"
    """The verbs of the CLI, and all that `READ` sees."""
    READ = "read"
    """What dashboards ask for."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A checked sender.

    race_id: "" where the token is of no race. bib: of a PILOT, else "". token_id: the token's jti, or
    "device:SERIAL": it stands in logs, limits and item ids, and gives nobody access. name: of an
    OPERATOR, for the race log; cleaned.
    """

    kind: SenderKind
    race_id: str = ""
    bib: str = ""
    token_id: str = ""
    name: str = ""

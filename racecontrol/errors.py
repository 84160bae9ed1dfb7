"""Every error a caller of racecontrol can meet, with the exit code a command ends with.

RaceControlError            1   something could not be done
├── ConfigError             2   a flag, a variable or racecontrol.toml is wrong
│   └── UsageError          2   the command line does not say what to do
├── ServerUnavailable       3   the queue server does not answer
├── ServerUnsafe            3   it answers, but its settings can lose points
├── FormatError             4   bytes from outside cannot be read
│   └── PayloadError        4   a queue item's payload is torn or of an unknown version
├── RaceError               4   a race folder cannot be opened
├── QueueError              1   the queue refuses what was asked
│   └── BadItem             1   an item, a point or an argument is impossible
├── BuffersFull             1   neither the server nor the spool can take it now
├── RaceStateError          1   the race is not in a state in which this can be done
│   └── AlreadyStarted      1   somebody else has the pass: who, when, how many
├── StoreError              1   the store cannot be read or written
│   └── StoreUnavailable    1   it takes nothing at the moment; no item is at fault
├── AccessRefused           1   whoever asks may not
│   ├── TokenRefused        1   no token, or one that is not valid (any more)
│   ├── NotAllowed          1   a valid sender, to whom this is not open
│   └── TooOften            1   more requests than the sender may make
├── CheckFailed             5   a check ran and found faults
└── Interrupted           130   Ctrl-C, SIGTERM or a closed terminal came before the end

Foreign errors are translated at the layer that imports the library, so nothing
above it names redis, sqlite3 or pydantic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path


class RaceControlError(Exception):
    """What went wrong, in one sentence, and what to do about it.

    what: a sentence without a trailing full stop.
    advice: an imperative sentence for the operator, or "".
    """

    exit_code = 1

    def __init__(self, what: str, *, advice: str = "") -> None:
        self.what = what
        self.advice = advice
        super().__init__(f"{what}: {advice}" if advice else what)

    @property
    def code(self) -> str:
        """The kind of error, for programs: `server-unavailable`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def facts(self) -> Mapping[str, object]:
        """What programs may want of it besides the words, ready for JSON."""
        return {}


class ConfigError(RaceControlError):
    """A flag, an environment variable or a line of racecontrol.toml is wrong."""

    exit_code = 2


class UsageError(ConfigError):
    """The command line has an argument too many, too few, or an impossible one."""


class ServerUnavailable(RaceControlError):
    """The queue server does not answer, or a reply was lost on the way."""

    exit_code = 3


class ServerUnsafe(RaceControlError):
    """The queue server answers, but its settings can lose acknowledged points."""

    exit_code = 3


class FormatError(RaceControlError):
    """Bytes from outside cannot be read. Names the file, the line and the field.

    reason: what is wrong, without the place.
    """

    exit_code = 4

    def __init__(
        self,
        what: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
        advice: str = "",
    ) -> None:
        self.reason = what
        self.path = path
        self.line = line
        self.field = field
        place = "" if path is None else str(path)
        if line is not None:
            place = f"{place}:{line}" if place else f"line {line}"
        if field is not None:
            place = f"{place} [{field}]" if place else f"[{field}]"
        super().__init__(f"{place}: {what}" if place else what, advice=advice)

    @property
    def facts(self) -> Mapping[str, object]:
        """path, line and field; None where unknown."""
        path = None if self.path is None else str(self.path)
        return {"path": path, "line": self.line, "field": self.field}


class PayloadError(FormatError):
    """A queue item's payload is torn, or of a version this program does not know."""


class RaceError(RaceControlError):
    """No such race, or its folder cannot be opened."""

    exit_code = 4


class QueueError(RaceControlError):
    """The queue refuses what was asked of it."""


class BadItem(QueueError):
    """An item, a point or an argument is impossible; nothing was written."""


class BuffersFull(RaceControlError):
    """Neither the server nor this process's buffers take it now. retry_after_s: when to come again."""

    def __init__(self, what: str, *, advice: str = "", retry_after_s: float = 1.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(what, advice=advice)


class RaceStateError(RaceControlError):
    """The race is in a state in which this cannot be done."""


class AlreadyStarted(RaceStateError):
    """Somebody else has started this pass, or is about to.

    report: the JSON answer of the finished start, None while it is under way; facts are of the latter.
    """

    def __init__(
        self,
        what: str,
        *,
        advice: str = "",
        report: Mapping[str, object] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        self.report = report
        self._facts = facts or {}
        super().__init__(what, advice=advice)

    @property
    def facts(self) -> Mapping[str, object]:
        """race, pass, operator, since, done and total."""
        return self._facts


class StoreError(RaceControlError):
    """The store cannot be read or written."""


class StoreUnavailable(StoreError):
    """The store takes nothing at the moment: disk full, locked, damaged or away. No item is at fault."""


class AccessRefused(RaceControlError):
    """Whoever asks may not have it."""


class TokenRefused(AccessRefused):
    """There is no token or secret, or it is forged, expired, revoked or unknown."""


class NotAllowed(AccessRefused):
    """The sender is who it says, and this is not open to it."""


class TooOften(AccessRefused):
    """More requests, or more guesses, than the sender may make. retry_after_s: when to come again."""

    def __init__(self, what: str, *, advice: str = "", retry_after_s: float = 1.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(what, advice=advice)


class CheckFailed(RaceControlError):
    """A check ran to its end and found faults."""

    exit_code = 5


class Interrupted(RaceControlError):
    """The command was told to end before it was done."""

    exit_code = 130

"""The attributes of an FSDB element as values; what is wrong with one is told with its name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

from racecontrol.domain.clock import to_ms
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError


@dataclass(frozen=True, slots=True)
class Record:
    """One element. name: of the file. offset_min: of the competition's site, for times without an offset."""

    element: ElementTree.Element
    name: str
    offset_min: int

    def text(self, key: str) -> str:
        """An attribute as cleaned text, "" where there is none."""
        return clean_text(self.element.get(key, ""), 400)

    def decimal(self, key: str, least: float, most: float) -> float | None:
        """A number with a point or a comma; None where there is none. Raises: FormatError."""
        text = self.text(key)
        if not text:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise self.fault(key, f"{clean_text(text, 40)!r} is no number from {least:g} to {most:g}")
        return value

    def needed(self, key: str, least: float, most: float) -> float:
        """A number that has to be there. Raises: FormatError."""
        value = self.decimal(key, least, most)
        if value is None:
            raise self.fault(key, "is missing")
        return value

    def moment_ms(self, key: str) -> int | None:
        """A time as UTC ms; None where there is none. Raises: FormatError."""
        text = self.text(key)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone(timedelta(minutes=self.offset_min)))
            return to_ms(moment)
        except (ValueError, OverflowError) as exc:
            said = clean_text(text, 40)
            raise self.fault(key, f"{said!r} is no time such as 2019-05-26T13:45:00+02:00") from exc

    def fault(self, key: str, what: str) -> FormatError:
        """The error of an attribute."""
        return FormatError(what, path=self.name, field=f"{self.element.tag}@{key}", advice="mend it in FS")

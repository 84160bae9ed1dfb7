"""race.toml: what a race is called and when its gun goes.

id = "R42"                       # the folder's name
name = "Coupe Icare, task 3"
date = 2026-05-26
gun = 2026-05-26T11:45:00Z       # a moment: with Z or an offset
zone = "Europe/Paris"            # for screens only
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from racecontrol.domain.clock import iso_utc, to_ms
from racecontrol.domain.race import Race
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError
from racecontrol.formats.faults import first_fault
from racecontrol.formats.source import MEGABYTE, decode_text, read_source

RACE_FILE: Final = "race.toml"

_FURTHEST_GUN: Final = timedelta(hours=36)
"""From noon UTC of the race's date: at UTC+14 the gun can go on the UTC day before."""

_TOML_LINE: Final = re.compile(r"at line (\d+)")
HEAD_ADVICE: Final = "it needs id, date, gun (2026-05-26T11:45:00Z) and may have name and zone"


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError("no such time zone; use an IANA name such as Europe/Paris") from exc
    return zone


class _RaceToml(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    name: str = Field(default="", max_length=400)
    date: date
    gun: AwareDatetime
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"

    @model_validator(mode="after")
    def _gun_is_on_the_day(self) -> Self:
        noon = datetime(self.date.year, self.date.month, self.date.day, 12, tzinfo=UTC)
        if abs(self.gun - noon) > _FURTHEST_GUN:
            raise ValueError("the gun is not on the race's date")
        return self


def read_head(folder: Path) -> Race:
    """The race of a folder's race.toml, without pilots and task.

    Raises: FormatError naming the line or the field.
    """
    name = f"{folder.name}/{RACE_FILE}"
    text = decode_text(read_source(folder / RACE_FILE, MEGABYTE, name))
    try:
        head = _RaceToml.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        place = _TOML_LINE.search(str(exc))
        line = int(place[1]) if place else None
        raise FormatError(f"no TOML ({exc})", path=name, line=line, advice=HEAD_ADVICE) from exc
    except RecursionError as exc:
        raise FormatError("no race.toml: nested too deep", path=name) from exc
    except ValidationError as exc:
        field, fault = first_fault(exc)
        raise FormatError(fault, path=name, field=field or None, advice=HEAD_ADVICE) from exc
    if head.id != folder.name:
        raise FormatError(
            f"the id is {clean_name(head.id)!r}, the folder's name {folder.name!r}",
            path=name,
            field="id",
            advice="they have to be the same",
        )
    return Race(
        race_id=head.id,
        name=clean_name(head.name) or head.id,
        day=head.date,
        gun_ms=to_ms(head.gun),
        zone=head.zone,
        pilots=(),
        folder=folder,
    )


def write_head(race: Race) -> str:
    """The race.toml of a race."""
    lines = [
        f"id = {_quoted(race.race_id)}",
        f"name = {_quoted(race.name)}",
        f"date = {race.day.isoformat()}",
        f"gun = {iso_utc(race.gun_ms)}",
        f"zone = {_quoted(race.zone)}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    # A JSON string without \u escapes of pairs is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)

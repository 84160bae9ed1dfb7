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
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from racecontrol.domain.clock import iso_utc, to_ms
from racecontrol.domain.race import Problem, Race
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError
from racecontrol.formats.faults import first_fault
from racecontrol.formats.source import MEGABYTE, decode_text, read_source

RACE_FILE: Final = "race.toml"

_FURTHEST_GUN: Final = timedelta(hours=36)
"""From noon UTC of the race's date: at UTC+14 the gun can go on the UTC day before."""

_TOML_LINE: Final = re.compile(r"at line (\d+)")
HEAD_ADVICE: Final = "it needs id, date, gun (2026-05-26T11:45:00Z) and may have name and zone"
_ADVICE_OF: Final = {"zone": "use an IANA name such as Europe/Paris"}


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as exc:
        raise ValueError("there is no such time zone") from exc
    return zone


def _in_our_time(day: date) -> date:
    if not 1970 <= day.year < 2100:
        raise ValueError("it has to be a day from 1970 to 2099")
    return day


class _RaceToml(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    name: str = Field(default="", max_length=400)
    date: Annotated[date, AfterValidator(_in_our_time)]
    gun: AwareDatetime
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"


def read_head(folder: Path) -> Race:
    """The race of a folder's race.toml, without pilots and task.

    Raises: FormatError naming the line and the field.
    """
    name = f"{folder.name}/{RACE_FILE}"
    text = decode_text(read_source(folder / RACE_FILE, MEGABYTE, name))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        place = _TOML_LINE.search(str(exc))
        line = int(place[1]) if place else None
        raise FormatError(f"no TOML ({exc})", path=name, line=line, advice=HEAD_ADVICE) from exc
    except RecursionError as exc:
        raise FormatError("no race.toml: nested too deep", path=name, advice=HEAD_ADVICE) from exc
    try:
        head = _RaceToml.model_validate(document)
    except ValidationError as exc:
        fault = first_fault(exc)
        line = 1 if fault.is_missing else _line_of(text, str(fault.path[0]))
        advice = _ADVICE_OF.get(fault.field, HEAD_ADVICE)
        raise FormatError(fault.what, path=name, line=line, field=fault.field, advice=advice) from exc
    if head.id != folder.name:
        raise FormatError(
            f"the id is {clean_name(head.id)!r}, the folder's name {folder.name!r}",
            path=name,
            line=_line_of(text, "id"),
            field="id",
            advice="they have to be the same",
        )
    noon = datetime(head.date.year, head.date.month, head.date.day, 12, tzinfo=UTC)
    if abs(head.gun - noon) > _FURTHEST_GUN:
        raise FormatError(
            "the gun is not on the race's date",
            path=name,
            line=_line_of(text, "gun"),
            field="gun",
            advice="mend the gun or the date",
        )
    return Race(
        race_id=head.id,
        name=clean_name(head.name) or head.id,
        day=head.date,
        gun_ms=to_ms(head.gun),
        zone=head.zone,
        pilots=(),
        folder=folder,
        problems=_other_day(head, name, _line_of(text, "date")),
    )


def _other_day(head: _RaceToml, path: str, line: int | None) -> tuple[Problem, ...]:
    """A problem where the gun goes on another day than the race's, by whichever clock one takes.

    Around midnight UTC the day is the site's, UTC's or that of the offset which the gun is written with.
    """
    local = head.gun.astimezone(ZoneInfo(head.zone))
    if head.date in {local.date(), head.gun.astimezone(UTC).date(), head.gun.date()}:
        return ()
    what = f"[date] {head.date} is not the day of the gun, {local.date()} in {head.zone}"
    return (Problem(what, path, line, "mend the date, the gun or the zone"),)


def _line_of(text: str, key: str) -> int | None:
    """The line on which a key of the file, or a group of this name, begins; None where it is not found."""
    begins = re.search(
        rf"^[ \t]*(?:\[[ \t]*){{0,2}}[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", text, re.MULTILINE
    )
    return None if begins is None else text.count("\n", 0, begins.start()) + 1


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

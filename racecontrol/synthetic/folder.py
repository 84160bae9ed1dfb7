"""An invented race as the files of a race folder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from racecontrol.domain.clock import iso_utc, utc
from racecontrol.formats.igc_writer import NEWLINE, extension_records
from racecontrol.synthetic.course import xctsk
from racecontrol.synthetic.expected import expected_json
from racecontrol.synthetic.race import RaceSpec, SyntheticRace, TrackFile


def race_files(race: SyntheticRace) -> Mapping[str, bytes]:
    """The content of every file by its path inside the race folder."""
    files = {
        "race.toml": race_toml(race.spec).encode(),
        "task.xctsk": xctsk(race.spec.gun_ms).encode(),
        "pilots.csv": _pilots_csv(race).encode(),
        "expected.json": expected_json(race).encode(),
    }
    for pilot in race.pilots:
        files |= {f"tracks/{file.name}": track_bytes(file) for file in pilot.files}
    return files


def write_files(files: Mapping[str, bytes], folder: Path) -> int:
    """Write them below `folder`, which may exist, and give their size together in bytes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sum(map(len, files.values()))


def race_toml(spec: RaceSpec) -> str:
    """The race.toml of a spec."""
    return (
        f"id = {_toml(spec.race_id)}\n"
        f"name = {_toml(spec.name)}\n"
        f"date = {utc(spec.gun_ms):%Y-%m-%d}\n"
        f"gun = {iso_utc(spec.gun_ms)}\n"
        f"zone = {_toml(spec.zone)}\n"
    )


def track_bytes(file: TrackFile) -> bytes:
    """An IGC file; one without a line is an empty file, as a tracker leaves it that was never switched on."""
    if not file.lines:
        return b""
    head = [
        b"AXXXSYN001",
        f"HFDTE{file.day}".encode(),
        f"HFPLTPILOTINCHARGE:{file.pilot_name}".encode(file.encoding),
        b"HFGTYGLIDERTYPE:Racecontrol Synthetic",
        b"HFDTM100GPSDATUM:WGS-1984",
        *extension_records(file.layout),
    ]
    return b"".join(line + NEWLINE for line in (*head, *(line.text for line in file.lines)))


def _pilots_csv(race: SyntheticRace) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_rows(race))
    return text.getvalue()


def _rows(race: SyntheticRace) -> Iterator[list[str]]:
    yield ["bib", "name", "nation", "tracker", "track"]
    for pilot in race.pilots:
        tracks = "|".join(file.name for file in pilot.files)
        yield [pilot.bib, pilot.person.name, pilot.person.nation, pilot.tracker, tracks]


def _toml(text: str) -> str:
    # A JSON string without surrogate escapes is a TOML basic string.
    return json.dumps(text, ensure_ascii=False)

"""An invented race as the files of a race folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from racecontrol.domain.clock import utc
from racecontrol.domain.race import Pilot, Race
from racecontrol.errors import RaceError
from racecontrol.formats.igc_layout import extension_records
from racecontrol.formats.igc_writer import NEWLINE
from racecontrol.formats.race_toml import write_head
from racecontrol.formats.roster import write_roster
from racecontrol.formats.xctsk import write_xctsk
from racecontrol.synthetic.course import task_at
from racecontrol.synthetic.expected import expected_json
from racecontrol.synthetic.race import SyntheticRace, TrackFile


def race_files(race: SyntheticRace) -> dict[str, bytes]:
    """The content of every file by its path inside the race folder."""
    spec = race.spec
    head = Race(spec.race_id, spec.name, utc(spec.gun_ms).date(), spec.gun_ms, spec.zone, ())
    # The names are raw, as an organiser's list would have them: cleaning is the reader's part.
    pilots = (
        (
            Pilot(one.bib, one.person.name, (one.tracker,), one.person.nation),
            [file.name for file in one.files],
        )
        for one in race.pilots
    )
    files = {
        "race.toml": write_head(head),
        "task.xctsk": write_xctsk(task_at(spec.gun_ms)),
        "pilots.csv": write_roster(pilots),
        "expected.json": expected_json(race),
    }
    tracks = [file for pilot in race.pilots for file in pilot.files]
    return {
        **{name: text.encode() for name, text in files.items()},
        **{f"tracks/{file.name}": track_bytes(file) for file in tracks},
    }


def write_files(files: Mapping[str, bytes], folder: Path) -> int:
    """Write them into `folder`, which must not exist, and give their size together in bytes.

    Raises: RaceError where the folder exists or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except FileExistsError as exc:
        raise RaceError(f"{folder} exists", advice="remove it or choose another folder") from exc
    except OSError as exc:
        what = f"cannot write the race folder {folder} ({exc.strerror or exc})"
        raise RaceError(what, advice="name another folder with --out") from exc
    return sum(map(len, files.values()))


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

"""Race folders: what opens, what is told, and what never leaves the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from racecontrol.domain.race import Race
from racecontrol.domain.track import RepairKind
from racecontrol.errors import FormatError, RaceControlError, RaceError
from racecontrol.formats.racefolder import (
    find_race,
    is_race_id,
    list_races,
    open_race,
    race_folders,
    read_pilot_track,
    write_race,
)
from racecontrol.settings import Settings
from tests.unit.formats.igc_text import HEADER, b_line, utc_ms
from tests.unit.formats.test_xctsk import TASK

HEAD = 'id = "R42"\ndate = 2026-05-26\ngun = 2026-05-26T11:45:00Z\n'
TRACK = HEADER + b_line("114400") + b_line("114500") + b_line("114501")


def make_folder(
    where: Path,
    pilots: str = "bib,name,tracker,track\n118,Anna Berg,T1,118.igc\n",
    head: str = "",
    race_id: str = "R42",
    **tracks: str,
) -> Path:
    """A race folder. tracks: contents by stem; without any, bib 118 has one."""
    folder = where / race_id
    (folder / "tracks").mkdir(parents=True)
    head = head or f'id = "{race_id}"\nname = "Coupe"\ndate = 2026-05-26\ngun = 2026-05-26T13:45:00+02:00\n'
    (folder / "race.toml").write_text(head)
    (folder / "pilots.csv").write_text(pilots)
    for stem, content in (tracks or {"118": TRACK}).items():
        (folder / "tracks" / f"{stem}.igc").write_text(content)
    return folder


def _told(race: Race) -> list[str]:
    return [str(problem) for problem in race.problems]


def test_a_race_opens_with_its_gun_in_utc(tmp_path: Path) -> None:
    """The gun is a moment; the zone is for screens, and UTC if none is given."""
    race = open_race(make_folder(tmp_path))

    assert (race.race_id, race.name, race.gun_ms, race.zone) == ("R42", "Coupe", utc_ms(11, 45), "UTC")
    assert [pilot.bib for pilot in race.pilots] == ["118"]
    assert not race.problems


def test_initial_points_of_a_pilot_are_read(tmp_path: Path) -> None:
    """The whole second of the gun is in, the next is not; the flight is the pilot's in this race."""
    race = open_race(make_folder(tmp_path))

    track = read_pilot_track(race, race.pilots[0])

    assert track.fixes.flight.flight_id == "R42/118"
    assert len(race.initial_points(track.fixes)) == 2


def test_tracks_are_matched_by_name_bib_or_tracker(tmp_path: Path) -> None:
    """What the list names comes first; else a stem that is the bib or a tracker, in any case."""
    pilots = "bib,tracker,track\n1,,flight one.igc\n2,,\n3,AB9,\n4,,\n"
    names = {"flight one": TRACK, "2": TRACK, "ab9": TRACK, "1": TRACK}
    race = open_race(make_folder(tmp_path, pilots, **names))

    assert [[path.name for path in pilot.tracks] for pilot in race.pilots] == [
        ["flight one.igc"],
        ["2.igc"],
        ["ab9.igc"],
        [],
    ]
    assert _told(race) == ["R42/tracks/1.igc: belongs to no pilot: name it in pilots.csv"]


def test_a_track_named_for_two_pilots_stays_with_the_first(tmp_path: Path) -> None:
    """One track is one pilot's."""
    race = open_race(make_folder(tmp_path, "bib,track\n1,118.igc\n2,118.igc\n"))

    assert [len(pilot.tracks) for pilot in race.pilots] == [1, 0]
    assert _told(race) == ["R42/tracks/118.igc: is the track of bib 1 already: a track is one pilot's"]


@pytest.mark.parametrize("name", ["../../118.igc", "/etc/passwd", "..\\118.igc", "sub/118.igc", "gone.igc"])
def test_a_named_file_outside_the_tracks_is_no_track(tmp_path: Path, name: str) -> None:
    """A pilot list can name files of the folder tracks/ only."""
    (tmp_path / "118.igc").write_text(TRACK)
    race = open_race(make_folder(tmp_path, f"bib,track\n118,{name}\n"))

    assert race.pilots[0].tracks == ()
    assert (
        f"R42/pilots.csv:2: {name!r} is no track in tracks/: put the file there, or mend its name"
        in _told(race)
    )


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    """Neither a linked file nor a linked folder of tracks."""
    (tmp_path / "secret.igc").write_text(TRACK)
    folder = make_folder(tmp_path)
    (folder / "tracks" / "118.igc").unlink()
    (folder / "tracks" / "118.igc").symlink_to(tmp_path / "secret.igc")
    linked = make_folder(tmp_path, race_id="R43")
    (linked / "tracks").rename(tmp_path / "elsewhere")
    (linked / "tracks").symlink_to(tmp_path / "elsewhere")

    for race in (open_race(folder), open_race(linked)):
        assert race.pilots[0].tracks == ()
        assert "leads out of the race folder" in _told(race)[0]


def test_of_two_files_an_empty_one_is_told_and_the_other_read(tmp_path: Path) -> None:
    """A pilot with one good file has a track."""
    pilots = "bib,track\n118,118.igc|again.igc\n"
    race = open_race(make_folder(tmp_path, pilots, **{"118": "", "again": TRACK}))

    track = read_pilot_track(race, race.pilots[0])

    assert len(track.fixes) == 3
    assert [str(problem) for problem in track.problems] == [
        "R42/tracks/118.igc: the file is empty: download the track again"
    ]


def test_two_files_with_the_same_positions_count_honestly(tmp_path: Path) -> None:
    """The first file's fixes stand, the second's are repairs with their own file and line."""
    pilots = "bib,track\n118,118.igc|again.igc\n"
    higher = TRACK.replace("00895", "00902")
    race = open_race(make_folder(tmp_path, pilots, **{"118": TRACK, "again": higher}))

    track = read_pilot_track(race, race.pilots[0])

    assert (track.b_records, len(track.fixes), track.dropped) == (6, 3, 3)
    assert track.repairs.count(RepairKind.SAME_TIME_SAME_POSITION) == 3
    assert {repair.file for repair in track.repairs} == {"R42/tracks/again.igc"}
    assert track.fixes.gnss_alt_m is not None
    assert set(track.fixes.gnss_alt_m.tolist()) == {895}


def test_a_pilot_without_a_track_cannot_be_read(tmp_path: Path) -> None:
    """No file, or none that can be read, is an error that says which."""
    race = open_race(make_folder(tmp_path, "bib,track\n1,\n2,118.igc\n", **{"118": "noise"}))

    with pytest.raises(RaceError, match="no track file"):
        read_pilot_track(race, race.pilots[0])
    with pytest.raises(FormatError, match=r"R42/tracks/118\.igc: no IGC file: .*: download"):
        read_pilot_track(race, race.pilots[1])


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ('id = "R42"\ndate = \n', r":2: no TOML .*: it needs"),
        ('id = "R42"\ndate = 2026-05-26\n', r":1 \[gun\]: it is missing: it needs id, date, gun"),
        (HEAD.replace("Z", ""), r":3 \[gun\]: it has no timezone: .*: it needs"),
        (HEAD.replace("05-26T", "06-26T"), r":3 \[gun\]: the gun is not on the race's date: mend"),
        (HEAD + 'zone = "Paris"\n', r":4 \[zone\]: there is no such time zone: use an IANA name"),
        (
            "# the first\n\n" + HEAD.replace("R42", "R1"),
            r":3 \[id\]: the id is 'R1', the folder's name 'R42': they",
        ),
        (HEAD.replace('"R42"', "42"), r":1 \[id\]: it has to be text, in quotes: it needs"),
        (
            HEAD.replace("2026", "0001") + 'zone = "America/Lima"\n',
            r":2 \[date\]: it has to be a day from 1970",
        ),
        (HEAD + "gunn = 1\n", r":4 \[gunn\]: there is no such key: it needs"),
        (HEAD + "\n [ foo ]\na = 1\n", r":5 \[foo\]: there is no such key: it needs"),
        ("a = " + "[" * 5000, "TOML|deep"),
    ],
)
def test_a_wrong_race_toml_is_told_by_line_and_field(tmp_path: Path, head: str, message: str) -> None:
    """With what to do: without a gun there is no race."""
    with pytest.raises(FormatError, match=rf"R42/race\.toml.*{message}"):
        open_race(make_folder(tmp_path, head=head))


@pytest.mark.parametrize(
    ("day", "gun", "zone", "is_told"),
    [
        ("2026-05-27", "2026-05-26T11:45:00Z", "Europe/Paris", True),
        ("2026-05-27", "2026-05-26T11:45:00Z", "", True),
        ("2026-05-25", "2026-05-26T00:30:00+02:00", "Europe/Paris", False),
        ("2026-05-26", "2026-05-25T22:30:00Z", "Europe/Paris", False),
        ("2026-05-27", "2026-05-26T22:30:00Z", "Pacific/Auckland", False),
        ("2026-05-26", "2026-05-26T22:30:00Z", "Pacific/Auckland", False),
        ("2026-05-27", "2026-05-27T10:30:00+12:00", "", False),
        ("2026-05-25", "2026-05-26T22:30:00Z", "Pacific/Auckland", True),
    ],
)
def test_a_gun_of_another_day_is_told(tmp_path: Path, day: str, gun: str, zone: str, is_told: bool) -> None:
    """By the site's day, by UTC's and by that of its offset; the race opens all the same."""
    head = f'id = "R42"\ndate = {day}\ngun = {gun}\n' + (f'zone = "{zone}"\n' if zone else "")

    told = _told(open_race(make_folder(tmp_path, head=head)))

    assert [one.startswith(f"R42/race.toml:2: [date] {day} is not the day") for one in told] == [
        True
    ] * is_told


def test_a_race_opens_without_its_task(tmp_path: Path) -> None:
    """A task that cannot be read is told; the pilots start all the same."""
    folder = make_folder(tmp_path)
    (folder / "task.xctsk").write_text('{\n"turnpoints": []}')

    race = open_race(folder)

    assert race.task is None
    assert _told(race) == [
        "R42/task.xctsk:2: [turnpoints] it has to have 1 or more, and has 0: export the task once more; "
        "without it the race has no course"
    ]


def test_a_written_race_opens_as_it_was(tmp_path: Path) -> None:
    """race.toml, pilots and task come back; names may hold quotes and any letters."""
    race = replace(
        open_race(make_folder(tmp_path)), name='Coupe "Icare" · \\ 3', zone="Europe/Paris", task=TASK
    )
    folder = tmp_path / "copy" / "R42"

    write_race(race, folder, {})

    opened = open_race(folder)
    assert replace(opened, folder=race.folder, pilots=race.pilots) == race
    assert opened.pilots == (replace(race.pilots[0], tracks=()),)


def test_an_unknown_race_names_those_there_are(tmp_path: Path) -> None:
    """And where it looked; a path is no id."""
    make_folder(tmp_path)

    for race_id in ("R43", "../R42", "", "x" * 41):
        with pytest.raises(RaceError, match=f"no race .* in {tmp_path}: the races there are: R42"):
            find_race(race_id, [tmp_path])


def test_the_first_folder_that_has_a_race_gives_it(tmp_path: Path) -> None:
    """A site's race stands before one of the same id that was shipped."""
    make_folder(tmp_path / "site")
    make_folder(tmp_path / "shipped")
    make_folder(tmp_path / "shipped", race_id="R41")
    folders = [tmp_path / "none", tmp_path / "site", tmp_path / "shipped"]

    races, problems = list_races(folders)

    assert find_race("R42", folders).folder == tmp_path / "site" / "R42"
    assert [(race.race_id, race.folder) for race in races] == [
        ("R41", tmp_path / "shipped" / "R41"),
        ("R42", tmp_path / "site" / "R42"),
    ]
    assert not problems


def test_races_that_cannot_be_opened_are_listed_with_the_reason(tmp_path: Path) -> None:
    """One broken folder hides no other."""
    make_folder(tmp_path)
    make_folder(tmp_path, race_id="R43", head="gun")
    make_folder(tmp_path, race_id="no id")

    races, problems = list_races([tmp_path])

    assert [race.race_id for race in races] == ["R42"]
    assert [problem.path for problem in problems] == ["R43/race.toml", "no id"]


def test_shipped_races_open_anywhere(tmp_path: Path) -> None:
    """R42 is found without a folder of one's own."""
    folders = race_folders(Settings(data_dir=tmp_path))

    assert folders[0] == tmp_path / "races"
    assert len(find_race("R42", folders).pilots) == 40


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("R42", True),
        ("a_b-1", True),
        ("x" * 40, True),
        ("x" * 41, False),
        ("-x", False),
        ("a/b", False),
        ("R42\n", False),
        ("é", False),
        ("tracker", False),
        ("Tracker", False),
        ("tracker2", True),
    ],
)
def test_a_race_id_is_letters_digits_and_two_signs(text: str, is_id: bool) -> None:
    """It goes into file names and keys; tracker/SERIAL is a flight of no race."""
    assert is_race_id(text) is is_id


def test_a_folder_without_race_toml_is_no_race(tmp_path: Path) -> None:
    """Neither is one that is not there."""
    for folder in (tmp_path, tmp_path / "R42"):
        with pytest.raises(RaceControlError):
            open_race(folder)

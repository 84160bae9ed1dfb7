"""Race folders made out of a competition's own files."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from racecontrol.domain.race import Race
from racecontrol.errors import FormatError, RaceError
from racecontrol.formats import track_source
from racecontrol.formats.archive import ArchiveLimits
from racecontrol.formats.race_import import ImportRequest, import_race
from tests.file_modes import modes_that_count
from tests.shared_data import shared_data
from tests.unit.formats.igc_text import utc_ms
from tests.unit.formats.test_fsdb import COMPETITION
from tests.unit.formats.test_racefolder import TRACK

EVERYBODY = """<FsParticipant id="7"><FsFlightData tracklog_filename="Flight A.igc"/></FsParticipant>
<FsParticipant id="118"><FsFlightData tracklog_filename=""/></FsParticipant>"""


def make_request(where: Path, flown: Mapping[str, str], **changes: object) -> ImportRequest:
    """Task T1 of a competition of two pilots, with tracks of these names."""
    start = COMPETITION.index('<FsParticipant id="7">\n')
    end = COMPETITION.index("</FsParticipants>", start)
    (where / "comp.fsdb").write_text(COMPETITION[:start] + EVERYBODY + COMPETITION[end:])
    source = where / "flown"
    for name, content in flown.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(content)
    request = ImportRequest("C1", where / "comp.fsdb", "T1", source, where / "races")
    return replace(request, **changes)  # type: ignore[arg-type]


def _tracks(race: Race) -> dict[str, list[str]]:
    return {pilot.bib: [path.name for path in pilot.tracks] for pilot in race.pilots}


def test_a_competition_becomes_a_race(tmp_path: Path) -> None:
    """Name, gun, day, task and pilots are those of FS."""
    race = import_race(make_request(tmp_path, {"Flight A.igc": TRACK}))

    assert (race.race_id, race.name, race.gun_ms) == ("C1", "Coupe Icare · T1", utc_ms(8))
    assert [pilot.name for pilot in race.pilots] == ["Bo Ek", "Anna Berg"]
    assert race.task is not None
    assert [turnpoint.name for turnpoint in race.task.turnpoints] == ["D01", "B15", "B15", "PC"]


def test_official_starts_come_with_the_pilots(tmp_path: Path) -> None:
    """As FS has them, at the site's offset; one that cannot be read costs nobody the task."""
    request = make_request(tmp_path, {"7.igc": TRACK})
    text = request.fsdb.read_text()
    starts = {'="Flight A.igc"': "2026-05-26T13:30:05", '=""': "noon"}
    for file, start in starts.items():
        text = text.replace(f"tracklog_filename{file}", f'tracklog_filename{file} started_ss="{start}"')
    request.fsdb.write_text(text)

    race = import_race(request)

    assert [pilot.started_ms for pilot in race.pilots] == [utc_ms(8) + 5_000, None]
    assert [(problem.what, problem.bib) for problem in race.problems] == [
        ("[FsFlightData@started_ss] 'noon' is no time such as 2019-05-26T13:45:00+02:00", "118")
    ]


@pytest.mark.parametrize(
    "name", ["118.igc", "0118.IGC", "2026-05-26-XYZ-Anna_Berg-01.igc", "bérg anna.igc.gz"]
)
def test_a_track_that_fs_does_not_name_is_found_by_its_stem(tmp_path: Path, name: str) -> None:
    """By the bib, with zeros before it or not, or by all words of the pilot's name; FS's own names first."""
    race = import_race(make_request(tmp_path, {"sub/flight a.igc": TRACK, name: TRACK, "x.igc": TRACK}))

    assert _tracks(race) == {"7": ["flight a.igc"], "118": [name]}
    assert [problem.path for problem in race.problems] == ["C1/tracks/x.igc"]


def test_the_second_gate_can_be_the_gun(tmp_path: Path) -> None:
    """A start with several gates; one that is not there is refused with their number."""
    race = import_race(make_request(tmp_path, {"7.igc": TRACK}, gate=2))

    assert race.gun_ms == utc_ms(8, 30)
    with pytest.raises(FormatError, match="no start gate 3: task T1 has 2"):
        import_race(make_request(tmp_path, {}, gate=3, race_id="C2"))


@pytest.mark.parametrize(
    ("offset", "given", "zone"),
    [
        ("2", "", "Etc/GMT-2"),
        ("-3", "", "Etc/GMT+3"),
        ("5,5", "", "UTC"),
        ("0", "", "UTC"),
        ("2", "Europe/Paris", "Europe/Paris"),
    ],
)
def test_the_zone_is_the_site_s_offset_unless_told(
    tmp_path: Path, offset: str, given: str, zone: str
) -> None:
    """Zones of a fixed offset have reversed signs, and there are none for half hours."""
    request = make_request(tmp_path, {"7.igc": TRACK}, zone=given)
    text = request.fsdb.read_text().replace('utc_offset="5,5"', f'utc_offset="{offset}"')
    request.fsdb.write_text(text)

    assert import_race(request).zone == zone


def test_an_existing_race_is_replaced_only_by_force(tmp_path: Path) -> None:
    """And nothing else is left in the folder of races."""
    import_race(make_request(tmp_path, {"7.igc": TRACK}))

    with pytest.raises(RaceError, match=r"race C1 exists in .*: add --force to replace it"):
        import_race(make_request(tmp_path, {}))
    import_race(make_request(tmp_path, {"118.igc": TRACK}, is_forced=True))
    assert [path.name for path in (tmp_path / "races").iterdir()] == ["C1"]
    assert (tmp_path / "races" / "C1" / "tracks" / "118.igc").exists()


@pytest.mark.parametrize(
    "changes", [{"task": "T9"}, {"zone": "Nowhere"}, {"tracks": Path("gone")}, {"race_id": "../C1"}]
)
def test_a_failed_import_leaves_nothing_behind(tmp_path: Path, changes: dict[str, object]) -> None:
    """It is built beside its place and moved there whole."""
    with pytest.raises((FormatError, RaceError)):
        import_race(make_request(tmp_path, {"7.igc": TRACK}, **changes))

    assert not list(tmp_path.glob("races/*"))


def _archive(path: Path, names: Mapping[str, str]) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as zipped:
            for name, content in names.items():
                zipped.writestr(name, content)
        return path
    with tarfile.open(path, "w:xz") as tarred:
        for name, content in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tarred.addfile(member, io.BytesIO(content.encode()))
        link = tarfile.TarInfo("link.igc")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tarred.addfile(link)
    return path


@pytest.mark.parametrize("name", ["tracks.zip", "tracks.tar.xz"])
def test_an_archive_of_tracks_is_unpacked_into_the_race_only(tmp_path: Path, name: str) -> None:
    """Folders in it come to nothing, as do links and paths that lead out; other files are left out."""
    members = {
        "T1/Flight A.igc": TRACK,
        "118.igc": TRACK,
        "../../7.igc": TRACK,
        "readme.txt": "x",
        "evil\\..\\x.igc": TRACK,
    }
    archive = _archive(tmp_path / name, members)

    race = import_race(make_request(tmp_path, {}, tracks=archive))

    assert _tracks(race) == {"7": ["Flight A.igc"], "118": ["118.igc"]}
    assert sorted(path.name for path in tmp_path.rglob("*.igc")) == ["118.igc", "Flight A.igc"]


@pytest.mark.parametrize("limits", [{"most_files": 1}, {"most_entries": 1}, {"most_bytes": 100}])
def test_an_archive_of_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    """By number of tracks, of entries and by their sum; nothing is left behind."""
    monkeypatch.setattr(track_source, "ARCHIVE_LIMITS", ArchiveLimits(**limits))
    archive = _archive(tmp_path / "tracks.tar.xz", {"7.igc": TRACK, "118.igc": TRACK})

    with pytest.raises(FormatError, match=r"more than"):
        import_race(make_request(tmp_path, {}, tracks=archive))
    assert not list(tmp_path.glob("races/*"))


@pytest.mark.parametrize("content", [b"", b"noise", b"PK\x03\x04torn"])
def test_a_damaged_archive_is_told(tmp_path: Path, content: bytes) -> None:
    """With what can be given instead."""
    (tmp_path / "tracks.zip").write_bytes(content)

    with pytest.raises(FormatError, match=r"tracks.zip: .*: send"):
        import_race(make_request(tmp_path, {}, tracks=tmp_path / "tracks.zip"))


def test_a_real_competition_is_imported_whole(tmp_path: Path) -> None:
    """127 pilots of Chamousset, each with a track, out of the archive as it is published."""
    folder = shared_data("pwc-chamousset-2019")
    fsdb = next(folder.glob("*.xml"))

    race = import_race(ImportRequest("C1", fsdb, "T1", folder / "task-1-tracks.tar.xz", tmp_path))

    assert (len(race.pilots), all(pilot.tracks for pilot in race.pilots)) == (127, True)
    assert sum(pilot.started_ms is not None for pilot in race.pilots) == 125
    assert (race.gun_ms, race.zone, race.problems) == (1_558_871_100_000, "Etc/GMT-2", ())


OTHER = TRACK.replace("114501", "114502")


@pytest.mark.parametrize("kind", ["folder", "tracks.zip", "tracks.tar.xz"])
@pytest.mark.parametrize(("first", "second"), [("a/118.igc", "b/118.IGC"), ("b/118.igc", "a/118.igc")])
def test_of_two_tracks_of_one_name_the_first_by_path_stands(
    tmp_path: Path, kind: str, first: str, second: str
) -> None:
    """Out of a folder and out of an archive of any order; which one is told."""
    tracks = {first: TRACK, "z/118.igc": TRACK, second: OTHER}
    stands, falls = sorted([first, second])
    flown = tracks if kind == "folder" else {}
    request = make_request(tmp_path, flown)
    if kind != "folder":
        request = replace(request, tracks=_archive(tmp_path / kind, tracks))

    race = import_race(request)

    assert race.folder is not None
    assert [path.read_text() for path in (race.folder / "tracks").iterdir()] == [tracks[stands]]
    told = [str(problem) for problem in race.problems]
    assert f"{request.tracks.name}/{falls}: not taken: {stands} has the same name, and stands" in told[0]


def test_a_track_that_an_archive_cannot_give_is_told(tmp_path: Path) -> None:
    """A link, or a path that leads out."""
    archive = _archive(tmp_path / "tracks.tar.xz", {"Flight A.igc": TRACK, "../118.igc": TRACK})

    race = import_race(make_request(tmp_path, {}, tracks=archive))

    assert [(problem.path, problem.what) for problem in race.problems] == [
        ("tracks.tar.xz/../118.igc", "not taken: a path that leads out of the archive"),
        ("tracks.tar.xz/link.igc", "not taken: a link"),
    ]


@pytest.mark.parametrize("kind", ["folder", "tracks.zip"])
def test_a_source_without_tracks_is_told(tmp_path: Path, kind: str) -> None:
    """The race is made all the same: the tracks may come later."""
    request = make_request(tmp_path, {"readme.txt": "x"})
    if kind != "folder":
        request = replace(request, tracks=_archive(tmp_path / kind, {"readme.txt": "x"}))

    race = import_race(request)

    assert [str(problem) for problem in race.problems] == [
        f"{request.tracks}: there is no track (.igc, .igc.gz) in it: name the folder or the archive that the "
        "tracks are in with --tracks"
    ]


def test_a_track_that_fs_names_and_is_not_there_is_told(tmp_path: Path) -> None:
    """Who has another, found by its stem, is not missing one."""
    race = import_race(make_request(tmp_path, {"118.igc": TRACK}))

    assert [str(problem) for problem in race.problems] == [
        "comp.fsdb: the track of bib 7, 'Flight A.igc', is not among the tracks: add it and import with "
        "--force, or upload it later"
    ]


def test_what_cannot_be_read_of_a_folder_of_tracks_is_told(tmp_path: Path) -> None:
    """A folder inside it, or a file; the others are taken."""
    request = make_request(tmp_path, {"7.igc": TRACK, "118.igc": TRACK, "closed/x.igc": TRACK})
    (request.tracks / "118.igc").chmod(0o000)
    (request.tracks / "closed").chmod(0o000)

    with modes_that_count():
        race = import_race(request)

    assert _tracks(race) == {"7": ["7.igc"], "118": []}
    assert [(problem.path, problem.what) for problem in race.problems] == [
        ("flown/closed/*.igc", "not taken: cannot be read (Permission denied)"),
        ("flown/118.igc", "not taken: cannot be read (Permission denied)"),
    ]


def test_a_folder_of_tracks_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A race without a track would look as if nobody had flown."""
    request = make_request(tmp_path, {"7.igc": TRACK})
    request.tracks.chmod(0o000)

    with modes_that_count(), pytest.raises(FormatError, match=r"flown: cannot be read \(Permission denied\)"):
        import_race(request)
    assert not list(tmp_path.glob("races/*"))


def test_a_folder_of_races_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Closed, or below a file."""
    request = make_request(tmp_path, {"7.igc": TRACK})
    request.into.mkdir(mode=0o000)

    for into in (request.into, request.into / "deeper", request.fsdb / "races", tmp_path / ("x" * 300)):
        with modes_that_count(), pytest.raises(RaceError, match=r"cannot write .*C1 \(.*\): give a folder"):
            import_race(replace(request, into=into))

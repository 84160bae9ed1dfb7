"""Uploading track files: what is accepted, refused, known, and that a repeat adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.domain.race import Pilot
from racecontrol.errors import ConfigError, ServerUnavailable
from racecontrol.pipeline.upload import Uploader, UploadReport
from racecontrol.pipeline.upload_files import track_files
from racecontrol.pipeline.uploads import upload_items
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes, make_flight, make_race
from tests.shared_data import shared_data
from tests.unit.formats.archives import IGC, make_tar, make_zip

RACE = make_race([Pilot("118", "Anna Berg", ("T9",)), Pilot("7", "Ola Nordmann")])
OTHER_IGC = IGC.replace(b"113000", b"113100")


class FixedClock:
    """Stands still."""

    def now_ms(self) -> int:
        return 1_000

    def monotonic_s(self) -> float:
        return 0.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "racecontrol.db") as opened:
        yield opened


async def upload(
    queue: PriorityQueue, store: SqliteStore, paths: Sequence[Path], bib: str = ""
) -> UploadReport:
    return await Uploader(RACE, queue, store, bib, clock=FixedClock()).upload(track_files(paths))


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


async def test_folders_and_archives_are_stored(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """Tracks of a folder, a zip and a tar are queued for their pilots, and stored."""
    folder = write(
        tmp_path / "in",
        **{
            "118__igc": IGC,
            "a__zip": make_zip(("x/Nordmann_Ola.igc", IGC)),
            "b__tgz": make_tar(("t9.igc", OTHER_IGC)),
        },
    )
    report = await upload(queue, store, [folder])
    await Worker(queue, store).run(until_empty=True)

    assert [(file.bib, file.points) for file in report.accepted] == [("118", 1), ("7", 1), ("118", 1)]
    assert [(one.flight.flight_id, one.points) for one in store.flights("R42")] == [
        ("R42/118", 2),
        ("R42/7", 1),
    ]


async def test_refused_files_do_not_stop_the_others(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """Every file that cannot be taken is told with its reason; the good ones are accepted."""
    bad = make_zip(("../118.igc", IGC), ("readme.txt", b"hello"), ("999.igc", IGC), ("118.igc", b"nothing"))
    folder = write(tmp_path / "in", **{"a__zip": bad, "b__zip": b"PK\x03\x04 torn", "118__igc": IGC})
    report = await upload(queue, store, [folder, tmp_path / "absent.igc"])
    reasons = [file.reason for file in report.refused]

    assert len(report.accepted) == 1
    assert "a path that leads out of the archive" in reasons
    assert "is no track: its name does not end in .igc" in reasons
    assert any(reason.startswith("belongs to no pilot of R42") for reason in reasons)
    assert "the zip file is damaged: send it again" in reasons
    assert len(reasons) == 6


async def test_a_repeat_skips_what_was_accepted(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A second upload sends only what is new; a file under another name is the same file."""
    folder = write(tmp_path / "in", **{"118__igc": IGC})
    await upload(queue, store, [folder])
    write(folder, **{"t9__igc": IGC, "7__igc": IGC})
    report = await upload(queue, store, [folder])

    assert ([file.bib for file in report.accepted], len(report.known)) == (["7"], 2)


async def test_an_upload_that_died_is_finished(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the server has the items and before they are remembered: a repeat adds none twice."""
    folder = write(tmp_path / "in", **{"118__igc": IGC, "7__igc": IGC})

    def die(_: object) -> None:
        raise ServerUnavailable("gone")

    monkeypatch.setattr(store, "record_uploads", die)
    with pytest.raises(ServerUnavailable):
        await upload(queue, store, [folder])
    monkeypatch.undo()
    report = await upload(queue, store, [folder])

    assert (len(report.accepted), report.added, report.duplicates) == (2, 0, 2)
    assert (await queue.stats(UPLOAD_POINTS)).ready == 2


async def test_older_uploads_are_served_first(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """The priority is minus the time of receipt."""
    await upload(queue, store, [write(tmp_path / "in", **{"118__igc": IGC})])
    (item,) = (await queue.lease_batch(UPLOAD_POINTS, 1)).items

    assert item.priority == -1_000.0


async def test_a_bib_for_all_files(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """With a bib given, names of files do not matter; a bib nobody has is refused before anything is read."""
    folder = write(tmp_path / "in", **{"whatever__igc": IGC})
    report = await upload(queue, store, [folder], bib="7")

    assert [file.flight_id for file in report.accepted] == ["R42/7"]
    with pytest.raises(ConfigError):
        await upload(queue, store, [folder], bib="8")


def test_item_ids_follow_from_flight_and_content() -> None:
    """The same flight is the same items; another flight with equal points is others."""
    one = upload_items(make_fixes(), -5)
    other = upload_items(make_fixes(flight=make_flight("119")), -5)

    assert one == upload_items(make_fixes(), -5)
    assert one[0].item_id != other[0].item_id


async def test_odd_files_are_accepted_or_refused(queue: PriorityQueue, store: SqliteStore) -> None:
    """Every odd file of the shared set is accepted, or refused with a reason."""
    folder = shared_data("odd-igc")
    found = list(track_files([folder]))
    report = await upload(queue, store, [folder], bib="7")

    assert len(found) == len(report.outcomes)
    assert len(report.accepted) == 16
    assert all(file.reason for file in report.refused)

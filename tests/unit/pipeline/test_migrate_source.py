"""A staged migration belongs to one run at a time, and outlives it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from racecontrol.errors import RaceControlError
from racecontrol.pipeline import migrate_source
from racecontrol.pipeline.migrate_source import Checkpoint, MigrationSource, Staging
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes


@pytest.fixture
def source(tmp_path: Path) -> MigrationSource:
    path = tmp_path / "a.csv"
    path.write_text("flight,time,lat,lon\n1,2026-05-26T11:45:00Z,45,6\n1,2026-05-26T11:45:01Z,45,6\n")
    return MigrationSource(path)


def test_a_second_run_is_refused(tmp_path: Path, source: MigrationSource) -> None:
    """It would write into the staging file of the first."""
    with (
        Staging(tmp_path / "m", source),
        pytest.raises(RaceControlError, match=r"a\.csv is being migrated already") as refused,
    ):
        Staging(tmp_path / "m", source)

    assert refused.value.exit_code == 1


def test_another_source_is_migrated_beside_it(tmp_path: Path, source: MigrationSource) -> None:
    """Only runs of one source, read in one way, shut each other out."""
    with (
        Staging(tmp_path / "m", source),
        Staging(tmp_path / "m", MigrationSource(source.path, bib="7")) as one,
    ):
        one.fill(lambda _: None)

        assert one.at.rows == 2


def test_a_run_leaves_no_lock_behind(tmp_path: Path, source: MigrationSource) -> None:
    """The next run may begin, and a folder of finished migrations is empty."""
    for _ in range(2):
        with Staging(tmp_path / "m", source) as staging:
            staging.fill(lambda _: None)
            staging.discard()

    assert list((tmp_path / "m").iterdir()) == []


@pytest.mark.parametrize("is_short", [True, False])
def test_a_checkpoint_without_its_rows_is_begun_anew(
    tmp_path: Path, source: MigrationSource, monkeypatch: pytest.MonkeyPatch, is_short: bool
) -> None:
    """Whether the staging file is gone or was cut short."""
    monkeypatch.setattr(migrate_source, "CHECKPOINT_ROWS", 1)
    with Staging(tmp_path / "m", source) as staging:
        staging.fill(lambda _: None)
        staging.reach(queued_flights=1)
    (rows,) = (tmp_path / "m").glob("*.rows")
    if is_short:
        os.truncate(rows, 10)
    else:
        rows.unlink()
    with Staging(tmp_path / "m", source) as staging:
        assert staging.at == Checkpoint()
        staging.fill(lambda _: None)
        with staging.open() as staged:
            assert staged.flights() == [("1", 2)]


def test_a_checkpoint_without_its_store_is_begun_anew(tmp_path: Path) -> None:
    """What was staged of another store is copied again, not taken for a store without flights."""
    with SqliteStore(tmp_path / "other.db") as other:
        other.write([make_fixes()])
    source = MigrationSource(tmp_path / "other.db")
    with Staging(tmp_path / "m", source) as staging:
        staging.fill(lambda _: None)
    (staged_store,) = (tmp_path / "m").glob("*.db")
    staged_store.unlink()
    with Staging(tmp_path / "m", source) as staging:
        staging.fill(lambda _: None)
        with staging.open() as staged:
            assert staged.flights() == [("R42/118", 3)]


def test_a_list_of_refused_rows_that_is_gone_is_made_anew(
    tmp_path: Path, source: MigrationSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeat that goes on after a checkpoint has all of them in it, whoever deleted it."""
    monkeypatch.setattr(migrate_source, "CHECKPOINT_ROWS", 1)
    with source.path.open("a") as file:
        file.write("1,never,45,6\n")
    for _ in range(2):
        with Staging(tmp_path / "m", source) as staging:
            staging.fill(lambda _: None)
            assert len(staging.faults_path.read_text().splitlines()) == 1
            staging.faults_path.unlink()

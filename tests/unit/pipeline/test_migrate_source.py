"""A staged migration belongs to one run at a time, and outlives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.errors import RaceControlError
from racecontrol.pipeline.migrate_source import MigrationSource, Staging


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

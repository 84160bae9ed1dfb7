"""Stored tracks to files, one a flight."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from racecontrol.domain.fixes import Flight
from racecontrol.errors import FormatError, RaceControlError
from racecontrol.formats.export import track_file_name, writer_of
from racecontrol.store.base import Store


@dataclass(frozen=True, slots=True)
class ExportedTrack:
    """A file that was written."""

    flight: Flight
    points: int
    path: Path


@dataclass(frozen=True, slots=True)
class ExportFailure:
    """A flight that the format cannot hold, and why."""

    flight: Flight
    reason: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote, and what it could not."""

    tracks: tuple[ExportedTrack, ...]
    failures: tuple[ExportFailure, ...]


def export_race(
    store: Store,
    race_id: str,
    folder: Path,
    file_format: str,
    *,
    bib: str | None = None,
    pilot_names: Mapping[str, str] | None = None,
) -> ExportReport:
    """Write every stored track of a race, or one pilot's, into `folder`; files of these names are replaced.

    pilot_names: by bib, cleaned. Blocks: some 10 ms a track.
    Raises: ConfigError for no such format; RaceControlError where nothing is stored or the folder
    cannot be written; StoreError.
    """
    write = writer_of(file_format)
    names = pilot_names or {}
    tracks: list[ExportedTrack] = []
    failures: list[ExportFailure] = []
    flights = _flights(store, race_id, bib)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for flight, file_name in _named(flights, file_format):
            fixes = store.track(flight.flight_id)
            if fixes is None:
                continue
            try:
                written = write(fixes, names.get(flight.bib, ""))
            except FormatError as exc:
                failures.append(ExportFailure(flight, exc.what))
                continue
            path = folder / file_name
            _replace(path, written)
            tracks.append(ExportedTrack(flight, len(fixes), path))
    except OSError as exc:
        raise RaceControlError(
            f"{folder} cannot be written ({exc.strerror})", advice="name another folder with --out"
        ) from exc
    return ExportReport(tuple(tracks), tuple(failures))


def _flights(store: Store, race_id: str, bib: str | None) -> list[Flight]:
    flights = [summary.flight for summary in store.flights(race_id)]
    if bib is not None:
        flights = [flight for flight in flights if flight.bib == bib]
    if not flights:
        whose = race_id if bib is None else f"{bib} in {race_id}"
        raise RaceControlError(f"nothing is stored of {whose}", advice="start the race, and let workers run")
    return flights


def _named(flights: Sequence[Flight], file_format: str) -> Iterator[tuple[Flight, str]]:
    """Flights with their files' names: by bib, or by flight where a bib is unknown or has several flights."""
    times = Counter(flight.bib for flight in flights)
    for flight in flights:
        is_plain = flight.bib != "" and times[flight.bib] == 1
        stem = flight.bib if is_plain else flight.flight_id
        yield flight, track_file_name(flight.race_id, stem, file_format)


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)

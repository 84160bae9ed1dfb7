"""A race with its tracks read, as the JSON document of `race show`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import Fixes, Flight, make_fixes
from racecontrol.domain.race import INITIAL_WINDOW_MS, Pilot, Problem, Race
from racecontrol.domain.readiness import PilotStatus, assess_pilots
from racecontrol.domain.task import Task, Turnpoint
from racecontrol.domain.track import RepairKind, Track
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import read_pilot_track


@dataclass(frozen=True, slots=True)
class PilotReading:
    """A pilot with the track read. fault: why there is no track, or no initial point. status: at the gun.

    initial: B records that are initial points. dropped: those of the same time that were not kept.
    """

    pilot: Pilot
    track: Track | None
    fault: str
    status: PilotStatus
    initial: int
    dropped: int


def read_pilots(race: Race) -> list[PilotReading]:
    """Read every pilot's track, in the order of the roster. A track that cannot be read is told."""
    tracks: dict[str, Track] = {}
    faults: dict[str, str] = {}
    for pilot in race.pilots:
        try:
            tracks[pilot.bib] = read_pilot_track(race, pilot)
        except RaceControlError as exc:
            faults[pilot.bib] = str(exc)
    statuses = assess_pilots({pilot.bib: _fixes(race, pilot, tracks) for pilot in race.pilots}, race.gun_ms)
    start_ms = race.gun_ms - INITIAL_WINDOW_MS
    readings = []
    for pilot in race.pilots:
        track, fault = tracks.get(pilot.bib), faults.get(pilot.bib, "")
        initial = len(race.initial_points(track.fixes)) if track else 0
        dropped = track.dropped_between(start_ms, race.gun_ms + 1000) if track else 0
        if track and not initial:
            fault = race.why_no_initial_points(track.fixes)
        readings.append(PilotReading(pilot, track, fault, statuses[pilot.bib], initial, dropped))
    return readings


def race_document(race: Race, readings: list[PilotReading], *, with_repairs: bool) -> dict[str, object]:
    """The document. b_records_until_gun = initial_points + dropped_until_gun, for each pilot and in all."""
    tracks = [reading.track for reading in readings if reading.track is not None]
    problems = [*race.problems, *(problem for track in tracks for problem in track.problems)]
    document: dict[str, object] = {
        "race": race.race_id,
        "name": race.name,
        "date": race.day.isoformat(),
        "gun": iso_utc(race.gun_ms),
        "zone": race.zone,
        "folder": str(race.folder),
        "task": None if race.task is None else _task_document(race.task),
        "initial_points": sum(reading.initial for reading in readings),
        "dropped_until_gun": sum(reading.dropped for reading in readings),
        "b_records_until_gun": sum(reading.initial + reading.dropped for reading in readings),
        "b_records": sum(track.b_records for track in tracks),
        "fixes": sum(len(track.fixes) for track in tracks),
        "repaired": _repairs_by_kind(tracks),
        "pilots": [_pilot_document(race, reading) for reading in readings],
        "problems": [problem_document(problem) for problem in problems],
    }
    if with_repairs:
        document["repairs"] = [line for reading in readings for line in repair_documents(race, reading)]
    return document


def problem_document(problem: Problem) -> dict[str, object]:
    """A problem; its path and line are null where it has none."""
    return {
        "what": problem.what,
        "path": problem.path or None,
        "line": problem.line,
        "advice": problem.advice,
        "bib": problem.bib or None,
    }


def repair_documents(race: Race, reading: PilotReading) -> list[dict[str, object]]:
    """The repairs and refused lines of a pilot, one by one, by file and line."""
    repairs = reading.track.repairs if reading.track is not None else ()
    return [
        {
            "bib": reading.pilot.bib,
            "file": repair.file,
            "line": repair.line,
            "kind": repair.kind.value,
            "reason": repair.reason,
            "time": None if repair.time_ms is None else iso_utc(repair.time_ms),
            "until_gun": repair.time_ms is not None
            and race.gun_ms - INITIAL_WINDOW_MS <= repair.time_ms < race.gun_ms + 1000,
        }
        for repair in repairs
    ]


def _fixes(race: Race, pilot: Pilot, tracks: dict[str, Track]) -> Fixes:
    track = tracks.get(pilot.bib)
    return track.fixes if track else make_fixes(Flight(race.flight_id(pilot.bib)), [], [], [])


def _repairs_by_kind(tracks: list[Track]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for track in tracks:
        counts.update({kind.value: track.repairs.count(kind) for kind in RepairKind})
    return {kind.value: counts[kind.value] for kind in RepairKind}


def _pilot_document(race: Race, reading: PilotReading) -> dict[str, object]:
    track, pilot = reading.track, reading.pilot
    return {
        "bib": pilot.bib,
        "name": pilot.name,
        "nation": pilot.nation,
        "trackers": list(pilot.trackers),
        "tracks": [path.name for path in pilot.tracks],
        "official_start": None if pilot.started_ms is None else iso_utc(pilot.started_ms),
        "state": reading.status.state.value,
        "reason": reading.fault or reading.status.reason,
        "initial_points": reading.initial,
        "dropped_until_gun": reading.dropped,
        "b_records": track.b_records if track else 0,
        "fixes": len(track.fixes) if track else 0,
        "repaired": _repairs_by_kind([track] if track else []),
    }


def _task_document(task: Task) -> dict[str, object]:
    return {
        "gates": [_time_text(gate_ms) for gate_ms in task.gates_ms],
        "deadline": None if task.deadline_ms is None else _time_text(task.deadline_ms),
        "turnpoints": [_turnpoint_document(turnpoint) for turnpoint in task.turnpoints],
    }


def _turnpoint_document(turnpoint: Turnpoint) -> dict[str, object]:
    return {
        "name": turnpoint.name,
        "kind": turnpoint.kind.value,
        "lat": turnpoint.lat_deg,
        "lon": turnpoint.lon_deg,
        "radius_m": turnpoint.radius_m,
        "alt_m": turnpoint.alt_m,
        "is_exit": turnpoint.is_exit,
        "is_line": turnpoint.is_line,
    }


def _time_text(time_of_day_ms: int) -> str:
    return iso_utc(time_of_day_ms % 86_400_000)[11:]

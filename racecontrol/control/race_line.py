"""The race's own line on a screen: where it stands. Pure."""

from __future__ import annotations

from racecontrol.control.clock import RaceClock, race_clock, shown_state
from racecontrol.domain.race import Race, RaceState
from racecontrol.state.model import RaceStatus
from racecontrol.telemetry.sample import Sample
from racecontrol.telemetry.snapshot import RaceView


def status_at(race: Race, newest: Sample | None) -> RaceStatus:
    """Where the race stands in the newest sample; not started before the first."""
    return (newest.race if newest else None) or RaceStatus(race.race_id)


def clock_at(race: Race, newest: Sample | None, time_ms: int) -> RaceClock:
    """The race's clock. time_ms: the server's time now."""
    return race_clock(race.gun_ms, time_ms, status_at(race, newest), newest.replay if newest else None)


def race_view(
    race: Race, newest: Sample | None, clock: RaceClock, time_ms: int, ready_pilots: int
) -> RaceView:
    """The race as of the newest sample, None before the first."""
    status = status_at(race, newest)
    silent_s = None
    if status.state is RaceState.STARTING and status.beat_ms is not None:
        silent_s = max(0.0, (time_ms - status.beat_ms) / 1000)
    return RaceView(
        race_id=race.race_id,
        name=race.name,
        state=shown_state(status, race.gun_ms, clock),
        pass_number=status.pass_number,
        gun_ms=race.gun_ms,
        clock_ms=clock.now_ms,
        zone=race.zone,
        has_own_clock=clock.is_own,
        ready_pilots=ready_pilots,
        pilots=len(race.pilots),
        started_by=status.operator if status.state is not RaceState.READY else "",
        is_replaying=clock.is_replaying,
        replay_speed=clock.speed,
        start_silent_s=silent_s,
        problems=race.problems,
    )

"""What each confirmation says: what happens, to how many, where, and whether it can be undone."""

from __future__ import annotations

from racecontrol.desk.lines.words import clock_time, count, countdown, plural
from racecontrol.desk.screens.confirm import Question
from racecontrol.desk.situation import Situation
from racecontrol.domain.race import RaceState
from racecontrol.domain.readiness import readiness_in_words
from racecontrol.state.sos import SosCall
from racecontrol.telemetry.snapshot import RaceView, Snapshot


def start_question(situation: Situation, race_id: str) -> Question:
    """Before a start. It can be asked with the server away, since the server may be back by then."""
    snapshot = situation.snapshot
    race = snapshot.race if snapshot else None
    facts = [("What", "queue every pilot's fixes up to the gun at priority 1000, before anything else")]
    if snapshot is not None and race is not None:
        facts.append(("Pilots", _ready(race, snapshot)))
        if race.problems:
            facts.append(("Files", f"{plural(len(race.problems), 'problem')}; what could be read is queued"))
        facts.append(("Points", _points(snapshot)))
        facts.append(
            ("Gun", f"{clock_time(race.gun_ms, race.zone)}, {countdown(race.clock_ms, race.gun_ms)}")
        )
    facts.append(("Where", _where(snapshot)))
    facts.append(("Undo", "R recalls what is not served yet; what is stored stays"))
    facts += _standing(race)
    typed, problems = _typed(situation, race_id), race.problems if race else ()
    return Question(f"Start {race_id}?", tuple(facts), "Start the race", typed, problems)


def _ready(race: RaceView, snapshot: Snapshot) -> str:
    trouble = "; all fixes that there are will be queued" if race.ready_pilots < race.pilots else ""
    return f"{readiness_in_words([pilot.state for pilot in snapshot.pilots])}{trouble}"


def _points(snapshot: Snapshot | None) -> str:
    stored = sum(pilot.points for pilot in snapshot.pilots) if snapshot else 0
    known = f"; {count(stored)} stored so far" if stored else ""
    return f"counted while they are gathered{known}"


def _where(snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return "live_points; the server has not answered yet"
    server = snapshot.server
    if not server.is_up:
        return f"live_points; the server is away: {server.error or 'no answer'}"
    safety = "synced to disk" if server.is_durable else "NOT durable: a power cut could lose it"
    kind = "the embedded server" if server.is_embedded else server.url
    return f"live_points on {kind}, {safety}"


def _standing(race: RaceView | None) -> list[tuple[str, str]]:
    if race is None or race.state in (RaceState.READY, RaceState.COUNTDOWN):
        return []
    who = f" by {race.started_by}" if race.started_by else ""
    if race.state is RaceState.STARTING:
        return [("Note", f"a start{who} is under way; where it is silent it is taken over")]
    return [("Note", f"pass {race.pass_number} was started{who}; a second start is refused")]


def recall_question(situation: Situation, race_id: str) -> Question:
    """Before a recall."""
    snapshot = situation.snapshot
    race = snapshot.race if snapshot else None
    following = f" and begin pass {race.pass_number + 1}" if race else ""
    waiting = sum(
        lane.ready
        for queue in (snapshot.queues if snapshot else ())
        for lane in queue.lanes
        if lane.name == "race"
    )
    facts = (
        ("What", f"withdraw the start's items that are not served yet{following}"),
        ("Items", f"{plural(waiting, 'item')} of the race lane still waiting"),
        ("Where", _where(snapshot)),
        ("Undo", "start again with S; what is stored already stays"),
    )
    return Question(f"Recall {race_id}?", facts, "Recall the start", _typed(situation, race_id))


def competition_question(situation: Situation, race_id: str) -> Question:
    """Before competition mode is turned on or off."""
    is_on = situation.is_competition
    facts = (
        (
            "What",
            "back to normal: uploads get their full share again"
            if is_on
            else "pipelining for every enqueue, shorter flushes, uploads cut to a floor",
        ),
        ("Where", "every process and every desk of this site, within a second"),
        ("Undo", "C turns it " + ("on again" if is_on else "off again")),
    )
    verb = "off" if is_on else "on"
    return Question(f"Competition mode {verb}?", facts, f"Turn it {verb}", _typed(situation, race_id))


def pause_question(situation: Situation, race_id: str, queue: str, is_paused: bool) -> Question:
    """Before a queue is paused, or goes on."""
    what = "lease nothing more out; points still come in" if is_paused else "let the workers go on"
    facts = (
        ("What", what),
        ("Where", f"{queue}, for every worker of this site"),
        ("Undo", "resume it here" if is_paused else "pause it again here"),
    )
    verb = "Pause" if is_paused else "Resume"
    return Question(f"{verb} {queue}?", facts, verb, _typed(situation, race_id))


def purge_question(situation: Situation, race_id: str, queue: str, letters: int, points: int) -> Question:
    """Before dead letters are removed for good."""
    facts = (
        ("What", f"remove {plural(letters, 'dead letter')} with {plural(points, 'point')}"),
        ("Where", f"{queue}; the other items stay"),
        ("Undo", "none: what was not stored is gone for good"),
    )
    return Question(f"Purge dead letters of {queue}?", facts, "Purge", _typed(situation, race_id))


def sos_question(situation: Situation, call: SosCall) -> Question:
    """Before a call for help is taken down. Nothing is typed, in competition mode either: seconds count."""
    race = situation.snapshot.race if situation.snapshot else None
    zone = race.zone if race else "UTC"
    at = f" at {clock_time(call.fix_ms, zone)}" if call.fix_ms else ""
    facts = (
        ("Who", f"bib {call.bib} of {call.race_id}"),
        ("When", clock_time(call.raised_ms, zone)),
        ("Where", f"{call.where or 'no position'}{at}"),
        ("What", "take the alert down on every desk: you have seen to it"),
        ("Undo", "none; the next call for help raises it again"),
    )
    return Question(f"Acknowledge the SOS of bib {call.bib}?", facts, "Acknowledge")


def quit_question() -> Question:
    """Before the desk is closed in the middle of a start."""
    facts = (
        ("What", "close the desk while it queues a start"),
        ("Undo", "the next start, here or elsewhere, finishes the same pass; nothing is queued twice"),
    )
    return Question("Close the desk?", facts, "Close it")


def _typed(situation: Situation, race_id: str) -> str:
    return race_id if situation.is_competition else ""

"""What comes in while a race runs: calls for help, trackers that nobody owns, the hour's operations."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.domain.operation import Method
from racecontrol.state.sos import SosCall
from racecontrol.state.trackers import UnknownTracker
from racecontrol.store.reports import MethodReport
from racecontrol.telemetry.alerts import SOS_KEY
from racecontrol.telemetry.snapshot import Alert, Severity, Snapshot
from tests.desk.driving import NARROW, opened
from tests.desk.fakes import FakeVerbs, make_operations
from tests.desk.hostile import HOSTILE
from tests.desk.snapshots import GUN_MS, during_start, make_snapshot, server_down


def with_sos(snapshot: Snapshot, *calls: SosCall) -> Snapshot:
    """The same snapshot with calls for help and their alerts, first of all as a feed puts them."""
    alerts = (
        Alert(f"{SOS_KEY}{call.race_id}/{call.bib}", Severity.CRITICAL, f"SOS bib {call.bib}", GUN_MS)
        for call in calls
    )
    return replace(snapshot, sos=calls, alerts=(*alerts, *snapshot.alerts))


def with_trackers(*serials: str) -> Snapshot:
    """Before the start, with trackers that nobody owns; each sent 120 points in the last minute."""
    trackers = (UnknownTracker(serial, GUN_MS - 331_000, GUN_MS - 272_000, 120) for serial in serials)
    return make_snapshot(trackers=tuple(trackers))


CALL = SosCall("R42", "118", GUN_MS, "45.59, 6.31")


async def test_a_call_for_help_stands_before_every_other_alert() -> None:
    """Even before that of a server that is away, at 80x24 too."""
    async with opened(with_sos(server_down(), CALL), size=NARROW) as driven:
        line = driven.rows[1]

        assert line.index("SOS bib 118") < line.index("queue server")


async def test_a_call_for_help_is_acknowledged_by_name() -> None:
    """The question says who and where; the verb tells every desk. Other alerts go at once."""
    async with opened(with_sos(during_start(), CALL)) as driven:
        await driven.press("a")
        await driven.shows("Acknowledge the SOS of bib 118?")
        await driven.shows("45.59, 6.31")
        await driven.press("right", "enter")
        await driven.until(lambda: driven.verbs.calls == ["acknowledge R42 118"], "it was acknowledged")

        await driven.until(lambda: "1 alert " in driven.rows[1], "only the call for help is left")


async def test_a_call_for_help_stays_where_it_was_only_seen() -> None:
    """Cancel is the default: the alert stands."""
    async with opened(with_sos(make_snapshot(), CALL)) as driven:
        await driven.press("a", "enter")
        await driven.until(lambda: "Acknowledge the SOS" not in driven.text, "the question is closed")

        assert driven.verbs.calls == []
        assert "SOS bib 118" in driven.rows[1]


async def test_a_tracker_is_given_to_a_bib() -> None:
    """Up and down choose it, the bib's pilot is named, enter assigns."""
    async with opened(with_trackers("FLM-7", "FLM-9")) as driven:
        await driven.press("u")
        await driven.shows("FLM-9")
        await driven.press("down", *"120")
        await driven.shows("Jörg [/] Müller")
        await driven.press("enter")
        await driven.shows("Tracker FLM-9 is bib 120's: 120 points queued")

        assert driven.verbs.calls == ["assign FLM-9 120"]


async def test_a_bib_that_is_not_there_gets_no_tracker() -> None:
    """Enter does nothing, and the line says why."""
    async with opened(with_trackers("FLM-7"), size=NARROW) as driven:
        await driven.press("u", *"999", "enter")
        await driven.shows("there is no bib 999")

        assert driven.verbs.calls == []


async def test_without_unknown_trackers_u_says_so() -> None:
    """A key that has nothing to show tells it."""
    async with opened() as driven:
        await driven.press("u")

        await driven.shows("Every tracker that sends has its pilot")


async def test_the_operations_of_the_hour_are_shown_by_method() -> None:
    """Calls, failures, points, average and rate of each method, and what pipelining saved."""
    method = MethodReport(Method.PIPELINE, 975, 2, 33_150, 400_000, 4.2, 1_540_000.0)
    verbs = FakeVerbs(hour=make_operations(method))
    async with opened(verbs=verbs, size=NARROW) as driven:
        await driven.press("o")
        await driven.shows("Operations of the last hour")

        row = next(row for row in driven.rows if "pipeline" in row and "975" in row)
        assert row.split("pipeline")[1].split()[:6] == ["975", "2", "400,000", "4.2", "ms", "1.5M"]
        assert "81% of 1,204 enqueue calls" in driven.text
        assert "41 s against single calls, as measured" in driven.text


async def test_hostile_serials_and_positions_are_text() -> None:
    """What a tracker is called, and where somebody calls from, is drawn clean (T1)."""
    calls = tuple(SosCall(text, text, GUN_MS, text) for text in HOSTILE[:3])
    async with opened(with_sos(with_trackers(*HOSTILE), *calls)) as driven:
        await driven.press("u")
        await driven.shows("type the bib")
        for _ in HOSTILE:
            assert unprintable(driven.text) == set()
            await driven.press("down")
        await driven.press("escape", "a")
        for _ in calls:
            await driven.shows("Acknowledge the SOS")
            assert unprintable(driven.text) == set()
            await driven.press("enter")


def unprintable(screen: str) -> set[str]:
    """The characters that could do something to a terminal."""
    return {char for char in screen if char != "\n" and not char.isprintable()}

"""Calls for help on a real server."""

from __future__ import annotations

import asyncio

import pytest

from racecontrol.domain.severity import Severity
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.state.log import RaceLog
from racecontrol.state.sos import SosCalls
from racecontrol.telemetry.sampler import Sampler
from tests.builders import GUN_MS


async def test_a_pilot_raises_one_alert_a_minute(client: ServerClient) -> None:
    """Fifty at once are one, with one entry of the log; another pilot's is another."""
    sos = SosCalls(client)
    raised = await asyncio.gather(*(sos.call_for_help("R42", "118", "45.9 6.2") for _ in range(50)))
    await sos.call_for_help("R42", "7")

    log = await RaceLog(client).tail(10)

    assert sum(raised) == 1
    assert [(entry.what, entry.operator, entry.why) for entry in log] == [
        ("SOS", "bib 118", "45.9 6.2"),
        ("SOS", "bib 7", ""),
    ]
    assert log[0].severity is Severity.CRITICAL


async def test_the_next_minutes_sos_raises_again(client: ServerClient) -> None:
    """Also where the one before was acknowledged."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118")
    await sos.acknowledge("R42", "118", "MJ")
    (call,) = await sos.calls()
    await client.commands.hset(keys.SOS, "R42/118", f"{call.raised_ms - 60_000}|MJ|")

    assert await sos.call_for_help("R42", "118")
    assert [call.acknowledged_by for call in await sos.calls()] == [""]


async def test_an_operator_acknowledges_once(client: ServerClient) -> None:
    """The log says who."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118", "near | the lake")

    assert await sos.acknowledge("R42", "118", "M|J")
    assert not await sos.acknowledge("R42", "118", "MJ")
    assert not await sos.acknowledge("R42", "7", "MJ")
    assert [(call.acknowledged_by, call.where) for call in await sos.calls()] == [("M/J", "near | the lake")]
    assert (await RaceLog(client).tail(1))[0].operator == "M|J"


async def minutes_later(client: ServerClient) -> None:
    """An operator has taken the call down, and the minute is over."""
    (call,) = await SosCalls(client).calls()
    fix = f"@{call.fix_ms}" if call.fix_ms else ""
    await client.commands.hset(keys.SOS, "R42/118", f"{call.raised_ms - 60_000}{fix}|MJ|{call.where}")


@pytest.mark.parametrize(("late_ms", "is_raised"), [(GUN_MS - 1, False), (GUN_MS, False), (GUN_MS + 1, True)])
async def test_a_call_that_comes_late_raises_what_is_news(
    client: ServerClient, late_ms: int, is_raised: bool
) -> None:
    """A spool tells again what an operator has seen to already."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118", "45.9 6.2", GUN_MS)
    await minutes_later(client)

    assert await sos.call_for_help("R42", "118", "46 6.2", late_ms, is_late=True) is is_raised
    (call,) = await sos.calls()
    assert (call.where, call.fix_ms) == (("46 6.2", late_ms) if is_raised else ("45.9 6.2", GUN_MS))


async def test_a_call_of_now_is_raised_whatever_its_clock_says(client: ServerClient) -> None:
    """Somebody calls at this moment, with a tracker whose clock was set back or never set."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118", "45.9 6.2", GUN_MS)
    await minutes_later(client)

    assert await sos.call_for_help("R42", "118", "46 6.2", GUN_MS - 86_400_000)


async def test_a_late_call_is_older_than_one_without_a_fix(client: ServerClient) -> None:
    """Which was of the moment when it was raised."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118")
    await minutes_later(client)

    assert not await sos.call_for_help("R42", "118", "46 6.2", GUN_MS, is_late=True)
    assert [call.fix_ms for call in await sos.calls()] == [0]


async def test_a_clock_ahead_silences_no_later_call(client: ServerClient) -> None:
    """A fix of the future counts as one of now."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118", "45.9 6.2", 4_000_000_000_000)

    (call,) = await sos.calls()
    assert call.fix_ms == call.raised_ms


async def test_the_sampler_reads_calls_that_wait(client: ServerClient) -> None:
    """One tick after it was raised every screen knows."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118")
    await sos.call_for_help("R42", "7")
    await sos.acknowledge("R42", "7", "MJ")

    sample = await Sampler(client).sample()

    assert [(call.bib, call.acknowledged_by) for call in sample.sos] == [("118", ""), ("7", "MJ")]

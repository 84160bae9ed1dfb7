"""Calls for help on a real server."""

from __future__ import annotations

import asyncio

from racecontrol.domain.severity import Severity
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.state.log import RaceLog
from racecontrol.state.sos import SosCalls
from racecontrol.telemetry.sampler import Sampler


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


async def test_the_sampler_reads_calls_that_wait(client: ServerClient) -> None:
    """One tick after it was raised every screen knows."""
    sos = SosCalls(client)
    await sos.call_for_help("R42", "118")
    await sos.call_for_help("R42", "7")
    await sos.acknowledge("R42", "7", "MJ")

    sample = await Sampler(client).sample()

    assert [(call.bib, call.acknowledged_by) for call in sample.sos] == [("118", ""), ("7", "MJ")]

"""Fault Q7, the operators' part: what they decide counts while the server's memory is used up."""

from __future__ import annotations

from racecontrol.domain.roll import Owner
from racecontrol.domain.sender import SenderKind
from racecontrol.server.client import open_client
from racecontrol.state.log import RaceLog
from racecontrol.state.mode import Modes
from racecontrol.state.races import Races
from racecontrol.state.tokens import IssuedToken, IssuedTokens
from racecontrol.state.trackers import Trackers
from tests.server.faults.test_full_trackers import fill_memory
from tests.server.tools import ValkeyProcess

STOLEN = IssuedToken("0123456789abcdef", SenderKind.PILOT, "R42", "118", "", 1_000, 2_000_000_000_000)


async def test_decisions_are_taken_without_memory_to_spare(own_server: ValkeyProcess) -> None:
    """A start under way goes on and can be recalled; mode, tokens and trackers can be changed."""
    async with open_client(own_server.url) as client:
        races, tokens = Races(client), IssuedTokens(client)
        await races.begin_start("R42", "MJ", "mine")
        await races.begin_start("R43", "MJ", "mine")
        await fill_memory(client)

        await races.beat("R42", "mine", 1, 2)
        await races.finish("R42", "mine", "{}")
        recalled = await races.recall("R42", "MJ")
        await races.recall("R43", "MJ")
        is_changed = await Modes(client).set_mode(True, "MJ")
        is_revoked = await tokens.revoke(STOLEN, "MJ")
        await Trackers(client).assign("T9", Owner("R42", "118"), "MJ")
        told = [entry.what for entry in await RaceLog(client).tail(9)]

    assert (recalled.pass_number, is_changed, is_revoked) == (2, True, True)
    assert len(told) == 8

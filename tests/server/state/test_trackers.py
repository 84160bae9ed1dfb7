"""Unknown trackers and assignments on a real server."""

from __future__ import annotations

from racecontrol.domain.roll import Owner
from racecontrol.server.client import ServerClient
from racecontrol.state.log import RaceLog
from racecontrol.state.trackers import Trackers
from racecontrol.telemetry.sampler import Sampler


async def test_what_an_unknown_tracker_sends_is_counted(client: ServerClient) -> None:
    """By serial, the one heard of last first, and read with every tick."""
    trackers = Trackers(client)
    for serial in ("T1", "T2", "T1"):
        assert await trackers.see(serial, 10) == ()
    seen = {one.serial: one.points for one in await trackers.unknown()}

    assert seen == {"T1": 20, "T2": 10}
    assert {one.serial for one in (await Sampler(client).sample()).trackers} == {"T1", "T2"}


async def test_no_more_than_a_thousand_are_remembered(client: ServerClient) -> None:
    """Who sends made-up serials fills no memory; the one not heard of for longest goes."""
    trackers = Trackers(client)
    for number in range(1_002):
        await trackers.see(f"T{number:04d}", 1)

    serials = {one.serial for one in await trackers.unknown()}

    assert len(serials) == 1_000
    assert "T1001" in serials


async def test_an_assignment_is_logged_once(client: ServerClient) -> None:
    """A repeat changes nothing; another pilot is a new entry that names the one before."""
    trackers, first, second = Trackers(client), Owner("R42", "118"), Owner("R42", "7")

    assert [await trackers.assign("T1", owner, "MJ") for owner in (first, first, second)] == [
        True,
        False,
        True,
    ]
    assert await trackers.assignments() == {"T1": (second,)}
    assert [entry.why for entry in await RaceLog(client).tail(9)] == [
        "T1 to bib 118",
        "T1 to bib 7, before R42/118",
    ]


async def test_each_race_has_an_assignment_of_its_own(client: ServerClient) -> None:
    """The latest stands last, and one of another race is not the one before it."""
    trackers = Trackers(client)
    owners = Owner("R4", "118"), Owner("R42", "7"), Owner("R4", "118"), Owner("R4", "9")

    assert [await trackers.assign("T1", owner, "MJ") for owner in owners] == [True] * 4
    assert await trackers.assignments() == {"T1": (Owner("R42", "7"), Owner("R4", "9"))}
    assert [entry.why for entry in await RaceLog(client).tail(9)] == [
        "T1 to bib 118",
        "T1 to bib 7",
        "T1 to bib 118, before R4/118",
        "T1 to bib 9, before R4/118",
    ]


async def test_who_counts_learns_of_an_assignment(client: ServerClient) -> None:
    """A process whose copy is old sends the points to the pilot after all; what is not his is shown."""
    trackers, owner = Trackers(client), Owner("R42", "118")
    await trackers.assign("T1", owner, "MJ")

    assert await trackers.see("T1", 5) == (owner,)
    assert await trackers.unknown() == ()
    assert await trackers.see("T1", 5, (owner,)) == ()
    assert [one.points for one in await trackers.unknown()] == [5]

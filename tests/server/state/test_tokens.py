"""Tokens and rate limits as all processes share them."""

from __future__ import annotations

import asyncio

from racecontrol.domain.sender import SenderKind
from racecontrol.server.client import ServerClient
from racecontrol.state.limits import Bucket, Limits, Permits, Rate
from racecontrol.state.log import RaceLog
from racecontrol.state.tokens import IssuedToken, IssuedTokens, ListedToken

TOKEN = IssuedToken("0123456789abcdef", SenderKind.PILOT, "R42", "118", "", 1_000, 2_000_000_000_000)


async def test_an_issued_token_is_listed_and_logged(client: ServerClient) -> None:
    """Once, though the call is repeated because its answer was lost."""
    tokens = IssuedTokens(client)
    await tokens.add(TOKEN, "MJ")
    await tokens.add(TOKEN, "MJ")

    (entry,) = await RaceLog(client).read()
    assert await tokens.listed() == [ListedToken(TOKEN, is_revoked=False)]
    assert (entry.race_id, entry.operator, entry.what) == ("R42", "MJ", "token issued")
    assert entry.why == "pilot token 118 01234567"


async def test_a_revoked_token_is_known_until_it_would_have_expired(client: ServerClient) -> None:
    """With one entry in the race log, however often it is revoked."""
    tokens = IssuedTokens(client)
    await tokens.add(TOKEN, "MJ")

    outcomes = [await tokens.revoke(TOKEN, "MJ"), await tokens.revoke(TOKEN, "MJ")]

    assert outcomes == [True, False]
    assert await tokens.revoked() == {TOKEN.token_id: TOKEN.expires_ms}
    assert await tokens.listed() == [ListedToken(TOKEN, is_revoked=True)]
    assert [entry.what for entry in await RaceLog(client).read()] == ["token issued", "token revoked"]


async def test_processes_share_one_bucket_of_permits(client: ServerClient) -> None:
    """What is granted to all together is the burst, whoever asks."""
    rate = Rate(per_s=0.001, burst=10)

    granted = await asyncio.gather(*(Limits(client).take("t", rate, 3) for _ in range(5)))

    assert sorted(one.granted for one in granted) == [0, 1, 3, 3, 3]


async def test_an_empty_bucket_tells_when_to_come_again(client: ServerClient) -> None:
    """After the time in which one permit flows in; another sender's bucket is full."""
    rate = Rate(per_s=0.5, burst=1)
    await Limits(client).take("t", rate, 1)

    refused = await Limits(client).take("t", rate, 1)

    assert refused.granted == 0
    assert 1.5 < refused.retry_after_s <= 2.0
    assert await Limits(client).take("u", rate, 1) == Permits(1, 0.0)


def test_a_bucket_of_this_process_fills_as_time_passes() -> None:
    """Up to the burst and no further."""
    bucket = Bucket(Rate(per_s=2, burst=2), filled=2, at_s=0.0)

    granted = [bucket.take(now_s).granted for now_s in (0, 0, 0, 0.5, 0.5, 100, 100, 100)]

    assert granted == [1, 1, 0, 1, 0, 1, 1, 0]

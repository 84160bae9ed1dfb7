"""The client: errors translated, nothing retried behind one's back, passwords kept."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError

from racecontrol.errors import ConfigError, QueueError, ServerUnavailable
from racecontrol.server.client import ServerClient, open_client, redacted, translated
from tests.server.proxy import Fault, Proxy
from tests.server.tools import ValkeyProcess

KEY = "rc:{test}:count"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@host:6380/2", "redis://host:6380/2"),
        ("rediss://user:secret@host", "rediss://host"),
        ("unix://user:secret@/tmp/s?password=secret", "unix:///tmp/s"),
    ],
)
def test_shown_urls_hold_no_password(url: str, shown: str) -> None:
    """What screens, logs and errors show of a URL is where it leads, and no secret."""
    assert redacted(url) == shown


@pytest.mark.parametrize("url", ["http://:secret@host", "redis://:secret@host:port", "redis://h?db=x"])
def test_an_unreadable_url_is_a_config_error(url: str) -> None:
    """A URL of another kind is refused before anything connects, and its password is not repeated."""
    with pytest.raises(ConfigError, match="redis-url") as caught:
        open_client(url)

    assert "secret" not in str(caught.value)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    """Nobody listening is ServerUnavailable, with the address."""
    async with open_client("unix:///tmp/no-such-socket") as client:
        said = "unix:///tmp/no-such-socket does not answer"
        with pytest.raises(ServerUnavailable, match=said), translated(client):
            await client.commands.ping()


async def test_a_refused_command_is_a_queue_error(client: ServerClient) -> None:
    """What the server refuses by its own rules keeps the server's words."""
    await client.commands.set(KEY, "text")

    with pytest.raises(QueueError, match="not an integer"), translated(client):
        await client.commands.incr(KEY)


async def test_a_wrong_password_is_unavailable_with_advice(own_server: ValkeyProcess) -> None:
    """A refused password says where to look for the right one, and does not repeat the wrong one."""
    url = own_server.url.replace("unix://", "unix://nobody:secret@")
    async with open_client(url) as client:
        said = "user and password of --redis-url"
        with pytest.raises(ServerUnavailable, match=said) as caught, translated(client):
            await client.commands.ping()

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "refusal",
    [
        ReadOnlyError("You can't write against a read only replica."),
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        BusyLoadingError("Valkey is loading the dataset in memory"),
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        ResponseError("BUSY Valkey is busy running a script."),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_a_server_that_takes_no_writes_is_unavailable(refusal: RedisError) -> None:
    """Refusals that end by themselves or by an operator's hand are no fault of what was asked."""
    with pytest.raises(ServerUnavailable), translated("redis://host"):
        raise refusal


@pytest.mark.parametrize(
    ("fault", "applied"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_INSIDE, 0), (Fault.DROP_REPLY, 1)]
)
async def test_a_broken_link_is_not_retried(
    client: ServerClient, proxy: Proxy, fault: Fault, applied: int
) -> None:
    """A command whose link breaks is an error at once; only the caller may send it again."""
    async with open_client(proxy.url) as broken:
        proxy.fail_at({0: fault})
        with pytest.raises(ServerUnavailable), translated(broken):
            await broken.commands.incr(KEY)

    assert int(await client.commands.get(KEY) or 0) == applied


async def test_a_swallowed_command_ends_in_its_timeout(proxy: Proxy) -> None:
    """A half-open link is ServerUnavailable after the time an answer may take, and the next call works."""
    async with open_client(proxy.url_with(0.1)) as broken:
        proxy.fail_at({0: Fault.SWALLOW})
        with pytest.raises(ServerUnavailable), translated(broken):
            await broken.commands.ping()

        assert await broken.commands.ping()


async def test_more_callers_than_connections_wait(client: ServerClient) -> None:
    """A hundred calls at once are all answered over the pool's sixteen connections."""
    await asyncio.gather(*(client.commands.incr(KEY) for _ in range(100)))

    assert await client.commands.get(KEY) == b"100"


async def test_a_blocking_call_outlasts_a_command_timeout(
    client: ServerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A waiter may block for longer than a command may take."""
    monkeypatch.setattr("racecontrol.server.client.COMMAND_TIMEOUT_S", 0.05)
    async with open_client(client.url) as waiting:
        assert await waiting.blocking.bzpopmin([KEY], timeout=0.2) is None


async def test_reviving_pauses_longer_after_each_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that asks again and again for a dead server waits longer each time, up to a limit."""
    pauses: list[float] = []

    async def no_sleep(pause_s: float) -> None:
        pauses.append(pause_s)

    async with open_client("unix:///tmp/no-such-socket") as client:
        monkeypatch.setattr("racecontrol.server.client.asyncio.sleep", no_sleep)
        for _ in range(9):
            with pytest.raises(ServerUnavailable):
                await client.revive()
        monkeypatch.undo()

    assert pauses == [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_one_revival_at_a_time(valkey_url: str) -> None:
    """Many tasks that find the server dead bring it back one after the other, not all at once."""
    inside = most = 0

    async def bring_back() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1

    async with open_client(valkey_url, bring_back) as client:
        await asyncio.gather(*(client.revive() for _ in range(5)))

    assert most == 1


@pytest.mark.parametrize("moment", range(60))
async def test_a_cancelled_caller_ends(valkey_url: str, moment: int) -> None:
    """Whatever its call was doing when the cancellation came, it makes no other."""

    async def ask_for_ever() -> None:
        while True:
            await client.commands.ping()
            assert not asking.cancelling()

    async with open_client(valkey_url) as client:
        asking = asyncio.create_task(ask_for_ever())
        for _ in range(moment):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait((asking,))

    assert asking.cancelled()

"""Whether a server keeps what it has acknowledged: one of one's own may be set in any way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from racecontrol.server.binary import OLDEST
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import run_batch

_ASKED = ("appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy")


@dataclass(frozen=True, slots=True)
class Safety:
    """What a server promises.

    is_durable: an answered write is synced to disk. problems: how points can be lost, a sentence
    each. refusal: why the server cannot be worked with at all, or "".
    """

    is_durable: bool
    problems: tuple[str, ...] = ()
    refusal: str = ""


async def check_safety(client: ServerClient) -> Safety:
    """Ask a server what it is and how it is set. Raises: ServerUnavailable. Cost: two round trips."""
    with translated(client):
        told: dict[str, Any] = await client.commands.info("everything")
    settings = await _settings(client)
    if settings is None:
        unknown = "the server does not tell its settings: whether it keeps points is unknown"
        return Safety(False, (unknown,), _refusal(told, {}))
    problems = tuple(_problems(told, settings))
    return Safety(not problems, problems, _refusal(told, settings))


def _refusal(told: dict[str, Any], settings: dict[str, str]) -> str:
    version, policy = str(told.get("redis_version", "0.0")), settings.get("maxmemory-policy", "")
    if tuple(map(int, version.split(".")[:2])) < OLDEST:
        return f"the server is version {version}: use 7.0 or later"
    if told.get("role", "master") != "master":
        return "the server is a replica: give the address of its primary"
    if told.get("cluster_enabled"):
        return "the server is a node of a cluster: give one that stands alone"
    if policy.startswith("allkeys"):
        return f"the server's maxmemory-policy is {policy}, which throws points away: set it to noeviction"
    return ""


async def _settings(client: ServerClient) -> dict[str, str] | None:
    """The settings asked for, or None where CONFIG is not for us, as on rented servers."""
    with translated(client):
        try:
            answers = await run_batch(client.commands, [("CONFIG", "GET", name) for name in _ASKED])
        except ResponseError:
            return None
    return {name.decode(): value.decode() for name, value in filter(None, answers)}


def _problems(told: dict[str, Any], settings: dict[str, str]) -> Iterator[str]:
    fsync = settings.get("appendfsync")
    if settings.get("appendonly") != "yes":
        yield "appendonly is off: a restart of the server loses every point that waits"
    elif fsync != "always":
        lost = "up to two seconds" if fsync == "everysec" else "half a minute"
        yield f"appendfsync is {fsync}: a crash of the server loses {lost} of acknowledged points"
    elif settings.get("no-appendfsync-on-rewrite") == "yes":
        yield "no-appendfsync-on-rewrite is on: a crash during a rewrite loses acknowledged points"
    if told.get("aof_last_write_status", "ok") != "ok":
        yield "the server cannot write its append-only file: see its log and its disk"

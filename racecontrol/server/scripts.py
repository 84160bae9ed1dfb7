"""Lua scripts: called by digest, sent in full when the server does not know them any more.

A server forgets its scripts when it restarts, and a pipeline cannot answer NOSCRIPT in its
middle, so a batch's unknown calls are sent once more, in full, after the batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeAlias

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

Argument: TypeAlias = str | bytes | int | float
"""What a script takes: numbers arrive in Lua as text."""

Plain: TypeAlias = tuple[Argument, ...]
"""A command that is no script, for a batch: ("HGETALL", key)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a script, to be sent in a batch."""

    script: Script
    keys: Sequence[str]
    args: Sequence[Argument] = ()

    def by_digest(self) -> Plain:
        """EVALSHA and its arguments."""
        return ("EVALSHA", self.script.sha, len(self.keys), *self.keys, *self.args)

    def in_full(self) -> Plain:
        """EVAL and its arguments; the server knows the script from then on."""
        return ("EVAL", self.script.source, len(self.keys), *self.keys, *self.args)


class Script:
    """A Lua script. name: for messages. source: what the server runs; it must name its keys in KEYS."""

    __slots__ = ("name", "sha", "source")

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        # The protocol names a script by its SHA-1; nothing secret hangs on it.
        self.sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    @classmethod
    def load(cls, package: str, name: str) -> Script:
        """The script in `name`.lua among the files of `package`."""
        return cls(name, (files(package) / f"{name}.lua").read_text(encoding="utf-8"))

    def call(self, keys: Sequence[str], args: Sequence[Argument] = ()) -> Call:
        """A call to be sent with others by `run_batch`."""
        return Call(self, keys, args)

    async def __call__(self, redis: Redis, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """Run the script and give its answer: int, bytes, None or a list of these.

        Raises: redis' errors; callers stand inside `translated`.
        Cost: one round trip, two after the server has forgotten the script.
        """
        try:
            return await redis.evalsha(self.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await redis.eval(self.source, len(keys), *keys, *args)


async def run_batch(redis: Redis, calls: Sequence[Call | Plain]) -> list[Any]:
    """Send calls without waiting between them, and give their answers in order.

    This is no transaction: where one call fails, the others have run. Calls of a forgotten script
    run after the rest of the batch.

    Raises: the first error among the answers, as redis' own; callers stand inside `translated`.
    Cost: one round trip, two after the server has forgotten a script.
    """
    answers = await _send(redis, [call.by_digest() if isinstance(call, Call) else call for call in calls])
    unknown = [i for i, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
    if unknown:
        again = [call.in_full() for i in unknown if isinstance(call := calls[i], Call)]
        for i, answer in zip(unknown, await _send(redis, again), strict=True):
            answers[i] = answer
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


async def _send(redis: Redis, commands: Sequence[Plain]) -> list[Any]:
    async with redis.pipeline(transaction=False) as pipeline:
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute(raise_on_error=False)

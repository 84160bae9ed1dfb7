"""Answers to bodies that nobody will read to their end, so that their senders learn the reason.

Most clients read when they have sent everything. One whose connection is closed before is told by its own
system that it was reset, and drops the answer that had arrived.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from racecontrol.http.answer import Message, Receive, Send

LINGER_S: Final = 5.0
QUIET_S: Final = 1.0
"""What is sent for longer is cut off, and so is who sends nothing more: it has read the answer, or waits."""


def lingering(receive: Receive, send: Send) -> Send:
    """Sends an answer whole, then throws away what still comes of the body, and only then ends the answer."""

    async def send_and_linger(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while (await asyncio.wait_for(receive(), QUIET_S)).get("more_body"):
                    continue
        await send({"type": "http.response.body", "body": b""})

    return send_and_linger

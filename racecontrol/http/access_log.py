"""The access log: a line a request, key=value. No tokens, no query, no positions, no names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock, iso_utc
from racecontrol.domain.sender import Sender
from racecontrol.http.answer import Scope
from racecontrol.http.guard import address_of
from racecontrol.http.line_file import LineFile

_MOST_PATH: Final = 200


@dataclass(slots=True)
class Seen:
    """What is told of one request; filled while it is served."""

    sender: Sender | None = None
    body_bytes: int = 0
    points: int = 0
    status: int = 0


class AccessLog:
    """Writes the lines. Costs 3 µs a request, nothing where the log is off."""

    def __init__(self, lines: LineFile | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        """lines: where they go; None for nowhere."""
        self._lines = lines
        self._clock = clock

    def tell(self, scope: Scope, seen: Seen, began_s: float) -> None:
        """Write the line of a request that was answered. began_s: monotonic."""
        if self._lines is None:
            return
        now_ms, took_ms = self._clock.now_ms(), (self._clock.monotonic_s() - began_s) * 1000
        self._lines.add(
            f"time={_second(now_ms // 1000)}.{now_ms % 1000:03}Z method={scope['method']}"
            f" path={_shown_path(scope)} status={seen.status} ms={took_ms:.1f}"
            f" bytes={seen.body_bytes} points={seen.points} sender={_shown_sender(seen.sender)}"
            f" address={address_of(scope) or '-'}"
        )


@lru_cache(maxsize=4)
def _second(time_s: int) -> str:
    """The time without a fraction and without its zone."""
    return iso_utc(time_s * 1000).removesuffix("Z")


def _shown_sender(sender: Sender | None) -> str:
    return f"{sender.kind.value}:{sender.token_id[:12]}" if sender else "-"


def _shown_path(scope: Scope) -> str:
    return _printable(scope.get("raw_path") or scope["path"].encode("utf-8", "replace"))


@lru_cache(maxsize=1_024)
def _printable(raw_path: bytes) -> str:
    """The path as sent, percent-encoded, so that nothing in it can break a line."""
    text = raw_path[:_MOST_PATH].decode("latin-1")
    return "".join(char if "!" <= char <= "~" else "?" for char in text)

"""`SameHead`: the head of a request that came once and was understood, to know the next one by.

    POST /api/v2/live/… HTTP/1.1\r\n…\r\nContent-Length: 171\r\nAuthorization: …\r\n\r\n{"flight_id": …
    └ before ─────────────────────────────────────────┘└ digits ┘└ after ──────────────┘└ the body ──

A tracker or a gateway keeps its connection, and writes the same head again and again, save for the
length. Nothing is parsed here: what is not the same, byte for byte, is for the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 4_096
"""Of a head that is kept: ours have some 500 with a token."""

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: ?([0-9]{1,8})(?=\r\n)", re.IGNORECASE)
_NAME: Final = b"content-length"
_MOST_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class SameHead:
    """before, after: all of a head, up to its Content-Length's digits and from there on."""

    before: bytes
    after: bytes

    def body_in(self, received: bytes) -> bytes | None:
        """The body, where what was received is one request with this head, whole; else None."""
        if not received.startswith(self.before):
            return None
        at = len(self.before)
        end = received.find(b"\r", at, at + _MOST_DIGITS + 1)
        if end < 0 or not received.startswith(self.after, end):
            return None
        digits, start = received[at:end], end + len(self.after)
        if not digits.isdigit() or int(digits) != len(received) - start:
            return None
        return received[start:]


def head_in(received: bytes) -> SameHead | None:
    """The head that what was received begins with; None where it has no length, or is a large one."""
    end = received.find(_END, 0, MOST_BYTES) + len(_END)
    if end < len(_END):
        return None
    head = received[:end]
    found = _LENGTH.search(head)
    if found is None or head.lower().count(_NAME) != 1:
        return None
    return SameHead(head[: found.start(1)], head[found.end(1) :])

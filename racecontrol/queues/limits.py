"""The numbers the queue goes by, each with its reason."""

from __future__ import annotations

from typing import Final

MAX_CALL_ITEMS: Final = 100
MAX_CALL_BYTES: Final = 512 * 1024
"""What one call adds: 250 items hold the server up for 6 ms. A single payload over it is refused."""

FIRST_CALL_ITEMS: Final = 25
"""Of the first of several calls, so that the server begins while the next is encoded."""

CALL_BYTES: Final = 256 * 1024
"""Payloads we put in one call, save for a single larger one: 128 KB costs more syncs (10 % of a batch of
500 items), 512 KB leaves the server idle while Python encodes the first call."""

MAX_ID_BYTES: Final = 256
"""Of an item's id, in UTF-8. An id stands in five structures."""

ITEM_POINTS: Final = 5_000
"""Points of one item; more are cut. At 32 bytes a point, the worst case, that is 160 KB."""

MAX_MEMBERS: Final = 1_000
"""Members in one call, and items of one lease."""

LEASE_MS: Final = 30_000
LEASE_BYTES: Final = 4 * 1024 * 1024
"""What a worker gets at once, and for how long: a batch is stored in well under a second."""

MAX_ATTEMPTS: Final = 5
"""Leases of an item before it becomes a dead letter."""

RETRY_BASE_MS: Final = 500
RETRY_CAP_MS: Final = 60_000
"""A retry waits min(cap, base * 2^attempt), half of it at random."""

IDLE_MS: Final = 5_000
"""The longest sleep on the marker: what a lost wake-up can cost."""

DEDUPE_MS: Final = 600_000
"""How long after its end an id is still known: 10 minutes, 103 bytes an id."""

"""Fixes to the bytes of a queue item and back. Byte by byte: docs/codec.md.

Small live batches are laid out plainly, column after column, since nothing is faster to
write and to read. From BULK_POINTS on columns are delta-coded, narrowed and compressed.
"""

from __future__ import annotations

from racecontrol.domain.fixes import Fixes
from racecontrol.errors import PayloadError
from racecontrol.queues import codec_header as head
from racecontrol.queues import codec_plain


def encode(fixes: Fixes) -> bytes:
    """One item's payload.

    Raises: BadItem for more points or longer names than a payload holds.
    """
    header, body = codec_plain.body_of(fixes)
    return head.pack(header, fixes.flight, body)


def decode(payload: bytes) -> Fixes:
    """The fixes of a payload; columns may be read-only views of it.

    Raises: PayloadError with what is wrong: torn, damaged, of an unknown version or kind.
    """
    header, flight, body_end = head.unpack(payload)
    if header.kind == head.PLAIN:
        return codec_plain.fixes_of(header, flight, payload, body_end)
    raise PayloadError(f"kind {header.kind} is not known")

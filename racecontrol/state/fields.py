"""From the server's answers to text: a hash comes as a dict from HGETALL, as a flat list from a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def text(raw: bytes) -> str:
    """Text of the server; bytes that some other program put there never raise."""
    return raw.decode("utf-8", "replace")


def fields(answer: Mapping[bytes, bytes] | Sequence[bytes]) -> dict[str, str]:
    """A hash's fields and values."""
    pairs = answer.items() if isinstance(answer, Mapping) else zip(answer[::2], answer[1::2], strict=True)
    return {text(name): text(value) for name, value in pairs}


def number(value: str | None) -> int | None:
    """A field's whole number; None where the field is not there."""
    return None if value is None else int(value)

"""A whole answer in the bytes in which uvicorn would write it, for one write instead of two."""

from __future__ import annotations

from collections.abc import Sequence

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from racecontrol.http.answer import Answer, Header


def written(answer: Answer, default_headers: Sequence[Header], *, is_last: bool = False) -> bytes:
    """Head and body. default_headers: uvicorn's, of every answer. is_last: the connection then ends."""
    headers = [*default_headers, *answer.all_headers()]
    if is_last:
        headers.append((b"connection", b"close"))
    lines = [b"%b: %b\r\n" % header for header in headers]
    return b"".join((STATUS_LINE[answer.status], *lines, b"\r\n", answer.body))

"""A head that comes again is known byte for byte; everything else is for the parser."""

from __future__ import annotations

import pytest

from racecontrol.http.same_head import MOST_BYTES, head_in

HEAD = b"POST /live HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nAuthorization: Bearer t\r\n\r\n"


def request(body: bytes, head: bytes = HEAD) -> bytes:
    return head % len(body) + body


def test_a_head_that_comes_again_gives_its_body() -> None:
    """Whatever its length."""
    head = head_in(request(b"{}"))

    assert head is not None
    assert [head.body_in(request(body)) for body in (b"{}", b"", b"x" * 1000)] == [b"{}", b"", b"x" * 1000]


@pytest.mark.parametrize(
    "received",
    [
        request(b"{}")[:-1],
        request(b"{}") + b"P",
        request(b"{}")[:40],
        b"",
        request(b"{}").replace(b"Bearer t", b"Bearer u"),
        request(b"{}").replace(b"/live", b"/evil"),
        request(b"{}").replace(b": 2", b": +2"),
        request(b"{}").replace(b": 2", b": 2 "),
        request(b"{}").replace(b": 2", b": "),
        request(b"{}").replace(b": 2\r\n", b": 2\r\nX: y\r\n"),
        request(b"{}").replace(b": 2", b": 000000002"),
    ],
)
def test_anything_else_is_not_that_head(received: bytes) -> None:
    """Cut short, gone on, another token or path, another way to write the length."""
    head = head_in(request(b"{}"))

    assert head is not None
    assert head.body_in(received) is None


@pytest.mark.parametrize(
    "received",
    [
        b"POST /live HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /live HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /live HTTP/1.1\r\nContent-Length: 2\r\nX: content-length\r\n\r\n{}",
        b"POST /live HTTP/1.1\r\nContent-Length: 2",
        b"POST /live HTTP/1.1\r\nContent-Length: 2\r\nX: " + b"x" * MOST_BYTES + b"\r\n\r\n{}",
        b"POST /live HTTP/1.1\r\nX: y\r\n\r\n\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_a_head_whose_length_is_not_plain_is_not_kept(received: bytes) -> None:
    """None, several, or too much of everything; a length in the body is none."""
    assert head_in(received) is None

"""A connection that knows the head of its last request, and takes the short way where it comes again.

    received ─► nothing under way, the same head, the body whole ─► `short_way` takes it ─► one write
         └─ all else ─► httptools ─► uvicorn's cycle and task ─► `front` ─► two ASGI messages

What comes while a request is on the short way waits for its answer, as uvicorn lets pipelined requests wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from racecontrol.http.answer import Answer, Scope
from racecontrol.http.front import Front
from racecontrol.http.protocol import TimedProtocol
from racecontrol.http.same_head import SameHead, head_in
from racecontrol.http.short_way import ShortWay, Standing
from racecontrol.http.written import written


@dataclass(slots=True)
class _Last:
    """The last request that came the long way. standing: what it says of those with its head, once asked."""

    head: SameHead
    scope: Scope
    standing: Standing | None = None
    is_asked: bool = False


class IntakeProtocol(TimedProtocol):
    """One connection of the service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.config.app
        self._short_way: ShortWay | None = app.short_way if isinstance(app, Front) else None
        self._last: _Last | None = None
        self._messages = 0
        self._is_in_message = False
        self._is_on_short_way = False
        self._is_leaving = False
        self._waiting: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        if self._is_on_short_way or self._waiting:
            self._waiting.append(data)
            self.flow.pause_reading()
            return
        is_between = self._is_between_requests()
        if is_between and self._last is not None and self._takes_short_way(self._last, data):
            return
        messages = self._messages
        super().data_received(data)
        if is_between and self._messages == messages + 1 and not self._is_in_head:
            self._remember(data)

    def on_message_begin(self) -> None:
        self._messages += 1
        self._is_in_message = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_in_message = False
        super().on_message_complete()

    def shutdown(self) -> None:
        """Let what is on the short way be answered; then, or now, close."""
        if self._is_on_short_way:
            self._is_leaving = True
        else:
            super().shutdown()

    def _is_between_requests(self) -> bool:
        """Every byte so far was of a request that is over, and answered."""
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return (cycle is None or cycle.response_complete) and not self._is_in_message and not self.pipeline

    def _remember(self, data: bytes) -> None:
        """Keep the head of the only request in `data`."""
        head = head_in(data) if self._short_way is not None else None
        self._last = None if head is None else _Last(head, cast(Scope, self.scope))

    def _takes_short_way(self, last: _Last, data: bytes) -> bool:
        body = last.head.body_in(data)
        if body is None or self._short_way is None or self.flow.write_paused or self.transport.is_closing():
            return False
        if not last.is_asked:
            last.is_asked, last.standing = True, self._short_way.standing_of(last.scope)
        if last.standing is None or not self._short_way.take(last.standing, body, self._answer):
            return False
        self._unset_keepalive_if_required()
        self._stop_waiting()
        self._is_on_short_way = True
        return True

    def _answer(self, answer: Answer) -> None:
        self._is_on_short_way = False
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.transport.write(written(answer, self.server_state.default_headers, is_last=self._is_leaving))
        if self._is_leaving:
            self.transport.close()
            return
        self._await_head()
        if self._waiting:
            # Not from here: others wait for the end of this batch's answers.
            self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Take what came meanwhile."""
        waiting, self._waiting = b"".join(self._waiting), []
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.data_received(waiting)

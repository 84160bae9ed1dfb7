"""Being told to end: by SIGTERM, or by the SIGHUP of a terminal that is closed. In order, as at Ctrl-C.

The last one out stops the server, so a command that a signal simply killed would leave it running.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from types import FrameType

from racecontrol.commands.child import on_parent_gone


def ending_signals() -> tuple[signal.Signals, ...]:
    """What tells us to end, besides Ctrl-C. A hangup that is ignored (`nohup`) stays ignored."""
    is_hangup_ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return (signal.SIGTERM,) if is_hangup_ignored else (signal.SIGTERM, signal.SIGHUP)


def end_as_at_interrupt() -> None:
    """Let these signals do what Ctrl-C does, until the command takes them itself."""
    # A shell has SIGINT ignored for what a script runs in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in ending_signals():
        signal.signal(number, _interrupt)


def on_end(stop: Callable[[], None], *, is_child: bool = False) -> Sequence[signal.Signals]:
    """Call `stop` when we are told to end, by Ctrl-C, too. From within the event loop.

    The answer is the signals that came, and grows as they come.
    """
    loop, came = asyncio.get_running_loop(), []

    def stop_for(number: signal.Signals) -> None:
        came.append(number)
        stop()

    for number in (*ending_signals(), signal.SIGINT):
        loop.add_signal_handler(number, stop_for, number)
    if is_child:
        on_parent_gone(stop)
    return came


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Its shell and the kernel both tell of a closed terminal; a second interrupt would cut the end short.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.raise_signal(signal.SIGINT)

"""Processes that a desk or `work -n` starts: they end when their parent does.

The parent holds the other end of the child's stdin; the pipe closes whenever it goes, kill -9 included.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable


def add_child_option(parser: argparse.ArgumentParser) -> None:
    """`--child`, which no person gives."""
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)


def on_parent_gone(stop: Callable[[], None]) -> None:
    """Call `stop` when stdin closes. From within the event loop."""
    loop = asyncio.get_running_loop()
    parent = sys.stdin.fileno()

    def read_parent() -> None:
        if not os.read(parent, 4096):
            loop.remove_reader(parent)
            stop()

    loop.add_reader(parent, read_parent)

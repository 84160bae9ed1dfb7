"""File modes that count for root as they do for everybody else."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

_VERSION_3: Final = 0x20080522
_PASSES_MODES: Final = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def modes_that_count() -> Iterator[None]:
    """Let modes count in this thread, and in those it starts, while the block runs.

    Source: capset(2). Programs that are started meanwhile have all of root's rights again.
    """
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("to root every file is open")
    libc = ctypes.CDLL(None, use_errno=True)
    header, kept = _Header(_VERSION_3, 0), (_Sets * 2)()
    assert libc.capget(ctypes.byref(header), ctypes.byref(kept)) == 0
    fewer = type(kept).from_buffer_copy(kept)
    fewer[0].effective &= ~_PASSES_MODES
    assert libc.capset(ctypes.byref(header), ctypes.byref(fewer)) == 0
    try:
        yield
    finally:
        assert libc.capset(ctypes.byref(header), ctypes.byref(kept)) == 0

"""What a power loss would leave of a server's append-only file: watches its fsync calls by ptrace.

The kernel's page cache keeps what a killed process wrote, so `kill -9` alone never shows a write
that was answered before it was synced. Linux only, on machines whose call numbers are known here;
the parent of the server may trace it without privileges.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SEIZE, _INTERRUPT, _SYSCALL, _SYSCALL_INFO = 0x4206, 0x4207, 24, 0x420E
_TELL_CALLS_APART = 1
_ENTRY, _EXIT = 1, 2
_ANY_CHILD = 0x40000000
_SYNC_CALLS = {"x86_64": (74, 75), "aarch64": (82, 83)}
"""fsync and fdatasync."""


class _CallInfo(ctypes.Structure):
    """struct ptrace_syscall_info; of its union what entry and exit share: the number, or the result."""

    _fields_ = [
        ("op", ctypes.c_uint8),
        ("arch", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number_or_result", ctypes.c_int64),
        ("rest", ctypes.c_uint64 * 8),
    ]


class FsyncWatch:
    """synced_bytes: how long `file` was when its last finished fsync began."""

    def __init__(self, file: Path) -> None:
        self.synced_bytes = 0
        self.is_refused = False
        self.has_begun = threading.Event()
        self._file = file
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self._libc.ptrace.restype = ctypes.c_long

    def watch(self, pid: int) -> None:
        """Follow the process's main thread to its end; all from one thread, as ptrace wants it."""
        try:
            self.synced_bytes = self._file.stat().st_size
            self.is_refused = self._libc.ptrace(_SEIZE, pid, None, _TELL_CALLS_APART) != 0
            if not self.is_refused:
                self._libc.ptrace(_INTERRUPT, pid, None, None)
        finally:
            self.has_begun.set()
        if not self.is_refused:
            self._follow(pid)

    def _follow(self, pid: int) -> None:
        syncs = _SYNC_CALLS[platform.machine()]
        number = size = 0
        while True:
            try:
                _, status = os.waitpid(pid, _ANY_CHILD)
            except ChildProcessError:
                return
            if not os.WIFSTOPPED(status):
                return
            stopped_by, passed_on = os.WSTOPSIG(status), 0
            if stopped_by == signal.SIGTRAP | 0x80:
                info = _CallInfo()
                self._libc.ptrace(_SYSCALL_INFO, pid, ctypes.sizeof(info), ctypes.addressof(info))
                if info.op == _ENTRY:
                    number = info.number_or_result
                    size = self._file.stat().st_size if number in syncs else size
                elif info.op == _EXIT and number in syncs and info.number_or_result == 0:
                    self.synced_bytes = size
            elif status >> 16 == 0:
                passed_on = stopped_by
            self._libc.ptrace(_SYSCALL, pid, None, passed_on)


@contextmanager
def watched_fsyncs(pid: int, file: Path) -> Iterator[FsyncWatch]:
    """Watch the process inside the block, which must end with its death. Skips where that cannot be done."""
    if platform.system() != "Linux" or platform.machine() not in _SYNC_CALLS:
        pytest.skip("fsync calls can be watched on Linux only")
    watch = FsyncWatch(file)
    thread = threading.Thread(target=watch.watch, args=(pid,), daemon=True)
    thread.start()
    watch.has_begun.wait()
    if watch.is_refused:
        pytest.skip("this machine lets no process be traced")
    yield watch
    thread.join()

"""Disks that are really full: a file system of a few megabytes, which a test fills and frees.

Mounting wants root; where it is not permitted the test skips, saying so. `files_no_larger_than` does without.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_CHUNK = bytes(4096)


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted file system. path: its root."""

    path: Path

    @property
    def _filler(self) -> Path:
        return self.path / "filler"

    def fill(self) -> None:
        """Leave no room on it."""
        # Without a buffer: what it holds back when the disk is full would be tried again at the close.
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while filler.write(_CHUNK):
                continue

    def free(self) -> None:
        """Give back what `fill` took."""
        self._filler.unlink()

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Full inside the block."""
        self.fill()
        try:
            yield
        finally:
            self.free()


@contextmanager
def small_disk(size_mb: int) -> Iterator[SmallDisk]:
    """A disk of a test's own while the block runs."""
    # Short: a server's socket may lie on it.
    with TemporaryDirectory(prefix="rc-", dir="/tmp") as folder:
        _run("mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0700", "tmpfs", folder)
        try:
            yield SmallDisk(Path(folder))
        finally:
            # Lazily: a process that just died may hold a file of it for a moment.
            _run("umount", "--lazy", folder)


@contextmanager
def files_no_larger_than(most_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond it, which to a writer is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _run(*command: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine mounts no small disk: {done.stderr.strip()}")

"""Small files for their owner alone, written whole or not at all; a power cut leaves none empty."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Put the text into the file, whatever was there. Raises: OSError."""
    with _written_beside(path, text) as fresh:
        fresh.replace(path)


def write_private_first(path: Path, text: str) -> None:
    """Put the text into the file, unless somebody else has made it meanwhile. Raises: OSError."""
    with _written_beside(path, text) as fresh, suppress(FileExistsError):
        path.hardlink_to(fresh)


@contextmanager
def _written_beside(path: Path, text: str) -> Iterator[Path]:
    """A file of mode 0600 that has the text on disk; the block gives it its name."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Some file systems of other machines cannot, and then nobody can.
        with suppress(OSError):
            os.fsync(folder)
    finally:
        os.close(folder)

"""Secrets in files for their owner alone: made where there is none, refused where others can read them."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from racecontrol.errors import ConfigError
from racecontrol.server.private_files import write_private, write_private_first

_OTHERS: Final = 0o077

SECRET_BYTES: Final = 32
"""256 bits: what HS256 asks of its key."""


def new_secret(n_bytes: int = SECRET_BYTES) -> str:
    """Random text of 2 * n_bytes hexadecimal digits."""
    return secrets.token_hex(n_bytes)


def kept_secret(path: Path, n_bytes: int = SECRET_BYTES) -> str:
    """The secret in the file; a new one is written there, for its owner only, where there is none.

    Several processes may come at once: all get the same.
    Raises: ConfigError where others can read the file, or it cannot be read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_private_first(path, f"{new_secret(n_bytes)}\n")
        return _read(path)
    except OSError as exc:
        raise ConfigError(f"{path}: {exc.strerror or exc}", advice="make it readable to us alone") from exc


def write_secret(path: Path, text: str) -> None:
    """Put a secret into a file of mode 0600, whole or not at all. Raises: ConfigError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, f"{text}\n")
    except OSError as exc:
        raise ConfigError(f"{path}: {exc.strerror or exc}", advice="make its folder writable") from exc


def _read(path: Path) -> str:
    if path.stat().st_mode & _OTHERS:
        raise ConfigError(f"{path} can be read by others than its owner", advice=f"chmod 600 {path}")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not text:
        raise ConfigError(f"{path} is empty", advice="remove it; a new secret is made, the old ones are void")
    return text

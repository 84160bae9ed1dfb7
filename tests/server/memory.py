"""How much memory this process took at most while something ran. Linux only; elsewhere the test skips."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


@contextmanager
def memory_grows_by_less_than(most_kb: int) -> Iterator[None]:
    """The resident memory inside the block never stands most_kb above that before it."""
    try:
        # "5" forgets the highest value so far, which the tests before may have set.
        _RESET.write_text("5")
    except OSError:
        pytest.skip("this machine does not tell how much memory was taken at most")
    before_kb = _told("VmRSS")
    yield
    grown_kb = _told("VmHWM") - before_kb
    assert grown_kb < most_kb


def _told(name: str) -> int:
    return next(int(line.split()[1]) for line in _STATUS.read_text().splitlines() if line.startswith(name))

"""Fixes: columns of one length that can be cut, joined and compared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.fixes import MISSING, concatenate
from tests.builders import make_fixes, make_flight


def test_before_leaves_out_the_fix_at_that_time() -> None:
    """`before` is exclusive, so gun + 1 s keeps the whole second of the gun and not the next one."""
    fixes = make_fixes([1000, 1999, 2000])

    assert fixes.before(2000).time_ms.tolist() == [1000, 1999]


def test_select_keeps_an_absent_column_absent() -> None:
    """A flight without heights has none after a cut either."""
    assert make_fixes([1, 2], alt_m=None).select(slice(1)).gnss_alt_m is None


def test_fixes_differ_by_one_value() -> None:
    """Equality looks at every column."""
    fixes = make_fixes([1, 2])

    assert fixes == make_fixes([1, 2])
    assert fixes != make_fixes([1, 2], alt_m=1501)
    assert fixes != make_fixes([1, 2], alt_m=None)


def test_fixes_differ_by_flight() -> None:
    """The same points of another flight are other fixes."""
    assert make_fixes([1]) != make_fixes([1], flight=make_flight("119"))


def test_degrees_come_from_the_scaled_integers() -> None:
    """45.9 degrees are 459,000,000 units."""
    fixes = make_fixes([1], lat_e7=459_000_000, lon_e7=-62_000_000)

    assert fixes.lat_deg.tolist() == [45.9]
    assert fixes.lon_deg.tolist() == [-6.2]


@given(length=st.integers(0, 40), size=st.integers(1, 15))
def test_chunks_put_together_are_the_whole(length: int, size: int) -> None:
    """Chunks lose nothing, keep the order and hold at most what was asked for."""
    fixes = make_fixes(range(length))
    chunks = fixes.chunks(size)

    assert all(len(chunk) <= size for chunk in chunks)
    assert sum(map(len, chunks)) == length
    if chunks:
        assert concatenate(chunks) == fixes


def test_concatenate_fills_a_column_that_one_piece_lacks() -> None:
    """Where one piece has heights and the other none, the other's are MISSING."""
    whole = concatenate([make_fixes([1], alt_m=900), make_fixes([2], alt_m=None)])

    assert whole.gnss_alt_m is not None
    assert np.array_equal(whole.gnss_alt_m, [900, MISSING])


def test_concatenate_refuses_two_flights() -> None:
    """Points of two pilots never become one track."""
    with pytest.raises(ValueError, match="one flight"):
        concatenate([make_fixes([1]), make_fixes([2], flight=make_flight("119"))])

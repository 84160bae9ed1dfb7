"""Cells read a column at a time mean what Python reads in them one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from racecontrol.domain.iso_digits import Words
from racecontrol.domain.points_time import time_ms_of
from racecontrol.formats import cell_names
from racecontrol.formats.cell_names import names_of
from racecontrol.formats.cell_numbers import numbers_of
from racecontrol.formats.cell_times import NO_TIME, times_ms_of
from racecontrol.formats.cells import MARGIN, Cells

CHARACTERS = st.text("0123456789.-+eE /:_", max_size=20)
DECIMALS = st.builds(lambda value, places: f"{value:.{places}f}", st.floats(-200, 200), st.integers(0, 16))
REPRS = st.floats().map(repr)

TIMES = [
    "2026-05-26T11:45:00Z",
    "2026-05-26 11:45:00",
    "2026-05-26 11:45:00+00",
    "2026-05-26T11:45:00.5Z",
    "2026-05-26T11:45:00.123456+02:00",
    "2000-01-01T00:30:00+01:00",
]

TIMES_OF_MINUTES = ["2026-10-25T02:59+02:00", "2026-10-25T02:00+01:00", "2026-10-25T02:59+00:00:30"]


def cells_of(texts: Sequence[str]) -> Cells:
    parts = [text.encode() for text in texts]
    content = bytes(MARGIN) + b",".join(parts) + bytes(MARGIN)
    widths = np.array([len(part) for part in parts], np.intp)
    ends = MARGIN + np.cumsum(widths + 1) - 1
    return Cells(np.frombuffer(content, np.uint8), ends - widths, ends)


def as_float(text: str) -> tuple[float, bool]:
    """The number, and whether the text is neither blank nor one."""
    if not text.strip():
        return math.nan, False
    try:
        return float(text), False
    except ValueError:
        return math.nan, True


@given(st.lists(CHARACTERS | DECIMALS | REPRS))
@example(["45.8324117", "5", "", "-0.5", "+1", "1.2.3", "1./", ".", "-", "5.", ".5", "1e400", "nan"])
@example(["123456789012345", "1234567890123456", "45.123456789012345", "99999999.9", "9999999.99"])
def test_numbers_are_what_float_reads(texts: list[str]) -> None:
    """To the last bit, blank cells and cells that are no number told apart."""
    numbers = numbers_of(cells_of(texts))
    expected = [as_float(text) for text in texts]

    assert [odd for _, odd in expected] == numbers.is_odd.tolist()
    assert np.array_equal([value for value, _ in expected], numbers.values, equal_nan=True)


TIME_TEXTS = st.sampled_from([*TIMES, *TIMES_OF_MINUTES])


@given(st.lists(st.tuples(TIME_TEXTS, st.integers(0, 40), st.sampled_from("0123456789 -T:"))))
@example(
    [("2026-02-28 11:45:00", 9, "9"), ("2026-05-26T11:45:00Z", 11, "2"), ("2026-05-26T11:45:00Z", 0, "1")]
)
@example([(text, 0, "2") for text in TIMES_OF_MINUTES])
def test_times_are_what_the_standard_library_reads(changes: list[tuple[str, int, str]]) -> None:
    """Texts with any character changed are read right, or left to be read one by one."""
    texts = [text[:at] + other + text[at + 1 :] if at < len(text) else text for text, at, other in changes]
    for text, time_ms in zip(texts, times_ms_of(cells_of(texts)).tolist(), strict=True):
        assert time_ms == NO_TIME or time_ms == time_ms_of(text)


def test_times_of_many_days_and_layouts_are_read_in_bulk() -> None:
    """None of those that senders write is left over."""
    texts = [text.replace("-05-", f"-{month:02}-") for month in range(1, 13) for text in TIMES]

    assert [time_ms_of(text) for text in texts] == times_ms_of(cells_of(texts)).tolist()


@pytest.mark.parametrize("text", ["1779795900", "1779795900000", "1779795900.0"])
def test_a_number_is_a_time_since_1970(text: str) -> None:
    """Seconds or milliseconds, told apart by their size, beside text as well."""
    texts = [text, "2026-05-26T11:45:00Z", ""]

    assert times_ms_of(cells_of(texts)).tolist() == [1_779_795_900_000, 1_779_795_900_000, NO_TIME]


@given(st.lists(st.sampled_from(["", "a", "R42/1", "Jörg", "x" * 8, "x" * 9, "x" * 104, "x" * 105])))
def test_names_are_told_apart(texts: list[str]) -> None:
    """Each text once, and every row's, whatever their lengths."""
    names = names_of(cells_of(texts))

    assert texts == [names.texts[place] for place in names.which.tolist()]
    assert len(set(names.texts)) == len(names.texts)


def test_names_after_the_first_rows_are_found() -> None:
    """A name that only later rows have is one more."""
    texts = ["a"] * 5_000 + ["b", "c", "a"]
    names = names_of(cells_of(texts))

    assert texts == [names.texts[place] for place in names.which.tolist()]


def test_names_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes two names collide gains nothing."""

    def nothing(words: Words) -> Words:
        return np.zeros(len(words), np.uint64)

    monkeypatch.setattr(cell_names, "_hashes", nothing)
    names = names_of(cells_of(["a", "b", "a"]))

    assert (names.texts, names.which.tolist()) == (["a", "b"], [0, 1, 0])

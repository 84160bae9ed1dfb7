"""Lines of CSV, all cut at once: where each begins and ends, and where its cells do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from racecontrol.formats.cells import MARGIN, Bytes, Places

LINE_END, _RETURN, _QUOTE = ord("\n"), ord("\r"), ord('"')


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines and where their parts stand.

    stops: of all delimiters and line ends. last: of each line's end, in `stops`. starts, ends: of each
    line, its end left out.
    """

    text: Bytes
    stops: Places
    last: Places
    starts: Places
    ends: Places

    @classmethod
    def of(cls, text: Bytes, delimiter: int) -> Lines:
        """Find them in a text with MARGIN around."""
        content = text[:-MARGIN]
        is_stop = content == LINE_END
        is_stop |= content == delimiter
        is_stop[:MARGIN] = False
        stops = np.flatnonzero(is_stop)
        last = np.flatnonzero(text[stops] == LINE_END)
        ends = stops[last]
        starts = np.concatenate(([MARGIN], ends[:-1] + 1))
        return cls(text, stops, last, starts, ends - ((text[ends - 1] == _RETURN) & (ends > starts)))


@dataclass(frozen=True, slots=True)
class PlainLines:
    """The lines that are cut rightly at their delimiters: all cells are there, quotes around whole ones.

    lines: which. starts: of each line. stops: where its cells end, a row a line.
    """

    text: Bytes
    lines: Places
    starts: Places
    stops: Places
    has_quotes: bool

    @classmethod
    def of(cls, lines: Lines, width: int) -> PlainLines:
        """Find them among all lines."""
        has_all = np.diff(lines.last, prepend=-1) == width
        which = np.flatnonzero(has_all)
        if len(which) == len(has_all):
            stops = lines.stops.reshape(-1, width)
        else:
            stops = lines.stops[lines.last[which][:, None] + np.arange(1 - width, 1)]
        stops[:, -1] = lines.ends[which]
        plain = cls(lines.text, which, lines.starts[which], stops, False)
        quotes = np.flatnonzero(lines.text == _QUOTE)
        return plain._without_open_quotes(quotes) if len(quotes) else plain

    def _without_open_quotes(self, quotes: Places) -> PlainLines:
        """Those lines in which all quotes stand around whole cells."""
        found = np.searchsorted(quotes, self.stops[:, -1]) - np.searchsorted(quotes, self.starts)
        for number in range(self.stops.shape[1]):
            found -= 2 * self._are_wrapped(*self._between(number))
        sound = found == 0
        return PlainLines(self.text, self.lines[sound], self.starts[sound], self.stops[sound], True)

    def cells(self, number: int) -> tuple[Places, Places]:
        """Where the cells of a column start and end, without their quotes."""
        starts, ends = self._between(number)
        if self.has_quotes:
            quotes = self._are_wrapped(starts, ends)
            return starts + quotes, ends - quotes
        return starts, ends

    def _between(self, number: int) -> tuple[Places, Places]:
        return self.stops[:, number - 1] + 1 if number else self.starts, self.stops[:, number]

    def _are_wrapped(self, starts: Places, ends: Places) -> Places:
        are_quotes = (self.text[starts] == _QUOTE) & (self.text[ends - 1] == _QUOTE)
        wrapped: Places = (are_quotes & (ends - starts >= 2)).astype(np.intp)
        return wrapped

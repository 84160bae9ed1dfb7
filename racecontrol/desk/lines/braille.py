"""A canvas of braille dots, two wide and four high a cell; in ASCII a cell is a sign for how full it is."""

from __future__ import annotations

from math import cos, pi, sin

from racecontrol.desk.lines.cells import Line, Role, Span

_DOT_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot, by column and row of the cell (Unicode 17, block Braille Patterns)."""


class Canvas:
    """Dots and labels in cells. A cell has one role, that of what was drawn there last."""

    def __init__(self, width: int, height: int, *, is_ascii: bool) -> None:
        self.width = width
        self.height = height
        self._is_ascii = is_ascii
        self._dots: dict[tuple[int, int], int] = {}
        self._roles: dict[tuple[int, int], Role] = {}
        self._labels: dict[tuple[int, int], str] = {}
        self._label_roles: dict[tuple[int, int], Role] = {}

    def dot(self, x: float, y: float, role: Role) -> None:
        """Set the dot at (x, y) of 2 * width by 4 * height dots; outside is no error."""
        column, row = int(x // 2), int(y // 4)
        if 0 <= column < self.width and 0 <= row < self.height:
            bit = _DOT_BITS[int(x) % 2][int(y) % 4]
            self._dots[column, row] = self._dots.get((column, row), 0) | bit
            self._roles[column, row] = role

    def circle(self, x: float, y: float, radius: float, role: Role) -> None:
        """Set the dots of a circle where nothing else is; one dot where it is smaller than that."""
        taken = set(self._dots)
        steps = max(1, min(720, int(2 * pi * radius)))
        for step in range(steps):
            angle = 2 * pi * step / steps
            dot_x, dot_y = x + radius * cos(angle), y + radius * sin(angle)
            if (int(dot_x // 2), int(dot_y // 4)) not in taken:
                self.dot(dot_x, dot_y, role)

    def has_dot(self, column: int, row: int) -> bool:
        """Whether the cell shows anything yet."""
        return (column, row) in self._dots

    def label(self, column: int, row: int, text: str, role: Role) -> bool:
        """Write one-cell characters where no label is yet; False where there is no room."""
        cells = [(column + offset, row) for offset in range(len(text))]
        if not 0 <= row < self.height or column < 0 or column + len(text) > self.width:
            return False
        if any(cell in self._labels for cell in cells):
            return False
        for cell, char in zip(cells, text, strict=True):
            self._labels[cell] = char
            self._label_roles[cell] = role
        return True

    def lines(self) -> list[Line]:
        """The canvas as one line a row."""
        return [self._line(row) for row in range(self.height)]

    def _line(self, row: int) -> Line:
        spans: list[Span] = []
        for column in range(self.width):
            char = self._char(column, row)
            role = self._label_roles.get((column, row)) or self._roles.get((column, row), Role.TEXT)
            if spans and (spans[-1].role is role or char == " "):
                spans[-1] = Span(spans[-1].text + char, spans[-1].role)
            else:
                spans.append(Span(char, role))
        return tuple(spans)

    def _char(self, column: int, row: int) -> str:
        if (column, row) in self._labels:
            return self._labels[column, row]
        dots = self._dots.get((column, row), 0)
        if not dots:
            return " "
        return ".:oO@"[min(4, dots.bit_count() - 1)] if self._is_ascii else chr(0x2800 + dots)

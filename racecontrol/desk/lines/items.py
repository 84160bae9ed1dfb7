"""Items of a queue in a line each: those served next, and the dead letters with their reasons."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.start import wrapped
from racecontrol.desk.lines.table import Column, fit_columns, head_line, row_line, under_cursor
from racecontrol.desk.lines.words import age, count, plural
from racecontrol.domain.text import clean_text
from racecontrol.queues.model import DeadLetter, WaitingItem

ID_CELLS = 200

_HEAD = (
    Column("id", "SERVED NEXT", 16, is_right=False, grows=True),
    Column("priority", "PRIORITY", 8),
    Column("points", "POINTS", 7),
    Column("tries", "TRIES", 5),
    Column("age", "AGE", 6),
)
_DEAD = (
    Column("id", "DEAD LETTER", 16, is_right=False, grows=True),
    Column("priority", "PRIORITY", 8),
    Column("points", "POINTS", 7),
    Column("tries", "TRIES", 5),
)


def head_lines(items: Sequence[WaitingItem] | None, width: int) -> list[Line]:
    """The head of a queue; None where nobody has looked yet."""
    columns = fit_columns(_HEAD, width)
    if not items:
        said = "nothing is ready" if items is not None else "looking"
        return [head_line(columns), (Span(said, Role.MUTED),)]
    return [
        head_line(columns),
        *(_row(columns, item, {"age": Span(age(item.age_ms / 1000))}) for item in items),
    ]


def dead_lines(letters: Sequence[DeadLetter], cursor: int, width: int) -> list[Line]:
    """The reason of the letter under the cursor, then a row a letter."""
    if not letters:
        return [(Span("no dead letters", Role.MUTED),)]
    columns = fit_columns(_DEAD, width)
    reason = wrapped(clean_text(letters[cursor].reason, 400), width)
    lines = [(Span(line, Role.BAD),) for line in reason]
    rows = [_row(columns, letter, {}) for letter in letters]
    rows[cursor] = under_cursor(rows[cursor], width)
    return [
        (Span(plural(len(letters), "dead letter"), Role.STRONG),),
        *lines,
        BLANK,
        head_line(columns),
        *rows,
    ]


def _row(columns: Sequence[Column], item: WaitingItem | DeadLetter, more: dict[str, Span]) -> Line:
    values: dict[str, Span | Line] = {
        "id": Span(clean_text(item.member[16:], ID_CELLS)),
        "priority": Span(f"{item.priority:,.10g}"),
        "points": Span(count(item.points)),
        "tries": Span(count(item.attempts), Role.WARN if item.attempts > 1 else Role.MUTED),
        **more,
    }
    return row_line(columns, values)

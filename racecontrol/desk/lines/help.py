"""The help: every key of the table, by group, and whether it applies now."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.keymap import Key, key_name
from racecontrol.desk.lines.cells import BLANK, Line, Role, Span, cut, right
from racecontrol.desk.lines.start import wrapped
from racecontrol.desk.situation import Situation


def help_lines(keys: Sequence[Key], situation: Situation, width: int) -> list[Line]:
    """A head a group, a line a key; keys that do not apply now are muted."""
    lines: list[Line] = []
    group = ""
    for key in keys:
        if key.group != group:
            group = key.group
            lines += [BLANK] * bool(lines) + [(Span(group, Role.HEAD),)]
        role = Role.MUTED if key.refusal(situation) else Role.TEXT
        name = " ".join(key_name(one) for one in key.keys.split(","))
        lines.append(
            (Span(right(name, 9), Role.ACCENT), Span("  "), Span(cut(key.summary, width - 11), role))
        )
    mouse = "Mouse: a click goes to a row, a double click opens it; the keys at the bottom can be clicked."
    return [*lines, BLANK, *((Span(text, Role.MUTED),) for text in wrapped(mouse, width))]

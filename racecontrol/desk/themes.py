"""The themes, and the style that each gives to a role: dark, light, sun (for a screen in the sun), mono."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from racecontrol.desk.lines.cells import Role


@dataclass(frozen=True, slots=True)
class Look:
    """A theme of textual's with the styles of our own lines. Every role has a style: under NO_COLOR
    textual's filter fails on a segment without one."""

    theme: Theme
    styles: Mapping[Role, Style]


@dataclass(frozen=True, slots=True)
class _Colours:
    """One theme's colours. line: of borders; bright: of a border with the focus; tint: of bars' rest."""

    background: str
    surface: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str
    line: str
    tint: str
    on_accent: str


def _coloured(name: str, colours: _Colours, *, is_dark: bool, is_bold: bool = False) -> Look:
    theme = Theme(
        name=name,
        primary=colours.accent,
        secondary=colours.muted,
        warning=colours.warn,
        error=colours.bad,
        success=colours.good,
        accent=colours.accent,
        foreground=colours.text,
        background=colours.background,
        surface=colours.surface,
        panel=colours.surface,
        dark=is_dark,
        text_alpha=1.0,
        variables={
            "desk-line": colours.line,
            "desk-muted": colours.muted,
            "desk-on-accent": colours.on_accent,
            "desk-focus": "none",
            "desk-focus-title": "bold",
            "desk-button": "none",
            "block-cursor-foreground": colours.on_accent,
            "block-cursor-background": colours.accent,
            "input-cursor-background": colours.text,
            "input-cursor-foreground": colours.background,
        },
    )
    styles = {
        Role.TEXT: Style(color=colours.text, bold=is_bold),
        Role.STRONG: Style(color=colours.text, bold=True),
        Role.MUTED: Style(color=colours.muted, bold=is_bold),
        Role.HEAD: Style(color=colours.muted, bold=True),
        Role.GOOD: Style(color=colours.good, bold=is_bold),
        Role.WARN: Style(color=colours.warn, bold=True),
        Role.BAD: Style(color=colours.bad, bold=True),
        Role.ACCENT: Style(color=colours.accent, bold=True),
        Role.GRAPH: Style(color=colours.accent),
        Role.HOT: Style(color=colours.bad, bold=True),
        Role.EMPTY: Style(color=colours.tint),
        Role.CURSOR: Style(color=colours.on_accent, bgcolor=colours.accent, bold=True),
        Role.BADGE: Style(color=colours.on_accent, bgcolor=colours.warn, bold=True),
        Role.ALARM: Style(color=colours.on_accent, bgcolor=colours.bad, bold=True),
    }
    return Look(theme, styles)


DARK = _coloured(
    "race-dark",
    _Colours(
        background="#10151c",
        surface="#18202a",
        text="#d5dce5",
        muted="#8593a3",
        accent="#6cb6ff",
        good="#6fd08c",
        warn="#f2c14e",
        bad="#ff7b72",
        line="#2c3846",
        tint="#2c3846",
        on_accent="#0b1016",
    ),
    is_dark=True,
)

LIGHT = _coloured(
    "race-light",
    _Colours(
        background="#f7f8fa",
        surface="#eceff3",
        text="#1c232b",
        muted="#5a6673",
        accent="#0a58b8",
        good="#11703a",
        warn="#8a5200",
        bad="#b9151f",
        line="#c3ccd6",
        tint="#c3ccd6",
        on_accent="#ffffff",
    ),
    is_dark=False,
)

SUN = _coloured(
    "race-sun",
    _Colours(
        background="#ffffff",
        surface="#ffffff",
        text="#000000",
        muted="#1a1a1a",
        accent="#00008b",
        good="#004d00",
        warn="#6b3000",
        bad="#9c0000",
        line="#000000",
        tint="#808080",
        on_accent="#ffffff",
    ),
    is_dark=False,
    is_bold=True,
)
"""Black on white, everything bold: every colour has a contrast of 8:1 or more with the paper."""

_PLAIN = "ansi_default"

MONO = Look(
    Theme(
        name="race-mono",
        ansi=True,
        primary=_PLAIN,
        secondary=_PLAIN,
        warning=_PLAIN,
        error=_PLAIN,
        success=_PLAIN,
        accent=_PLAIN,
        foreground=_PLAIN,
        background=_PLAIN,
        surface=_PLAIN,
        panel=_PLAIN,
        boost=_PLAIN,
        # Every variable of textual's own ansi theme, since its style sheets name them all.
        variables=dict.fromkeys(BUILTIN_THEMES["ansi-dark"].variables, _PLAIN)
        | {
            "desk-line": _PLAIN,
            "desk-muted": _PLAIN,
            "desk-on-accent": _PLAIN,
            "desk-focus": "bold reverse",
            "desk-focus-title": "bold reverse",
            "desk-button": "underline",
            "block-cursor-text-style": "reverse",
            "input-cursor-text-style": "reverse",
            "input-selection-text-style": "reverse",
        },
    ),
    {
        Role.TEXT: Style(bold=False),
        Role.STRONG: Style(bold=True),
        Role.MUTED: Style(dim=True),
        Role.HEAD: Style(underline=True),
        Role.GOOD: Style(bold=False),
        Role.WARN: Style(bold=True),
        Role.BAD: Style(bold=True, underline=True),
        Role.ACCENT: Style(bold=True),
        Role.GRAPH: Style(bold=False),
        Role.HOT: Style(bold=True),
        Role.EMPTY: Style(dim=True),
        Role.CURSOR: Style(reverse=True),
        Role.BADGE: Style(reverse=True),
        Role.ALARM: Style(reverse=True, bold=True),
    },
)
"""The terminal's own two colours with bold, dim, underline and reverse: for NO_COLOR."""

LOOKS: Mapping[str, Look] = {look.theme.name: look for look in (DARK, LIGHT, SUN, MONO)}
"""By name, in the order in which `t` goes through them."""


def next_theme(name: str) -> str:
    """The theme after this one, round and round."""
    names = list(LOOKS)
    return names[(names.index(name) + 1) % len(names)] if name in LOOKS else names[0]

"""Fifteen names that have broken terminal programs, as pilots, devices and files really carry them."""

from __future__ import annotations

from typing import Final

HOSTILE: Final = (
    "[/]",
    "[@click=app.quit]quit[/]",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b31mC1\x9d0;title\x9c",
    "\u202egnp.exe",
    "a\u200bb\u200cc\u2060d",
    "Z̸̛͓̺a̸̡l̷͔g̵o̷" + "\u0301" * 30,
    "👩\u200d👩\u200d👧\u200d👦 👍🏽 ❤\ufe0f",
    "🇫🇷 Ünï",
    "日本 太郎 각",
    "x" * 10_000,
    "line one\nline two\ttab\rreturn",
    "{pilot} %s $(rm -rf) \\[bold]",
    "\u200fשלום\u2028مرحبا",
)
"""Markup, actions, escapes, OSC 52, C1, right-to-left, zero width, stacked marks, emoji, flags, wide, long,
control characters, formats, and separators."""

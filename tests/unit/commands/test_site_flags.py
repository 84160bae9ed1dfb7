"""The options of the site may stand anywhere: before a command, before its verb, and after it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from racecontrol.cli import build_parser
from racecontrol.commands.options import SITE_OPTIONS

PARSER = build_parser()

NEEDED: dict[tuple[str, ...], list[str]] = {("token", "issue"): ["--read"]}
"""What a verb wants besides what its parser names as required."""


def commands(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Every command and verb with arguments that it accepts."""
    choices = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for name, below in (choices[0].choices if choices else {}).items():
        yield from commands(below, (*path, name))
    if path and not choices:
        given = [part for action in parser._actions for part in required_by(action)]
        yield path, given + NEEDED.get(path, [])


def required_by(action: argparse.Action) -> list[str]:
    value = str(next(iter(action.choices))) if action.choices else "1"
    if action.option_strings:
        return [action.option_strings[0], value] if action.required else []
    return [] if action.nargs in ("?", "*") else [value]


@pytest.mark.parametrize("name", SITE_OPTIONS)
@pytest.mark.parametrize(("path", "given"), list(commands(PARSER)), ids=lambda part: " ".join(part))
def test_site_flags_may_stand_anywhere(path: tuple[str, ...], given: list[str], name: str) -> None:
    """Of every command and verb there is, and they mean the same everywhere."""
    flag = [f"--{name.replace('_', '-')}", "value"]
    places = [[*path[:at], *flag, *path[at:], *given] for at in range(len(path) + 1)]

    parsed = [vars(PARSER.parse_args(place))[name] for place in [*places, [*path, *given, *flag]]]

    assert {str(one) for one in parsed} == {"value"}

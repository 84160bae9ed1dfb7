"""What errors say, and the exit codes commands end with."""

from __future__ import annotations

import pytest

from racecontrol import errors


def test_format_error_names_file_line_and_field() -> None:
    """What, where, and what to do, in one line."""
    error = errors.FormatError("not a number", path="pilots.csv", line=7, field="bib", advice="fix it")

    assert str(error) == "pilots.csv:7 [bib]: not a number: fix it"


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.RaceControlError, 1),
        (errors.ConfigError, 2),
        (errors.ServerUnavailable, 3),
        (errors.FormatError, 4),
        (errors.RaceError, 4),
        (errors.CheckFailed, 5),
    ],
)
def test_exit_code(error: type[errors.RaceControlError], exit_code: int) -> None:
    """The codes that scripts rely on."""
    assert error("what").exit_code == exit_code

"""Where the desk's short answers stand, and what they leave in sight."""

from __future__ import annotations

import pytest

from tests.desk.driving import NARROW, WIDE, opened


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_an_answer_stands_on_the_border_of_the_queues(size: tuple[int, int]) -> None:
    """It covers neither the alerts nor the newest log lines at the bottom."""
    async with opened(size=size) as driven:
        driven.desk.tell("Row copied to the clipboard")
        await driven.shows("Row copied to the clipboard")

        assert "Row copied to the clipboard" in driven.rows[2]


async def test_a_question_is_asked_with_nothing_over_it() -> None:
    """In the smallest terminal, too, where the dialog takes all of it."""
    async with opened(size=(59, 19)) as driven:
        driven.desk.tell("Row copied to the clipboard")
        await driven.shows("Row copied to the clipboard")
        await driven.press("S")
        await driven.shows("Start the race")

        await driven.until(lambda: "Row copied" not in driven.text, "the answer is gone")

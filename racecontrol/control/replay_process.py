"""A replay in a process of its own: encoding at full speed beside a screen would hold it up."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import msgspec

from racecontrol.control.workers import environment_of
from racecontrol.domain.text import clean_text
from racecontrol.errors import RaceControlError
from racecontrol.pipeline.replay import ReplayReport
from racecontrol.settings import Settings

_REASON_CELLS = 200


async def replay_in_process(settings: Settings, race_id: str, speed: float | None) -> ReplayReport:
    """Run `racecontrol replay` to its end; it ends early when this process dies or the task is cancelled.

    Raises: RaceControlError with what the replay said.
    """
    shown_speed = "max" if speed is None else f"{speed:g}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "racecontrol", "replay", race_id),
        *("--speed", shown_speed, "--child", "--json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment_of(settings),
        # Ctrl-C goes to the terminal's group; only we end this one.
        process_group=0,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        answer, complaints = await asyncio.gather(process.stdout.read(), process.stderr.read())
        exit_code = await process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()
    if exit_code != 0:
        words = complaints.decode(errors="replace").strip().rpartition("\n")[2]
        raise RaceControlError(clean_text(words.removeprefix("racecontrol: "), _REASON_CELLS))
    return msgspec.json.decode(answer, type=ReplayReport)

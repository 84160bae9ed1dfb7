"""Signs that stand beside words, in two alphabets: where the terminal speaks UTF-8, and where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from racecontrol.domain.race import PilotState, RaceState
from racecontrol.telemetry.snapshot import Severity


@dataclass(frozen=True, slots=True)
class Signs:
    """Every character of the desk that is no ASCII, or what stands for it.

    levels: of a sparkline, from the lowest to the highest. races, pilots, severities: a sign a state;
    no state is told by colour alone.
    """

    is_ascii: bool
    races: Mapping[RaceState, str]
    pilots: Mapping[PilotState, str]
    severities: Mapping[Severity, str]
    levels: str
    bar_full: str
    bar_empty: str
    frozen: str
    replay: str
    competition: str
    read_only: str
    link_down: str
    stale: str
    ok: str
    falling: str
    branch: str
    dot: str
    selected: str
    scale: tuple[str, str, str]


UNICODE = Signs(
    is_ascii=False,
    races={
        RaceState.READY: "○",
        RaceState.COUNTDOWN: "◷",
        RaceState.STARTING: "◔",
        RaceState.RUNNING: "●",
        RaceState.STOPPED: "■",
    },
    pilots={
        PilotState.NO_DATA: "✕",
        PilotState.SILENT: "?",
        PilotState.TWIN: "≈",
        PilotState.LANDED: "▾",
        PilotState.GROUND: "▪",
        PilotState.FLYING: "▴",
    },
    severities={Severity.INFO: "·", Severity.WARNING: "!", Severity.CRITICAL: "‼"},
    levels="▁▂▃▄▅▆▇█",
    bar_full="█",
    bar_empty="░",
    frozen="‖",
    replay="▷",
    competition="▲",
    read_only="⊘",
    link_down="✕",
    stale="◌",
    ok="✓",
    falling="▼",
    branch="└",
    dot="·",
    selected="◉",
    scale=("├", "─", "┤"),
)

ASCII = Signs(
    is_ascii=True,
    races={
        RaceState.READY: "o",
        RaceState.COUNTDOWN: "@",
        RaceState.STARTING: "%",
        RaceState.RUNNING: "*",
        RaceState.STOPPED: "#",
    },
    pilots={
        PilotState.NO_DATA: "x",
        PilotState.SILENT: "?",
        PilotState.TWIN: "=",
        PilotState.LANDED: "v",
        PilotState.GROUND: ".",
        PilotState.FLYING: "^",
    },
    severities={Severity.INFO: ".", Severity.WARNING: "!", Severity.CRITICAL: "X"},
    levels="_.-:=+*#",
    bar_full="#",
    bar_empty="-",
    frozen="|",
    replay=">",
    competition="^",
    read_only="/",
    link_down="x",
    stale="~",
    ok="+",
    falling="v",
    branch="`",
    dot="-",
    selected="@",
    scale=("|", "-", "|"),
)


def signs_for(encoding: str | None) -> Signs:
    """The alphabet that a terminal of this encoding can show; None stands for an unknown one."""
    return UNICODE if (encoding or "").lower().replace("-", "").startswith("utf8") else ASCII

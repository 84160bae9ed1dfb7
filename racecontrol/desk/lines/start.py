"""What the start's screen says: how far it is, what it did, or why it did not."""

from __future__ import annotations

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span, cut, right
from racecontrol.desk.lines.graph import bar
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import count, milliseconds, plural
from racecontrol.errors import RaceControlError
from racecontrol.pipeline.report import StartProgress, StartReport

LABEL_CELLS = 14
REASON_CELLS = 8


def progress_lines(progress: StartProgress | None, width: int, signs: Signs) -> list[Line]:
    """Two bars, gathering and queueing, and the points so far."""
    is_queueing = progress is not None and progress.stage == "enqueue"
    gathered = 1.0 if is_queueing else _share(progress)
    said = f"{progress.done} of {progress.total}" if progress else ""
    cells = max(4, width - LABEL_CELLS - 20)
    return [
        _bar(
            "Gathering", gathered, "done" if is_queueing else f"{said} pilots" if said else "", cells, signs
        ),
        _bar(
            "Queueing",
            _share(progress) if is_queueing else 0.0,
            f"{said} items" if is_queueing else "",
            cells,
            signs,
        ),
        BLANK,
        _row("Points", count(progress.points if progress else 0), Role.STRONG),
    ]


def _share(progress: StartProgress | None) -> float:
    return progress.done / progress.total if progress and progress.total else 0.0


def _bar(label: str, share: float, said: str, cells: int, signs: Signs) -> Line:
    return (*_label(label), *bar(share, cells, signs), Span(f"  {said}"))


def report_lines(report: StartReport, width: int, signs: Signs) -> list[Line]:
    """Counts first, then whether they are safe, then every pilot left out with the reason."""
    lines = [
        _row("Points", f"{count(report.points)} in {plural(report.items, 'item')}", Role.STRONG),
        _row("Pilots", f"{report.flights_queued} of {report.pilots} queued"),
        _row("Priority", f"{report.priority}: served before anything else"),
        _row("Method", f"{report.method}, {plural(report.round_trips, 'round trip')}"),
        _row(
            "Time",
            f"gathered in {milliseconds(report.gather_ms)}, queued in {milliseconds(report.enqueue_ms)}",
        ),
        _row("Pass", f"{report.pass_number}, by {report.operator}"),
        _durable(report, signs),
    ]
    if report.rejected:
        lines += [BLANK, (Span(f"{plural(len(report.rejected), 'pilot')} left out", Role.WARN),)]
        for rejected in report.rejected:
            reasons = wrapped(rejected.reason, width - REASON_CELLS)
            bibs = [rejected.bib, *[""] * (len(reasons) - 1)]
            lines += [
                (Span(f"{right(bib, 6)}  {reason}"),) for bib, reason in zip(bibs, reasons, strict=True)
            ]
    return lines


def _durable(report: StartReport, signs: Signs) -> Line:
    if report.durable:
        return (*_label("Safe"), Span(f"{signs.ok} synced to the server's disk", Role.GOOD))
    return (*_label("Safe"), Span(" NOT DURABLE ", Role.ALARM), Span(" a power cut could lose it", Role.BAD))


def error_lines(error: BaseException, width: int) -> list[Line]:
    """What went wrong and what to do, wrapped to the width."""
    if isinstance(error, RaceControlError):
        what, advice = error.what, error.advice
    else:
        what, advice = f"{type(error).__name__}: {error}", "the log file has the details; the race goes on"
    lines: list[Line] = [(Span(text, Role.BAD),) for text in wrapped(what, width)]
    if advice:
        lines += [BLANK, *((Span(text),) for text in wrapped(advice, width))]
    return lines


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of at most `width` cells, broken between words; a longer word is cut."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and len(joined) > width:
            lines.append(word)
        else:
            lines[-1] = joined
    return [cut(line, width) for line in lines]


def _label(text: str) -> Line:
    return (Span(f"{text:<{LABEL_CELLS}}", Role.MUTED),)


def _row(label: str, text: str, role: Role = Role.TEXT) -> Line:
    return (*_label(label), Span(text, role))

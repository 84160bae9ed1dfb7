"""Tasks as XCTrack writes them: `.xctsk` files, and the strings of its QR codes. Reads all, writes `.xctsk`.

    {"taskType": "CLASSIC", "version": 1, "turnpoints": [...], "sss": {...}, "goal": {...}}   .xctsk, v1
    XCTSK:{"taskType": "CLASSIC", "version": 2, "t": [...], "s": {...}, "g": {...}}           QR code, v2
    XCTSKZ:eJyr...                                                                            zlib, base64

The format: XCTrack "Competition interfaces". It has times of day in UTC and no date. A route without
cylinders ({"T": "W"}) is read with radii of 0.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from racecontrol.domain.task import Task, TurnpointKind
from racecontrol.errors import FormatError
from racecontrol.formats.faults import first_fault
from racecontrol.formats.json_lines import line_of
from racecontrol.formats.source import MEGABYTE, decode_text, read_source
from racecontrol.formats.xctsk_v1 import TaskV1, document_of
from racecontrol.formats.xctsk_v2 import RouteV2, TaskV2

MOST_BYTES: Final = MEGABYTE
"""Of the file and of what a QR code unpacks to; a long task takes 5 KB."""

_PLAIN: Final = "XCTSK:"
_PACKED: Final = "XCTSKZ:"

_WHAT_IT_IS: Final = "a task is a .xctsk file or the text of its QR code"


def read_task(source: Path | bytes, name: str = "") -> Task:
    """Read a task from a file, or from its content. name: what errors call the file.

    Raises: FormatError naming the field that is wrong.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    return parse_task(decode_text(read_source(source, MOST_BYTES, name)), name)


def parse_task(text: str, name: str = "") -> Task:
    """The task of a `.xctsk` text or a QR code's string. Raises: as `read_task`."""
    content = _json_text(text.strip(), name)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as exc:
        line = _line(text, exc.lineno) if isinstance(exc, json.JSONDecodeError) else None
        what = "no XCTrack task: this is no JSON"
        raise FormatError(what, path=name, line=line, advice=_WHAT_IT_IS) from exc
    if not isinstance(document, dict):
        line, what = _line(text, 1), "no XCTrack task: this is no JSON object"
        raise FormatError(what, path=name, line=line, advice=_WHAT_IT_IS)
    model = RouteV2 if document.get("T") == "W" else TaskV2 if "t" in document else TaskV1
    try:
        return model.model_validate(document).to_task()
    except ValidationError as exc:
        fault = first_fault(exc)
        raise FormatError(
            fault.what,
            path=name,
            line=_line(text, line_of(content, fault.path)),
            field=fault.field or None,
            advice="export the task once more; without it the race has no course",
        ) from exc


def write_xctsk(task: Task) -> str:
    """The task as a `.xctsk` file of version 1.

    Read back it is the same task: the last plain turnpoint is the goal, and the task has no name.
    """
    if any(turnpoint.kind is TurnpointKind.GOAL for turnpoint in task.turnpoints[:-1]):
        raise FormatError("the goal of a task is its last turnpoint", field="turnpoints")
    return json.dumps(document_of(task), ensure_ascii=False, indent=2) + "\n"


def _line(text: str, json_line: int) -> int | None:
    """The line of the file; None in a packed string, which has none."""
    written = text.lstrip()
    blank_lines = text.count("\n", 0, len(text) - len(written))
    return None if written.startswith(_PACKED) else blank_lines + json_line


def _json_text(text: str, name: str) -> str:
    if text.startswith(_PACKED):
        return _unpacked(text.removeprefix(_PACKED), name)
    return text.removeprefix(_PLAIN)


def _unpacked(text: str, name: str) -> str:
    padded = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        packed = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        stream = zlib.decompressobj()
        content = stream.decompress(packed, MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError) as exc:
        raise FormatError("the XCTSKZ: string is damaged", path=name, advice="scan the code again") from exc
    if not stream.eof:
        what = "cut off" if len(content) < MOST_BYTES else "larger than 1 MB, unpacked"
        raise FormatError(f"the XCTSKZ: string is {what}", path=name, advice="scan the code again")
    return decode_text(content)

"""XCTrack's tasks: files, QR codes, and what is no task."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError
from racecontrol.formats.xctsk import parse_task, read_task, write_xctsk
from racecontrol.formats.xctsk_v2 import unpack_numbers
from tests.shared_data import shared_data

HOUR_MS = 3_600_000

TASK = Task(
    name="",
    turnpoints=(
        Turnpoint("D01", 46.27383, 13.17567, 400.0, 1149, TurnpointKind.TAKEOFF),
        Turnpoint("B38", 46.23533, 13.14583, 6000.0, 181, TurnpointKind.SSS, is_exit=True),
        Turnpoint("E21", 46.35683, 13.52167, 15500.0, 1723),
        Turnpoint("A30", 46.1803, 13.17146, 1200.0, 228, TurnpointKind.ESS),
        Turnpoint("A30", 46.1803, 13.17146, 200.0, 228, TurnpointKind.GOAL, is_line=True),
    ),
    gates_ms=(11 * HOUR_MS, 12 * HOUR_MS),
    deadline_ms=16 * HOUR_MS,
)

DOCUMENT = json.loads(write_xctsk(TASK))


def _refusal(document: object) -> str:
    with pytest.raises(FormatError) as caught:
        parse_task(json.dumps(document), "task.xctsk")
    return str(caught.value)


def _changed(path: str, value: object) -> Mapping[str, object]:
    """The document with one value of it replaced. path: keys and indexes with dots between."""
    document = json.loads(json.dumps(DOCUMENT))
    *parents, last = path.split(".")
    part = document
    for key in parents:
        part = part[int(key)] if isinstance(part, list) else part[key]
    part[int(last) if isinstance(part, list) else last] = value
    return document  # type: ignore[no-any-return]


def test_a_written_task_reads_back() -> None:
    """Kinds, the sense of the start, gates, the goal line and the deadline survive."""
    assert parse_task(write_xctsk(TASK)) == TASK


def test_a_compressed_code_is_the_task() -> None:
    """XCTSKZ: is zlib and base64 of the JSON, with or without padding."""
    packed = base64.b64encode(zlib.compress(write_xctsk(TASK).encode())).decode()

    assert parse_task(f"XCTSKZ:{packed}\n") == TASK
    assert parse_task(f"XCTSKZ:{packed.rstrip('=')}") == TASK


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("turnpoints.2.radius", "wide", "[turnpoints[2].radius]"),
        ("turnpoints.2.radius", -1, "[turnpoints[2].radius]"),
        ("turnpoints.0.waypoint.lat", 90.1, "[turnpoints[0].waypoint.lat]"),
        ("turnpoints.0.waypoint", None, "[turnpoints[0].waypoint]"),
        ("turnpoints.1.type", "START", "[turnpoints[1].type]"),
        ("turnpoints", [], "[turnpoints]"),
        ("sss.timeGates.1", "25:00:00Z", "[sss.timeGates[1]]"),
        ("sss.direction", 7, "[sss.direction]"),
        ("goal.deadline", "late", "[goal.deadline]"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(path: str, value: object, place: str) -> None:
    """The place is written as in the file."""
    assert _refusal(_changed(path, value)).startswith(f"task.xctsk:1 {place}: ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[1]",
        "{}",
        "XCTSK:",
        "XCTSKZ:",
        "XCTSKZ:????",
        "XCTSKZ:QUJD",
        "[" * 100_000,
        '{"turnpoints": ' + "9" * 5000 + "}",
        '{"turnpoints": [{"radius": NaN, "waypoint": {"lat": 1e999, "lon": 0}}]}',
    ],
)
def test_what_is_no_task_is_refused(text: str) -> None:
    """Nothing but a FormatError comes of it."""
    with pytest.raises(FormatError):
        parse_task(text)


PRETTY = """

{"version": 1, "other": [[1, {"turnpoints": 2}], "\\"}"],
 "turnpoints": [
  {"radius": 400, "waypoint": {"lat": 46, "lon": 13}},
  {"waypoint": {"lat": 46, "lon": 13},
   "radius": "wide"}],
 "goal": {"deadline": "noon"}
}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PRETTY, "a.xctsk:7 [turnpoints[1].radius]: it has to be a number: export the task"),
        (
            PRETTY.replace('"wide"', "9"),
            "a.xctsk:8 [goal.deadline]: no time of day in UTC such as 11:45:00Z: ",
        ),
        (
            PRETTY.replace('   "radius": "wide"', '"x": 0'),
            "a.xctsk:6 [turnpoints[1].radius]: it is missing: ",
        ),
        (PRETTY.replace('"wide"', "wide"), "a.xctsk:7: no XCTrack task: this is no JSON: a task is"),
        ("\n[]", "a.xctsk:2: no XCTrack task: this is no JSON object: a task is"),
        ("XCTSK:{}", "a.xctsk:1 [turnpoints]: it is missing: "),
        (
            "XCTSKZ:" + base64.b64encode(zlib.compress(b'{"t": []}')).decode(),
            "a.xctsk [t]: it has to have 1 or more, and has 0: ",
        ),
    ],
)
def test_a_wrong_task_is_told_by_line_and_field(text: str, told: str) -> None:
    """With what to do; a packed string has no lines."""
    with pytest.raises(FormatError) as caught:
        parse_task(text, "a.xctsk")

    assert str(caught.value).startswith(told)


def test_a_compressed_bomb_is_refused() -> None:
    """What unpacks to more than a megabyte is no task."""
    packed = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()

    with pytest.raises(FormatError, match="larger than 1 MB"):
        parse_task(f"XCTSKZ:{packed}")


def test_a_code_that_is_cut_off_is_told() -> None:
    """Half a scan is damaged, not empty."""
    packed = base64.b64encode(zlib.compress(write_xctsk(TASK).encode())[:-8]).decode()

    with pytest.raises(FormatError, match="cut off"):
        parse_task(f"XCTSKZ:{packed}")


def test_packed_numbers_are_those_of_the_specification() -> None:
    """Longitude, latitude, altitude and radius of one turnpoint of a real code."""
    assert unpack_numbers("}jloAmzlyGyfA_X") == [1_317_567, 4_627_383, 1149, 400]


@pytest.mark.parametrize("place", ["}jloAmzlyGyfA_", "}jloAmzlyG", "é", "~~~~~~~~~~", "}jloAmzlyGyfA_X_X"])
def test_a_packed_position_that_is_none_is_told(place: str) -> None:
    """Cut off, too few, too many and foreign characters name the turnpoint."""
    assert "[t[0].z]" in _refusal({"version": 2, "t": [{"z": place}]})


def test_a_goal_in_the_middle_cannot_be_written() -> None:
    """The format knows the goal by its being last."""
    task = replace(TASK, turnpoints=(TASK.turnpoints[-1], TASK.turnpoints[0]))

    with pytest.raises(FormatError, match="last turnpoint"):
        write_xctsk(task)


def _reference_files(pattern: str) -> list[Path]:
    return sorted((shared_data("tasks") / "reference_tasks").glob(pattern))


def test_every_reference_task_is_read() -> None:
    """64 files and codes of real competitions."""
    files = [*_reference_files("*/*.xctsk"), *_reference_files("*/*.txt")]

    tasks = [read_task(path) for path in files]

    assert (len(files), min(len(task.turnpoints) for task in tasks)) == (64, 3)


def test_a_code_says_the_same_as_its_file() -> None:
    """The QR strings of the reference set hold the tasks of its files, to 1e-5 degree."""
    for code in _reference_files("qrcode_string/*.txt"):
        task, twin = read_task(code), read_task(code.parent.parent / "xctsk" / f"{code.stem}.xctsk")

        assert _rounded(task) == _rounded(twin), code.name


def _rounded(task: Task) -> Task:
    return replace(
        task,
        turnpoints=tuple(
            replace(one, lat_deg=round(one.lat_deg, 5), lon_deg=round(one.lon_deg, 5))
            for one in task.turnpoints
        ),
    )


TIMES = st.integers(0, 86_399).map(lambda seconds: seconds * 1000)
TURNPOINTS = st.builds(
    Turnpoint,
    st.text(max_size=12).map(clean_name),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0, 1_000_000),
    st.integers(-500, 9000),
    st.sampled_from([TurnpointKind.TURNPOINT, TurnpointKind.TAKEOFF, TurnpointKind.ESS]),
)


@settings(max_examples=100)
@given(
    st.lists(TURNPOINTS, max_size=8),
    TURNPOINTS,
    st.booleans(),
    st.lists(TIMES, max_size=4, unique=True).map(sorted).map(tuple),
    st.tuples(*[st.none() | TIMES] * 3),
)
def test_any_task_reads_back(
    before: list[Turnpoint],
    last: Turnpoint,
    is_line: bool,
    gates_ms: tuple[int, ...],
    times: tuple[int | None, int | None, int | None],
) -> None:
    """Whatever a task holds, its file gives it back."""
    goal = replace(last, kind=TurnpointKind.GOAL, is_line=is_line)
    start = Turnpoint("SSS", 46.0, 6.0, 5000.0, kind=TurnpointKind.SSS, is_exit=is_line)
    task = Task("", (start, *before, goal), gates_ms, *times)

    assert parse_task(write_xctsk(task)) == task

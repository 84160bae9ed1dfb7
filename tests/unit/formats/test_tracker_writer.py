"""What trackers send is read back as it was."""

from __future__ import annotations

import json

from racecontrol.formats.tracker_writer import flymaster_body, live_body, upload_body
from racecontrol.queues.points import points_to_fixes
from tests.builders import make_fixes


def test_live_json_is_read_back_exactly() -> None:
    """Positions to the last unit, times, heights; the upload has the same points."""
    fixes = make_fixes()
    live, upload = json.loads(live_body(fixes, "117")), json.loads(upload_body(fixes))

    assert points_to_fixes(live["track_points"], fixes.flight) == fixes
    assert (live["flight_id"], live["device_id"]) == ("R42/118", "117")
    assert upload["track_points"] == live["track_points"]
    assert (upload["pilot_id"], upload["race_id"]) == ("118", "R42")


def test_flymaster_text_has_seven_fields_a_line() -> None:
    """Between the signed head and EOF."""
    head, *lines, end = flymaster_body(make_fixes(), "7", "secret", 1_779_795_901_000).decode().splitlines()

    assert head.startswith("7,")
    assert end == "EOF"
    assert lines[0] == "1779795901,1779795898,45.9000000,6.2000000,1500,0,0"
    assert {line.count(",") for line in lines} == {6}

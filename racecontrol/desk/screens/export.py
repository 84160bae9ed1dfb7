"""The export dialog: a format and a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Button, Input

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.start import wrapped
from racecontrol.desk.screens.dialog import Dialog, button

FORMATS = {"igc": "IGC", "csv": "CSV", "geojson": "GeoJSON", "parquet": "Parquet"}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen."""

    folder: Path
    file_format: str


class ExportScreen(Dialog[ExportChoice]):
    """Asks where to and as what; each format has its button."""

    def __init__(self, signs: Signs, race_id: str, folder: Path) -> None:
        super().__init__(signs, f"Export the tracks of {race_id}")
        self._folder = folder

    def body(self, width: int) -> Sequence[Line]:
        said = "Every stored track of the race becomes a file, equal to what came in."
        return [
            *((Span(line),) for line in wrapped(said, width)),
            BLANK,
            (Span("Folder", Role.MUTED),),
        ]

    def inputs(self) -> Iterable[Widget]:
        yield Input(str(self._folder), id="folder", compact=True, select_on_focus=False)

    def buttons(self) -> Iterable[Button]:
        yield button("Cancel", "close")
        for file_format, label in FORMATS.items():
            yield button(label, f"as-{file_format}")

    def on_mount(self) -> None:
        self.query_one("#as-igc").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        kind, _, file_format = (event.button.id or "").partition("-")
        folder = self.query_one("#folder", Input).value.strip()
        if kind == "as" and folder:
            self.dismiss(ExportChoice(Path(folder).expanduser(), file_format))

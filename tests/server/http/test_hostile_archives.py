"""Fault S10 over HTTP: archives that are bombs or lead elsewhere, refused with their reason, memory flat."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import Final

from racecontrol.domain.sender import SenderKind
from tests.server.http.serving import Reply, Served
from tests.server.memory import memory_grows_by_less_than
from tests.unit.formats.archives import (
    IGC,
    make_tar,
    make_zip,
    many_files,
    overlapping_zip,
    tar_special,
    zip_link,
)

BATCH: Final = "/api/v2/uploads/batch_process?bib=118"
MOST_GROWTH_KB: Final = 20 * 1024

REASONS: Final = {
    "many files": "more than 2000 entries",
    "a zip bomb": "more than 100 times",
    "a tar bomb": "more than 100 times",
    "overlapping members": "overlap",
}


def bombs() -> dict[str, bytes]:
    """Archives that are refused as a whole, by what they are. Made when asked for: it takes 0.3 s."""
    return {
        "many files": make_zip(*many_files(3_000), method=zipfile.ZIP_STORED),
        "a zip bomb": make_zip(("1.igc", bytes(50 << 20))),
        "a tar bomb": make_tar(("1.igc", bytes(50 << 20))),
        "overlapping members": overlapping_zip(1_900),
    }


MEMBERS: Final = {
    "a way out": (make_zip(("../out.igc", IGC)), "leads out of the archive"),
    "an absolute path": (make_tar(("/etc/out.igc", IGC)), "absolute path"),
    "a link in a zip": (make_zip((zip_link(), b"/etc/passwd")), "a link"),
    "a link in a tar": (make_tar((tar_special("out.igc", tarfile.SYMTYPE), b"")), "a link"),
    "a device": (make_tar((tar_special("out.igc", tarfile.CHRTYPE), b"")), "no plain file"),
    "a nested archive": (make_zip(("in.zip", make_zip(("1.igc", IGC)))), "archive inside an archive"),
}
"""Of which the one member is refused."""


async def send(service: Served, packed: bytes) -> Reply:
    """As a gateway of R42."""
    token = service.token(SenderKind.RACE, "R42")
    return await service.post(BATCH, packed, token, Content_Type="application/octet-stream")


async def test_hostile_archives_are_refused_with_memory_flat(service: Served) -> None:
    """Each in words of its own, within 20 MB, though they would unpack to far more."""
    made = bombs()
    with memory_grows_by_less_than(MOST_GROWTH_KB):
        replies = {what: await send(service, packed) for what, packed in made.items()}

    assert {what: reply.status for what, reply in replies.items()} == dict.fromkeys(made, 400)
    assert [what for what, reply in replies.items() if REASONS[what] not in reply.document["detail"]] == []


async def test_what_leads_out_of_an_archive_is_refused_by_itself(service: Served) -> None:
    """By name and reason; nothing is written outside, for nothing is written at all."""
    folder = service.site.settings.data_dir
    before = files_in(folder)

    replies = {what: await send(service, packed) for what, (packed, _) in MEMBERS.items()}

    flights = {what: reply.document["flights"][0] for what, reply in replies.items()}
    assert {what: flight["status"] for what, flight in flights.items()} == dict.fromkeys(MEMBERS, 400)
    assert [what for what, flight in flights.items() if MEMBERS[what][1] not in flight["detail"]] == []
    assert files_in(folder) == before


def files_in(folder: Path) -> set[Path]:
    """Every file below it, save for those that the service keeps open."""
    return {path for path in folder.rglob("*") if "racecontrol.db" not in path.name}

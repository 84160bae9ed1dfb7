"""Archives from outside: what is taken, and what is refused with which reason."""

from __future__ import annotations

import gzip
import lzma
import os
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.errors import FormatError
from racecontrol.formats.archive import ArchiveLimits, Member, RefusedMember, members
from racecontrol.formats.source import MEGABYTE
from tests.unit.formats.archives import (
    IGC,
    make_tar,
    make_zip,
    many_files,
    overlapping_zip,
    tar_special,
    zip_link,
)

NESTED = "an archive inside an archive: unpack it first"
LEADS_OUT = "a path that leads out of the archive"


def refusal_of(packed: bytes | Path, limits: ArchiveLimits | None = None) -> str:
    """Why an archive is refused as a whole."""
    with pytest.raises(FormatError) as caught:
        list(members(packed, limits or ArchiveLimits(), name="a.zip"))
    return caught.value.reason


@pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
def test_tar_gives_its_files(mode: str) -> None:
    """Tar files come out whole, packed by any of the usual programs; folders are passed over."""
    packed = make_tar(
        (tar_special("day", tarfile.DIRTYPE), b""), ("day/1.igc", IGC), ("2.igc", b"A"), mode=mode
    )

    assert [Member("day/1.igc", IGC), Member("2.igc", b"A")] == list(members(packed))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_gives_its_files(method: int) -> None:
    """Zip files come out whole, stored or deflated."""
    packed = make_zip(("day/", b""), ("day/1.igc", IGC), ("2.igc", b"A"), method=method)

    assert [Member("day/1.igc", IGC), Member("2.igc", b"A")] == list(members(packed))


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_tar_long_names_are_read(form: int) -> None:
    """A name too long for a header is found beside it, as pax and as GNU tar write it."""
    name = "/".join(["competition"] * 20) + "/1.igc"
    (member,) = members(make_tar((name, IGC), form=form))

    assert member.content == IGC if isinstance(member, Member) else None
    assert member.name.endswith("competition/1.igc")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/cron.d/1.igc", LEADS_OUT),
        ("a/../../1.igc", LEADS_OUT),
        ("..\\1.igc", LEADS_OUT),
        ("/etc/1.igc", "an absolute path"),
        ("C:\\1.igc", "an absolute path"),
        ("\\\\host\\share\\1.igc", "an absolute path"),
    ],
)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_paths_that_lead_elsewhere_are_refused(make: object, name: str, reason: str) -> None:
    """A path out of the archive is refused, and the files beside it are taken."""
    packed = make((name, IGC), ("2.igc", IGC))  # type: ignore[operator]
    refused, taken = members(packed)

    assert isinstance(refused, RefusedMember)
    assert (reason, Member("2.igc", IGC)) == (refused.reason, taken)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.FIFOTYPE, "no plain file"),
        (tarfile.CHRTYPE, "no plain file"),
    ],
)
def test_tar_links_and_devices_are_refused(kind: bytes, reason: str) -> None:
    """What is no plain file in a tar is refused, and the file after it is taken."""
    packed = make_tar((tar_special("1.igc", kind), b""), ("2.igc", IGC))

    assert [RefusedMember("1.igc", reason), Member("2.igc", IGC)] == list(members(packed))


def test_zip_links_are_refused() -> None:
    """A symbolic link in a zip is refused, not read as a file that holds a path."""
    packed = make_zip((zip_link(), b"/etc/passwd"), ("2.igc", IGC))

    assert [RefusedMember("link.igc", "a link"), Member("2.igc", IGC)] == list(members(packed))


def test_encrypted_members_are_refused() -> None:
    """A member with a password is refused alone."""
    packed = bytearray(make_zip(("1.igc", IGC)))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1

    assert [RefusedMember("1.igc", "encrypted: send it without a password")] == list(members(bytes(packed)))


def test_unusual_methods_are_refused() -> None:
    """A member packed by a method that chooses its own memory is refused alone."""
    (refused,) = members(make_zip(("1.igc", IGC), method=zipfile.ZIP_LZMA))

    assert isinstance(refused, RefusedMember)
    assert refused.reason.startswith("packed by a method")


@pytest.mark.parametrize("inner", [make_zip(("1.igc", IGC)), make_tar(("1.igc", IGC)), lzma.compress(IGC)])
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_nested_archives_are_refused(make: object, inner: bytes) -> None:
    """What is packed twice is refused, whatever it is called."""
    packed = make(("1.igc", inner), ("2.igc", IGC))  # type: ignore[operator]

    assert [RefusedMember("1.igc", NESTED), Member("2.igc", IGC)] == list(members(packed))


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_gzipped_tracks_are_unpacked(make: object) -> None:
    """A gzipped file in an archive is given unpacked; a bomb or a torn one is refused alone."""
    bomb, torn = gzip.compress(bytes(50 * MEGABYTE)), gzip.compress(os.urandom(5_000))[:4_000]
    packed = make(("1.igc.gz", gzip.compress(IGC)), ("2.igc.gz", bomb), ("3.igc.gz", torn))  # type: ignore[operator]
    taken, *refused = members(packed)

    assert Member("1.igc.gz", IGC) == taken
    assert [one.reason for one in refused if isinstance(one, RefusedMember)] == [
        "unpacks to more than 100 times its size",
        "the archive is damaged",
    ]


def test_damaged_member_is_refused_alone() -> None:
    """A zip's member whose bytes do not match their checksum is refused, and the others are taken."""
    packed = bytearray(make_zip(("1.igc", IGC), ("2.igc", IGC), method=zipfile.ZIP_STORED))
    packed[packed.index(b"AXXX")] ^= 1

    assert [RefusedMember("1.igc", "damaged: send it again"), Member("2.igc", IGC)] == list(
        members(bytes(packed))
    )


def test_large_member_is_refused_alone() -> None:
    """A member over its limit is refused, and the others are taken."""
    limits = ArchiveLimits(most_member_bytes=MEGABYTE)
    content = os.urandom(MEGABYTE + 1)

    for packed in (
        make_zip(("1.igc", content), ("2.igc", IGC)),
        make_tar(("1.igc", content), ("2.igc", IGC)),
    ):
        assert [RefusedMember("1.igc", "larger than 1 MB: hardly a track"), Member("2.igc", IGC)] == list(
            members(packed, limits)
        )


@pytest.mark.parametrize("packed", [make_zip(*many_files(1001)), make_tar(*many_files(1001))])
def test_too_many_files_are_refused(packed: bytes) -> None:
    """More than 1,000 files are refused as a whole."""
    assert refusal_of(packed) == "more than 1000 files"


@pytest.mark.parametrize(
    "packed",
    [
        make_zip(("1.igc", bytes(20 * MEGABYTE))),
        make_tar(("1.igc", bytes(200 * MEGABYTE))),
        lzma.compress(bytes(100 * MEGABYTE)),
    ],
)
def test_bombs_are_refused(packed: bytes) -> None:
    """What unpacks to more than 100 times its size is refused, by its claim or while it unpacks."""
    assert refusal_of(packed, ArchiveLimits(most_member_bytes=500 * MEGABYTE)).endswith(
        ("more than 100 times its size", "the archive is empty")
    )


def test_total_size_is_limited() -> None:
    """Files that are small enough one by one are refused where they are too much together."""
    limits = ArchiveLimits(most_bytes=MEGABYTE)
    parts = [(f"{number}.igc", os.urandom(300_000)) for number in range(4)]

    for packed in (make_zip(*parts), make_tar(*parts)):
        assert refusal_of(packed, limits) == "unpacks to more than 1 MB"


def test_overlapping_members_are_refused() -> None:
    """A directory that names the same bytes many times is refused as a whole."""
    assert refusal_of(overlapping_zip()) == "its members overlap"


def test_xz_may_not_take_memory() -> None:
    """An xz stream whose dictionary is larger than allowed is refused before it is allocated."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 * MEGABYTE}]
    packed = lzma.compress(make_tar(("1.igc", IGC), mode=""), filters=filters)

    assert refusal_of(packed) == "needs too much memory to unpack"


@pytest.mark.parametrize("size", [1 << 30, 100_000])
def test_endless_names_are_refused(size: int) -> None:
    """A header that claims a name of a gigabyte is refused, not read."""
    header = tar_special("1.igc", tarfile.GNUTYPE_LONGNAME)
    header.size = size

    assert refusal_of(header.tobuf(tarfile.GNU_FORMAT) + bytes(200_000)) == "an entry's name is too long"


@pytest.mark.parametrize("packed", [b"", b"AXXX", b"PK\x03\x04 and no more", b"\x1f\x8b\x08 and no more"])
def test_what_is_no_archive_is_refused(packed: bytes) -> None:
    """Anything else is refused, empty or not."""
    assert refusal_of(packed)


def test_torn_archive_is_refused() -> None:
    """An archive that ends in its middle is refused."""
    packed = make_tar(("1.igc", os.urandom(50_000)))

    assert refusal_of(packed[:30_000]) == "the archive is damaged"


def test_hostile_archives_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 entries, bombs and overlaps are refused within 20 MB, and no file appears."""
    archives = [
        make_zip(*many_files(100_000), method=zipfile.ZIP_STORED),
        make_tar(*many_files(3_000)),
        make_tar(("1.igc", bytes(300 * MEGABYTE))),
        make_zip(("1.igc", bytes(50 * MEGABYTE))),
        overlapping_zip(1_900),
    ]
    monkeypatch.chdir(tmp_path)
    tracemalloc.start()
    try:
        reasons = [refusal_of(packed) for packed in archives]
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert reasons[0] == "too many entries"
    assert peak_bytes < 20 * MEGABYTE
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8), st.booleans())
def test_mutated_archives_are_read_or_refused(at: int, junk: bytes, is_zip: bool) -> None:
    """Whatever stands in an archive, it is read or refused, and nothing else comes out."""
    whole = make_zip(("1.igc", IGC), ("2.igc", IGC)) if is_zip else make_tar(("1.igc", IGC), mode="")
    at %= len(whole)
    mutated = whole[:at] + junk + whole[at + len(junk) :]
    try:
        found = list(members(mutated))
    except FormatError:
        return
    assert all(isinstance(one, Member | RefusedMember) for one in found)

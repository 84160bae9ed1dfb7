"""The codec: every payload comes back as it was, keeps its form for ever, and tells when it was damaged."""

from __future__ import annotations

import random
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.fixes import MISSING, OPTIONAL_COLUMNS, Fixes, Flight, Int32Column
from racecontrol.errors import BadItem, PayloadError
from racecontrol.queues.codec import BULK_POINTS, MOST_ALIKE, decode, decode_each, encode

GOLDEN = Path(__file__).parent / "golden"
PLAIN, DELTA, DELTA_ZSTD = 1, 2, 3


def column(*values: int) -> Int32Column:
    return np.array(values, np.int32)


def standing(points: int) -> Fixes:
    """A tracker on the launch: once a second, one place, its height known now and then."""
    place = np.full(points, 456_789_012, np.int32)
    height = np.where(np.arange(points) % 100 == 0, 1200 + np.arange(points) // 100, MISSING).astype(np.int32)
    time_ms = np.arange(points, dtype=np.int64) * 1000 + 1_558_869_900_000
    return Fixes(Flight("R42/118", "R42", "118", "igc"), time_ms, place, -place, height)


def flying(points: int) -> Fixes:
    """A track restless enough that its differences take two bytes, by arithmetic that never changes."""
    steps = np.arange(points, dtype=np.int64) ** 2 * 7919 % 4001 - 2000
    time_ms = np.arange(points, dtype=np.int64) * 1000 + 1_558_869_900_000
    lat_e7, lon_e7 = steps.cumsum().astype(np.int32), (steps[::-1] * 3 // 2).cumsum().astype(np.int32)
    return Fixes(Flight("R42/7"), time_ms, lat_e7, lon_e7, (1500 + steps // 500).astype(np.int32))


TWO_POINTS = Fixes(
    Flight("R42/118", "R42", "118", "live"),
    np.array([1_558_869_900_000, 1_558_869_905_000], np.int64),
    column(459_000_000, 459_000_500),
    column(63_000_000, 62_999_000),
    gnss_alt_m=column(1832, MISSING),
)
GOLDEN_FIXES = {"plain-2": TWO_POINTS, "plain-0": TWO_POINTS.select(slice(0)), "delta-300": standing(300)}


def golden(name: str) -> bytes:
    """The bytes of a golden file: hexadecimal, with remarks from # to the end of the line."""
    lines = (GOLDEN / f"{name}.hex").read_text().splitlines()
    return bytes.fromhex(" ".join(line.split("#")[0] for line in lines))


def signed(payload: bytes) -> bytes:
    """The payload with the CRC that belongs to it, as a wrong program would write it."""
    crc = zlib.crc32(payload[8:], zlib.crc32(payload[:4]))
    return payload[:4] + crc.to_bytes(4, "little") + payload[8:]


@pytest.mark.parametrize("name", GOLDEN_FIXES)
def test_golden_payload_is_written_byte_for_byte(name: str) -> None:
    """What version 1 writes never changes."""
    assert encode(GOLDEN_FIXES[name]) == golden(name)


@pytest.mark.parametrize("name", GOLDEN_FIXES)
def test_golden_payload_is_read(name: str) -> None:
    """Fault Q17: a payload of an older program of this version is read."""
    assert decode(golden(name)) == GOLDEN_FIXES[name]


def test_golden_compressed_payload_is_read() -> None:
    """How zstd writes a frame may change with its version; that it is read may not."""
    assert decode(golden("zstd-400")) == flying(400)


@st.composite
def any_fixes(draw: st.DrawFn) -> Fixes:
    """Fixes of any columns, of any magnitude, with gaps; few and many."""
    points = draw(st.sampled_from([0, 1, 2, 9, BULK_POINTS - 1, BULK_POINTS, BULK_POINTS + 9]))
    noise = np.random.default_rng(draw(st.integers(0, 2**32)))

    def values() -> Int32Column:
        magnitude = draw(st.sampled_from([0, 3, 100, 30_000, 2**31 - 1]))
        return noise.integers(-magnitude, magnitude, points, endpoint=True).astype(np.int32)

    def optional() -> Int32Column | None:
        share = draw(st.sampled_from([None, 0.0, 0.02, 0.7, 1.0]))
        if share is None:
            return None
        return np.where(noise.random(points) < share, MISSING, values()).astype(np.int32)

    span_ms = draw(st.sampled_from([0, 1000, 2**31 - 1, 2**31, 2**40, 2**62]))
    time_ms = np.sort(noise.integers(-span_ms, span_ms, points, endpoint=True))
    flight = Flight(*draw(st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=12)] * 4)))
    return Fixes(flight, time_ms, values(), values(), *(optional() for _ in OPTIONAL_COLUMNS))


@settings(max_examples=150)
@given(any_fixes())
def test_fixes_come_back_as_they_were(fixes: Fixes) -> None:
    """Every column, gap and name survives, whatever the form."""
    assert decode(encode(fixes)) == fixes


def outcome_of(payload: bytes) -> Fixes | str:
    """What `decode` gives, or why it refuses."""
    try:
        return decode(payload)
    except PayloadError as exc:
        return exc.what


@settings(max_examples=50)
@given(st.lists(st.tuples(any_fixes(), st.integers(1, MOST_ALIKE + 9)), max_size=4), st.randoms())
def test_many_are_read_as_each_alone(runs: list[tuple[Fixes, int]], chance: random.Random) -> None:
    """However alike a batch's payloads are: each in its place, and a damaged one spoils no other."""
    payloads = [encode(fixes) for fixes, times in runs for _ in range(times)]
    payloads = [payload[: chance.choice([None, None, None, -1, 30])] for payload in payloads]
    chance.shuffle(payloads)

    outcomes = [one if isinstance(one, Fixes) else one.what for one in decode_each(payloads)]

    assert outcomes == [outcome_of(payload) for payload in payloads]


def test_decoded_columns_have_their_own_types() -> None:
    """Times are int64 and all else int32, so sums downstream do not wrap."""
    together = decode_each([encode(TWO_POINTS)] * MOST_ALIKE)[0]
    assert isinstance(together, Fixes)
    for fixes in (decode(encode(TWO_POINTS)), decode(encode(flying(500))), together):
        assert fixes.time_ms.dtype == np.int64
        assert fixes.gnss_alt_m is not None
        assert {fixes.lat_e7.dtype, fixes.lon_e7.dtype, fixes.gnss_alt_m.dtype} == {np.dtype(np.int32)}


def test_form_follows_the_number_of_points() -> None:
    """Small batches are plain, bulk is delta-coded, and compressed where that makes it smaller."""
    forms = [encode(fixes)[1] for fixes in (flying(BULK_POINTS - 1), standing(BULK_POINTS), flying(5000))]

    assert forms == [PLAIN, DELTA, DELTA_ZSTD]


def test_points_of_a_month_are_not_plain() -> None:
    """Offsets of more than 24 days do not fit the plain form's four bytes."""
    month = Fixes(Flight("7"), np.array([0, 2**31], np.int64), column(1, 2), column(3, 4))

    assert encode(month)[1] == DELTA
    assert decode(encode(month)) == month


def test_bulk_takes_a_tenth_of_the_plain_columns() -> None:
    """A tracker that stands still costs next to nothing."""
    assert len(encode(standing(5000))) < 5000


@pytest.mark.parametrize("name", [*GOLDEN_FIXES, "zstd-400"])
def test_torn_payload_is_refused_at_every_length(name: str) -> None:
    """A payload that lacks its end is never taken for a shorter one."""
    payload = golden(name)

    for length in range(len(payload)):
        with pytest.raises(PayloadError):
            decode(payload[:length])


@pytest.mark.parametrize("name", [*GOLDEN_FIXES, "zstd-400"])
def test_flipped_bit_is_found_in_every_byte(name: str) -> None:
    """The server loads a damaged append-only file without a word; the CRC does not."""
    payload = golden(name)

    for at in range(len(payload)):
        with pytest.raises(PayloadError):
            decode(payload[:at] + bytes([payload[at] ^ 0x10]) + payload[at + 1 :])


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, 2, "version 2: this program reads version 1"),
        (0, ord("{"), "version 123"),
        (1, 9, "kind 9"),
        (1, DELTA, "section"),
        (2, 0x80, "columns 0x80"),
        (2, 0x03, "the body ends at byte"),
        (8, 3, "the body ends at byte"),
        (11, 0x7F, "2130706434 points"),
        (12, 255, "names are longer"),
    ],
)
def test_refusal_names_what_is_wrong(place: int, value: int, reason: str) -> None:
    """A dead letter's reason tells an engineer where to look."""
    payload = golden("plain-2")
    other = signed(payload[:place] + bytes([value]) + payload[place + 1 :])

    with pytest.raises(PayloadError, match=reason):
        decode(other)


def test_name_that_is_no_utf8_is_refused() -> None:
    """Names are text, or the payload is not ours."""
    with pytest.raises(PayloadError, match="not UTF-8"):
        decode(signed(golden("plain-0")[:-1] + b"\xff"))


SECTION = 24
"""Where the first section header of a delta body stands."""


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (SECTION, 3, "differences of 3 bytes"),
        (SECTION + 16, 8, "differences of 8 bytes in a column of 4"),
        (SECTION + 16 + 15, 1, "a column starts at"),
        (SECTION + 16, 4, "a section ends at byte"),
        (SECTION + 3 * 16 + 1, 0, "a section ends at byte|the sections end at byte"),
        (8, 0, "the sections end at byte"),
    ],
)
def test_section_that_promises_too_much_is_refused(place: int, value: int, reason: str) -> None:
    """A delta body is read only where its sections fill it exactly."""
    payload = golden("delta-300")
    other = signed(payload[:place] + bytes([value]) + payload[place + 1 :])

    with pytest.raises(PayloadError, match=reason):
        decode(other)


def zstd_payload(frame: bytes) -> bytes:
    """A payload of 300 points with this frame for a body."""
    start = golden("delta-300")[:24]
    return signed(start[:1] + bytes([DELTA_ZSTD]) + start[2:] + frame + b"R42/118R42118igc")


def test_frame_that_grows_beyond_its_points_is_refused_unread() -> None:
    """A megabyte of zeros in a frame of 50 bytes is refused by the size that it tells."""
    bomb = zstandard.ZstdCompressor().compress(bytes(1 << 20))

    with pytest.raises(PayloadError, match="1048576 bytes is too long for 300 points"):
        decode(zstd_payload(bomb))


def test_frame_that_hides_its_size_is_refused() -> None:
    """Without a size nobody knows how much memory a frame asks for."""
    secretive = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 20))

    with pytest.raises(PayloadError, match="too long"):
        decode(zstd_payload(secretive))


def test_frame_that_is_none_is_refused() -> None:
    """A body that zstd cannot read is a torn payload, not a foreign error."""
    frame = zstandard.ZstdCompressor().compress(bytes(200))

    for body in (b"", b"no frame at all", frame[:-3]):
        with pytest.raises(PayloadError):
            decode(zstd_payload(body))


def test_more_points_than_a_payload_holds_are_refused() -> None:
    """The writer keeps the cap that the reader checks before it takes memory."""
    with pytest.raises(BadItem, match="100001 points"):
        encode(standing(100_001))


@pytest.mark.parametrize(
    ("flight", "reason"),
    [
        (Flight("x" * 65_536), "flight_id 'xxx.* is longer than 65535 bytes"),
        (Flight("x", bib="ü" * 128), "bib 'ü.* is longer than 255 bytes"),
        (Flight("\ud800"), "half a surrogate pair"),
    ],
)
def test_name_that_cannot_be_written_is_refused(flight: Flight, reason: str) -> None:
    """The error names the field, since four of them look alike."""
    with pytest.raises(BadItem, match=reason):
        encode(TWO_POINTS.of_flight(flight))


def test_threads_encode_and_decode_at_once() -> None:
    """The zstd contexts are each thread's own."""
    tracks = [flying(5000).of_flight(Flight(str(number))) for number in range(64)]
    with ThreadPoolExecutor(4) as pool:
        back = list(pool.map(lambda track: decode(encode(track)), tracks))

    assert back == tracks

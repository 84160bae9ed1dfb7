"""Archives built for tests, good ones and bad ones."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from typing import Final

IGC: Final = b"AXXXABC\nHFDTE260526\nB1130004530000N00630000EA0150001550\n"


def make_zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content, method)
    return packed.getvalue()


def make_tar(
    *entries: tuple[str | tarfile.TarInfo, bytes], mode: str = "gz", form: int = tarfile.PAX_FORMAT
) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{mode}", format=form) as archive:  # type: ignore[call-overload]
        for name, content in entries:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def zip_link(name: str = "link.igc") -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def tar_special(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def many_files(count: int) -> Iterable[tuple[str, bytes]]:
    return ((f"{number}.igc", b"A") for number in range(count))


def overlapping_zip(copies: int = 50) -> bytes:
    """A directory that names the same bytes over and over."""
    one = make_zip(("a.igc", b"A" * 5000), method=zipfile.ZIP_STORED)
    end = one.rindex(b"PK\x05\x06")
    begin = one.index(b"PK\x01\x02")
    entry = one[begin:end]
    tail = bytearray(one[end:])
    tail[8:10] = tail[10:12] = copies.to_bytes(2, "little")
    tail[12:16] = (len(entry) * copies).to_bytes(4, "little")
    return one[:begin] + entry * copies + bytes(tail)

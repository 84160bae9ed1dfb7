"""Files in a request: the body itself, or the parts of a multipart form."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.archive import Member

MOST_FILES: Final = 1_000
_NAME_CELLS: Final = 120


async def files_of(body: bytes, content_type: str, name: str) -> list[Member]:
    """The files that a body brings. name: of a file that is the body itself, which says none.

    Raises: FormatError where the form cannot be read, or has no file.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        return [Member(name, body)]

    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    headers = Headers({"content-type": content_type})
    try:
        form = await MultiPartParser(headers, once(), max_files=MOST_FILES, max_fields=20).parse()
    except (MultiPartException, KeyError, ValueError) as exc:
        raise FormatError(
            "the form cannot be read", advice="send multipart/form-data with a boundary"
        ) from exc
    try:
        parts = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        files = [Member(clean_text(part.filename or name, _NAME_CELLS), await part.read()) for part in parts]
    finally:
        await form.close()
    if not files:
        raise FormatError("the form has no file", advice="send each file as a part with a filename")
    return files


def is_json(content_type: str) -> bool:
    """Whether the body says of itself that it is JSON, or nothing at all."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("", "application/json", "text/json") or kind.endswith("+json")

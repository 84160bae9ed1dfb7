"""Parquet files as blocks of a table. Needs pyarrow, which the extra `parquet` brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from racecontrol.errors import ConfigError, FormatError
from racecontrol.formats.tables import BLOCK_ROWS, Block, Place

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_MAGIC = b"PAR1"


def is_parquet(head: bytes) -> bool:
    """Whether bytes that begin so are a Parquet file."""
    return head.startswith(_MAGIC)


def parquet_header(path: Path) -> tuple[list[str], dict[str, str]]:
    """The names of the columns, and the texts of the file's metadata. Raises: FormatError; ConfigError."""
    with _opened(path) as file:
        schema = file.schema_arrow
        told = schema.metadata or {}
        return list(schema.names), {
            key.decode("utf-8", "replace"): value.decode("utf-8", "replace") for key, value in told.items()
        }


def parquet_blocks(path: Path, since: Place, names: Sequence[str]) -> Iterator[Block]:
    """The rows from a place on, of these columns only. Times come as ms since 1970, UTC.

    Raises: FormatError; ConfigError where pyarrow is not installed.
    """
    with _opened(path) as file:
        row = 0
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if row + rows <= since.offset:
                row += rows
                continue
            for batch in file.iter_batches(
                BLOCK_ROWS, row_groups=[group], columns=list(names), use_threads=False
            ):
                end = row + batch.num_rows
                part = batch.slice(max(0, since.offset - row))
                if part.num_rows:
                    columns = {name: _values(part.column(name)) for name in names}
                    yield Block(columns, range(end - part.num_rows + 1, end + 1), (), Place(end, end + 1))
                row = end


def _values(column: Any) -> Sequence[object]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.int64())
    values: list[object] = column.to_pylist()
    return values


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as exc:
        raise ConfigError(
            "Parquet needs pyarrow, which is not installed", advice="pip install 'racecontrol[parquet]'"
        ) from exc
    try:
        with pq.ParquetFile(path, pre_buffer=False, memory_map=False) as file:
            yield file
    except (pa.ArrowException, OSError) as exc:
        raise FormatError("the Parquet file is damaged", path=path.name, advice="export it again") from exc

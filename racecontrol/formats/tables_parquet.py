"""Parquet files as blocks of a table. Needs pyarrow, which the extra `parquet` brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from racecontrol.domain.fixes import Int64Column
from racecontrol.errors import ConfigError, FormatError
from racecontrol.formats.cell_names import Names
from racecontrol.formats.cell_numbers import Numbers
from racecontrol.formats.cell_times import NO_TIME, times_of_numbers
from racecontrol.formats.cells import MARGIN, Cells
from racecontrol.formats.tables import Block, Column, Place, TextColumn

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BLOCK_ROWS: Final = 20_000
"""Rows in memory at once."""

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
                    columns = {name: _column_of(part.column(name)) for name in names}
                    yield Block(columns, range(end - part.num_rows + 1, end + 1), (), Place(end, end + 1))
                row = end


@dataclass(frozen=True, slots=True)
class ArrowColumn:
    """A column of numbers, of times, or of what is rare in tables of points."""

    array: Any

    def numbers(self) -> Numbers:
        import pyarrow as pa

        is_odd = np.zeros(len(self.array), np.bool_)
        kind = self.array.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return Numbers(_floats(self.array), is_odd)
        values = np.full(len(self.array), np.nan)
        return Numbers(values, ~self.array.is_null().to_numpy(zero_copy_only=False))

    def times_ms(self) -> Int64Column:
        import pyarrow as pa

        if not pa.types.is_timestamp(self.array.type):
            return times_of_numbers(self.numbers().values)
        times = self.array.cast(pa.timestamp("ms", self.array.type.tz), safe=False).cast(pa.int64())
        time_ms: Int64Column = times.fill_null(NO_TIME).to_numpy(zero_copy_only=False)
        return time_ms

    def names(self) -> Names:
        found = self.array.dictionary_encode()
        texts = ["" if name is None else str(name) for name in found.dictionary.to_pylist()]
        # Where there is no name, the last place.
        which = found.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        return Names([*texts, ""], which.astype(np.intp))

    def at(self, row: int) -> object:
        import pyarrow as pa

        cell = self.array[row]
        if pa.types.is_timestamp(self.array.type):
            # As text, whose date no reader takes for a number of another unit.
            return None if cell.value is None else _moment_text(cell.value, self.array.type.unit)
        value: object = cell.as_py()
        return value


def _moment_text(count: int, unit: str) -> str:
    """ISO 8601 of so many units since 1970, to the millisecond."""
    return f"{np.int64(count).astype(f'datetime64[{unit}]').astype('datetime64[ms]')}Z"


def _floats(array: Any) -> Any:
    import pyarrow as pa

    return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _column_of(array: Any) -> Column:
    """Texts as cells of a table of texts, everything else as it is."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return ArrowColumn(array)
    # A cell that is null may have bytes.
    array = array.cast(pa.large_string()).fill_null("")
    _, offsets, text = array.buffers()
    places = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1].astype(np.intp)
    content = b"" if text is None else text.to_pybytes()[: int(places[-1])]
    padded = np.frombuffer(b"".join((bytes(MARGIN), content, bytes(MARGIN))), np.uint8)
    return TextColumn(Cells(padded, places[:-1] + MARGIN, places[1:] + MARGIN))


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

r"""Header names that are not UTF-8: aiokafka cannot read such a record, nor any after it in its partition.

Kafka takes any bytes for a header's name, so one record of a careless producer would stop every worker that
comes to its offset, for ever. `forgive_header_names` makes aiokafka read such names with what is no UTF-8
escaped (`\xff`); key, value and header values stay as they are. Faust reads through aiokafka too.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH_AT = struct.calcsize(">q")
_OVERHEAD = struct.calcsize(">qi")


def forgive_header_names() -> None:
    """From now on, in this process. Doing so twice is harmless."""
    fetcher.MemoryRecords = ForgivingRecords


class ForgivingRecords:
    """The batches of one answer to a fetch, as aiokafka reads them, each with its own bytes at hand."""

    def __init__(self, data: bytes) -> None:
        self._batches = MemoryRecords(data)
        self._data = memoryview(data)
        self._at = 0

    def size_in_bytes(self) -> int:
        """Of the whole answer."""
        return int(self._batches.size_in_bytes())

    def has_next(self) -> bool:
        """Whether another whole batch is there."""
        return bool(self._batches.has_next())

    def next_batch(self) -> "_Batch":
        """The next batch; only after `has_next`."""
        (length,) = struct.unpack_from(">i", self._data, self._at + _LENGTH_AT)
        start, self._at = self._at, self._at + _OVERHEAD + length
        return _Batch(self._batches.next_batch(), self._data[start : self._at])


class _Batch:
    """A batch that is read as always until that fails, and from there with names escaped."""

    def __init__(self, strict: Any, data: memoryview) -> None:
        self._strict, self._data = strict, data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._strict, name)

    def __next__(self) -> Any:
        return next(self._strict)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._strict:
                read += 1
                yield record
        except (UnicodeDecodeError, CorruptRecordException):
            yield from islice(_forgiving(self._data), read, None)


def _forgiving(data: memoryview) -> Iterator[Any]:
    batch = _DefaultRecordBatchPy(data)
    batch._maybe_uncompress()
    batch._buffer = _Escaping(batch._buffer)
    return iter(batch)


class _Escaping(bytearray):
    """Bytes whose pieces decode whatever is in them. Names of headers are all that aiokafka decodes."""

    def __getitem__(self, at: Any) -> Any:
        piece = super().__getitem__(at)
        return _Escaping(piece) if isinstance(piece, bytearray) else piece

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")

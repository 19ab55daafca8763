"""A guard against what unpacks to more than anybody would publish."""

import io
from typing import Protocol

from allywatch.ingest.items import BadFile


class Readable(Protocol):
    """A byte stream."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none: the end."""
        ...


class Limited(io.RawIOBase):
    """Reads a stream up to a number of bytes; beyond it, BadFile."""

    def __init__(self, stream: Readable, name: str, limit: int) -> None:
        self._stream = stream
        self._name = name
        self._limit = limit
        self._left = limit

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the stream goes."""
        got = self._stream.read(len(buffer))
        self._left -= len(got)
        if self._left < 0:
            raise BadFile(
                f"{self._name}: unpacks to more than {self._limit} bytes, which no real export does. "
                "Unpack it by hand if you trust it."
            )
        buffer[: len(got)] = got
        return len(got)

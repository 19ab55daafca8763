"""Lines of a byte stream, numbered, with a limit on the length of one: what row formats read from."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from allywatch_schemas.topics import MAX_INPUT_BYTES

MAX_ROW_BYTES = MAX_INPUT_BYTES
"""A longer row would not fit into a record."""


class Rows:
    """Iterates over (line number from 1, bytes without the line end). Empty lines are not rows."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self._lines = self._read(stream)
        self._peeked: list[tuple[int, bytes]] = []

    def peek(self, count: int) -> list[tuple[int, bytes]]:
        """The next rows, at most `count`, without taking them."""
        self._peeked.extend(islice(self._lines, count - len(self._peeked)))
        return self._peeked[:count]

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """The rest of the rows."""
        yield from self._peeked
        self._peeked = []
        yield from self._lines

    @staticmethod
    def _read(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
        number = 0
        while line := stream.readline(MAX_ROW_BYTES + 1):
            number += 1
            if len(line) > MAX_ROW_BYTES and not line.endswith(b"\n"):
                _skip_line(stream)
            row = line.rstrip(b"\r\n")
            if row:
                yield number, row


def _skip_line(stream: BinaryIO) -> None:
    while rest := stream.readline(MAX_ROW_BYTES):
        if rest.endswith(b"\n"):
            return

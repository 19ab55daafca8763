"""What follows the heads of cues, for all heads of a text at once: a quick look before a thorough one."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from allywatch.text.cues import INITIALS, WORDS_AHEAD

Indices = NDArray[np.intp]

_SPACE = 32
_BITS = 10
"""Of the hash of the first letters of a word; 1,024 kinds of words are told apart."""
_SHIFT = np.uint32(32 - _BITS)
_MIX = np.uint32(0x9E3779B1)
_THREE = np.uint32(33)
_FEW = 6
"""Heads for which the quick look takes longer than the thorough one."""


class Outlook:
    """Knows of each pattern how the words behind it may begin, as one bit a kind of word."""

    def __init__(self, starts: Sequence[frozenset[str] | None]) -> None:
        """`starts`: by pattern, how the word after a gap may begin; None, or nothing: any way."""
        told = [pattern for pattern, some in enumerate(starts) if some]
        self._row = np.zeros(len(starts), np.intp)
        self._row[told] = np.arange(1, len(told) + 1)
        kinds = np.zeros((len(told) + 1, 1 << _BITS), np.bool_)
        kinds[0] = True
        words = [(self._row[pattern], *_letters(each)) for pattern in told for each in starts[pattern] or ()]
        rows, *letters = np.array(words, np.uint32).reshape(-1, 1 + INITIALS).T
        kinds[rows, _hashed(letters)] = True
        self._kinds = np.packbits(kinds, axis=1, bitorder="little")

    def promising(self, padded: str, patterns: Sequence[int], ends: Sequence[int]) -> Sequence[int]:
        """The indices of the heads behind which, within reach, a word stands that may go on with the cue.

        May name too many, never too few. `padded`: the folded text between two spaces.
        """
        if len(patterns) <= _FEW:
            return range(len(patterns))
        codes = _codes(padded)
        blank = codes == _SPACE
        begins = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
        second = codes[begins + 1].astype(np.uint32)
        third = codes.take(begins + 2, mode="clip").astype(np.uint32)
        third[second == _SPACE] = _SPACE
        words = np.zeros(len(begins) + WORDS_AHEAD, np.intp)
        words[: len(begins)] = _hashed((codes[begins].astype(np.uint32), second, third))
        first = np.searchsorted(begins, ends)
        ahead = words[first[:, None] + np.arange(WORDS_AHEAD)]
        bits = self._kinds[self._row[patterns][:, None], ahead >> 3] >> (ahead & 7).astype(np.uint8)
        found: list[int] = np.flatnonzero((bits & 1).any(axis=1)).tolist()
        return found


def _codes(padded: str) -> NDArray[np.uint8] | NDArray[np.uint32]:
    if padded.isascii():
        return np.frombuffer(padded.encode("ascii"), np.uint8)
    return np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), "<u4")


def _letters(start: str) -> Iterator[int]:
    return map(ord, start.ljust(INITIALS))


def _hashed(letters: Sequence[NDArray[np.uint32]]) -> Indices:
    one, two, three = letters
    return ((((one * _THREE ^ two) * _THREE ^ three) * _MIX) >> _SHIFT).astype(np.intp)

"""Near keys of an article: documents that share one print one text, more or less.

Of a text's first words two kinds of key are made.

- The *opening*: its first words, exactly. It survives a text cut short, another last line or paragraph, and
  another headline.
- *Bands*: three words in a row are a shingle; every shingle has a hash, and the hashes are dealt out to
  `_BINS` bins, of each of which the smallest stays (one permutation hashing: Li, Owen and Zhang 2012). Two
  texts have the same hash in a bin with the probability that their shingles overlap (Jaccard; Broder 1997).
  A band joins two bins, so that it is equal with the square of that: a text with one word in ten exchanged
  (overlap about .57) shares one of twelve bands in 99 of 100 cases, and unrelated texts (below .01) in 1 of
  1,000.

A short text with one name exchanged is another story about another country rather than an edited copy. So
the bands of short texts count for the places alone of which they say something.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import blake2b
from zlib import crc32

import numpy as np

from allywatch.text.folding import fold

OPENING = 24
"""Words of an opening; shorter texts have none."""
SHORT = 64
"""Words below which the places that a text speaks of are part of its bands."""
LONG = 96
"""Words from which they are not; a text between has bands of both kinds, since copies differ in length."""
LONGEST = 200
"""Words that are looked at: wires are cut from the end, and begin with what they have to say."""

_CHARACTERS = 12
"""A word and the space after it are seldom longer."""
_BINS = 24
_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_FIRST, _SECOND, _THIRD = (np.uint64(odd) for odd in (_MIX, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
"""Odd numbers without a pattern, one for each place in a shingle (those of SplitMix64, Steele 2014)."""
_HALF = np.uint64(32)
_BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"
_TEN = 1_023
_DIGITS = tuple(one + other for one in _BASE_32 for other in _BASE_32)
"""Two digits of base 32 for every ten bits."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]{1,2}|\w+")
"""Scripts without spaces are taken two characters at a time."""


def opening_words(text: str) -> list[str]:
    """The first `LONGEST` words of a text, in lower case."""
    folded = fold(text[: _CHARACTERS * LONGEST])
    words = folded.split(None, LONGEST) if folded.isascii() else _WORD.findall(folded)
    return words[:LONGEST]


def near_keys(words: Sequence[str], places: Collection[str]) -> tuple[str, ...]:
    """The keys of a text, the surest first.

    Args:
        words: Of its body without furniture, as `opening_words` gives them.
        places: The regions of which it says something itself.
    """
    if len(words) < OPENING:
        return ()
    raw = [word.encode() for word in words]
    opening = int.from_bytes(blake2b(b" ".join(raw[:OPENING]), digest_size=8).digest(), "big")
    least, place = _least(raw), crc32(" ".join(sorted(places)).encode())
    if len(words) < SHORT:
        return (_key(opening), *_bands(least, place))
    if len(words) < LONG:
        return (_key(opening), *_bands(least, 0)[:8], *_bands(least, place)[:7])
    return (_key(opening), *_bands(least, 0))


def _least(raw: list[bytes]) -> list[int]:
    """The smallest hash in each bin; an empty bin takes that of the next (Shrivastava and Li 2014)."""
    words = np.fromiter(map(crc32, raw), np.uint64, len(raw))
    hashed = words[:-2] * _FIRST ^ words[1:-1] * _SECOND ^ words[2:] * _THIRD
    hashed = (hashed ^ hashed >> _HALF) * _SECOND
    smallest = np.full(_BINS, _MASK, np.uint64)
    np.minimum.at(smallest, (hashed % np.uint64(_BINS)).astype(np.intp), hashed)
    least = smallest.tolist()
    first = next(at for at, each in enumerate(least) if each != _MASK)
    following, away = least[first], first
    for at in reversed(range(_BINS)):
        following, away = (least[at], 0) if least[at] != _MASK else (following, away + 1)
        least[at] = following + away
    return least


def _bands(least: list[int], salt: int) -> list[str]:
    """A key for every pair of bins."""
    pairs = enumerate(zip(least[::2], least[1::2], strict=True))
    return [_key((one * _MIX ^ other ^ salt << 8 ^ at) * _MIX & _MASK) for at, (one, other) in pairs]


def _key(hashed: int) -> str:
    """Eight digits of the 64 bits: 40 bits, as base 32 (RFC 4648) in small letters."""
    return (
        _DIGITS[hashed >> 54]
        + _DIGITS[hashed >> 44 & _TEN]
        + _DIGITS[hashed >> 34 & _TEN]
        + _DIGITS[hashed >> 24 & _TEN]
    )

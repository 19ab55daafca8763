"""Text folded for one search: lower case, everything but letters, digits and marks a space, same length."""

import re
import sys
import unicodedata
from collections.abc import Iterator

import numpy as np

from allywatch.text.lookalikes import unmasked

_APOSTROPHES = "\u02b9\u02bb\u02bc"
"""Letters by Unicode, which stand where others write the apostrophe that is none."""
_VARIANTS = str.maketrans("ёأإآٱىة", "еاااايه")
"""Letters that many writers do not tell apart: Russian yo, Arabic alif with its marks, final ya and ta."""


def _folded(character: str) -> str:
    """One character for one: also of full-width, bold and circled letters, which stand for plain ones."""
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        plain = character
    if plain in _APOSTROPHES or not (plain.isalnum() or unicodedata.category(plain)[0] == "M"):
        return " "
    return plain.lower()[0].translate(_VARIANTS)


class _Folding(dict[int, str]):
    """Code point to its folded character, worked out when first met; bounded whatever the input."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        if len(self) < _KNOWN_CHARACTERS:
            self[code] = folded
        return folded


_KNOWN_CHARACTERS = 20_000
_SHORT = 100
"""Characters below which a table of Python is faster than one of numpy."""
_KNOWN = _Folding()
_MIXED = re.compile("[a-zß-ɏ][Ͱ-ԯ]|[Ͱ-ԯ][a-zß-ɏ]|[Ͱ-Ͽ][Ѐ-ԯ]|[Ѐ-ԯ][Ͱ-Ͽ]")
_ASCII = {code: _folded(chr(code)) for code in range(128)}
_FOLDED = np.zeros(sys.maxunicode + 1, dtype="<u4")
"""The folded character of every code point that was met; 0: not met. (No character folds to NUL.)"""


def fold(text: str) -> str:
    """`text` as it is searched; character i stands for character i of `text`.

    Words that mix scripts to look like another word are read as that one ("P\u043eland" with a Cyrillic o).
    """
    if text.isascii():
        return text.translate(_ASCII)
    if len(text) < _SHORT and not _MIXED.search(folded_short := text.translate(_KNOWN)):
        return folded_short
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded = _FOLDED[codes]
    if not folded.all():
        for code in np.unique(codes[folded == 0]).tolist():
            _FOLDED[code] = ord(_folded(chr(code)))
        folded = _FOLDED[codes]
    return unmasked(text, folded.tobytes().decode("utf-32-le", "surrogatepass"), folded)


def has_no_spaces(character: str) -> bool:
    """Whether the script of this character writes words without spaces, or joins them (CJK, Hangul, Thai)."""
    code = ord(character)
    return code >= 0x0E00 and (
        0x3040 <= code <= 0x9FFF
        or 0xAC00 <= code <= 0xD7AF
        or 0x0E00 <= code <= 0x0E7F
        or 0xF900 <= code <= 0xFAFF
        or code >= 0x20000
    )


def is_arabic(character: str) -> bool:
    """Whether it is a letter of the Arabic script, which joins particles to the front of a word."""
    return "\u0600" <= character <= "\u06ff"


def expand(pattern: str) -> Iterator[str]:
    """All forms of a pattern: `walk{,s,ing} away` is walk away, walks away, walking away."""
    opening = pattern.find("{")
    closing = pattern.find("}", opening)
    if opening < 0 or closing < 0:
        yield pattern
        return
    for choice in pattern[opening + 1 : closing].split(","):
        for rest in expand(pattern[closing + 1 :]):
            yield pattern[:opening] + choice + rest

"""Text folded for one search: lower case, everything but letters, digits and marks a space, same length."""

import unicodedata
from collections.abc import Iterator

_KNOWN_CHARACTERS = 20_000


class _Folding(dict[int, str]):
    """Code point to its folded character, worked out when first met; bounded whatever the input."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        lowered = character.lower()
        keeps = character.isalnum() or unicodedata.category(character)[0] == "M"
        folded = (lowered if len(lowered) == 1 else character) if keeps else " "
        if len(self) < _KNOWN_CHARACTERS:
            self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` as it is searched; character i stands for character i of `text`."""
    return text.translate(_FOLDING)


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

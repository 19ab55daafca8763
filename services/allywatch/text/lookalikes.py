"""Words that mix scripts to look like others: "P\u043eland" with a Cyrillic o is read as Poland."""

import numpy as np

_LATIN, _CYRILLIC, _GREEK = 1, 2, 4
_CYRILLIC_LOOKS = (
    "асеіјорѕхуһԁԛԝкӏАВСЕНІЈКМОРЅТХУԚԜӀ",
    "aceijopsxyhdqwklABCEHIJKMOPSTXYQWI",
)
_GREEK_LOOKS = (
    "αονικρυχγεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aovikpuxyeABEZHIKMNOPTYX",
)
"""Letters of another script, and the Latin ones they look like, in the same order; our own list."""
_AS_LATIN = dict(
    pair for looks, like in (_CYRILLIC_LOOKS, _GREEK_LOOKS) for pair in zip(looks, like, strict=True)
)
_AS_CYRILLIC = dict(zip(*reversed(_CYRILLIC_LOOKS), strict=True))


_MOST_WORDS = 1_000
"""Words of mixed script that are read in one text; no honest text has as many."""
_LONGEST_WORD = 40
"""Characters; no name is longer."""

Codes = np.ndarray[tuple[int, ...], np.dtype[np.uint32]]


def _scripts() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    scripts = np.zeros(0x531, dtype=np.uint8)
    scripts[ord("a") : ord("z") + 1] = _LATIN
    scripts[0xDF:0x250] = _LATIN
    scripts[0x370:0x400] = _GREEK
    scripts[0x400:0x530] = _CYRILLIC
    return scripts


_SCRIPTS = _scripts()
"""Script by code point; the last entry is for all that are none of the three."""


def unmasked(text: str, folded: str, codes: Codes) -> str:
    """`folded` with each word of mixed script read as the word of one script that it looks like.

    A word that cannot be read so stays as it is. `codes`: the code points of `folded`. Linear in the
    length, whatever the text holds.
    """
    scripts = _SCRIPTS.take(codes, mode="clip")
    joined = scripts[:-1] | scripts[1:]
    places = np.flatnonzero(joined & (joined - 1))
    if not places.size:
        return folded
    pieces: list[str] = []
    done = 0
    for place in places[: _MOST_WORDS * _LONGEST_WORD].tolist():
        if place < done or len(pieces) >= 2 * _MOST_WORDS:
            continue
        begin = folded.rfind(" ", 0, place) + 1
        end = folded.find(" ", place)
        end = len(folded) if end < 0 else end
        word = folded[begin:end]
        pieces += (folded[done:begin], word if len(word) > _LONGEST_WORD else _read(text[begin:end], word))
        done = end
    return "".join([*pieces, folded[done:]])


def _read(written: str, folded: str) -> str:
    """The word in the script of most of its letters if all others look like that one's, else in the other."""
    latin = "".join(_AS_LATIN.get(one, plain).lower() for one, plain in zip(written, folded, strict=True))
    cyrillic = "".join(
        _AS_CYRILLIC.get(one, plain).lower() for one, plain in zip(written, folded, strict=True)
    )
    if sum(one in _AS_LATIN for one in written) * 2 > len(written):
        return next((word for word in (cyrillic, latin) if _is_pure(word)), folded)
    return next((word for word in (latin, cyrillic) if _is_pure(word)), folded)


def _is_pure(word: str) -> bool:
    scripts = {_SCRIPTS[min(ord(character), len(_SCRIPTS) - 1)] for character in word}
    return len(scripts - {0}) < 2

"""How names are compared: one form for every way to write one name."""

import re
import unicodedata
from functools import lru_cache

_NOT_LETTERS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "a"}
    | {"’": "", "'": "", "ʼ": "", "‘": "", "`": ""}
)
_SOUNDS = str.maketrans({vowel: "" for vowel in "aeiouwyjh"} | {"q": "k", "c": "k"})
_DOUBLED = re.compile(r"(.)\1+")
_PARTICLES = frozenset(
    {"al", "el", "ul", "bin", "ibn", "abu", "de", "da", "di", "von", "van", "jr", "sr", "ii", "iii"}
    | {"sir", "dr", "gen", "mr", "mrs"}
)


def normal(name: str) -> str:
    """The form in which names are compared: small letters without marks, words by one space."""
    plain = name.casefold().translate(_LETTERS)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _NOT_LETTERS.sub(" ", plain).strip()


@lru_cache(maxsize=8192)
def first_and_last(form: str) -> tuple[str, str] | None:
    """Of a person's name in the normal form: the first name by its sound, and the last; None: has no two.

    By sound: its first letter and its consonants, so that Sergei is Sergey and Mohammed Muhammad. What
    stands between (a father's name, `bin`, a second name), a title before and `Jr.` behind are left out.
    """
    words = [word for word in form.split(" ") if word not in _PARTICLES]
    if len(words) < 2 or len(words[0]) < 2 or len(words[-1]) < 2:
        return None
    first, last = words[0], words[-1]
    return first[0] + _DOUBLED.sub(r"\1", first[1:].translate(_SOUNDS)), last

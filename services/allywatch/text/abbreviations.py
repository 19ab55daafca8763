"""Which dots end a sentence: those of "U.S.", initials, abbreviations and ordinals do not. Data, checked."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from allywatch.configfile import parse

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"[^.]$")]
Words = dict[Language, tuple[Word, ...]]

_LAST_WORD = re.compile(r"[^\W_][\w.°-]*$")
_OPENING = "\"'“‘«„([¿¡"
LAST_LETTERS = 4
"""Of a word, by which most are known for no abbreviation."""
_LOOKED_AT = 20
"""Characters before a dot, and behind it, that decide."""


class SentencesFile(BaseModel):
    """`sentences.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_names: Words
    shortened: Words
    before_numbers: Words
    after_numbers: Words
    starters: Words


class _Kind(Enum):
    """What an abbreviation says of the dot behind it, as its list in the file; of two, the last."""

    BEFORE_NUMBERS = "before_numbers"
    SHORTENED = "shortened"
    BEFORE_NAMES = "before_names"


class Abbreviations:
    """The words of one language, compiled."""

    def __init__(self, words: SentencesFile, language: str | None) -> None:
        """`language`: as in the file; None: the words of all, for texts of which it is not known."""

        def of(given: Words) -> Iterator[str]:
            for each in given.values() if language is None else [given.get(language, ())]:
                yield from each

        self._kinds = {word: kind for kind in _Kind for word in of(getattr(words, kind.value))}
        self.endings = frozenset(word[-LAST_LETTERS:].lower() for word in self._kinds)
        """The last letters of all of them."""
        self._ordinal, self._starters = frozenset(of(words.after_numbers)), frozenset(of(words.starters))

    def ends_sentence(self, text: str, begin: int, dot: int, after: int, end: int) -> bool:
        """Whether the dot at `dot`, with what closes behind it up to `after`, ends the sentence from `begin`.

        `end`: of the paragraph. Behind it a space stands, and no small letter.
        """
        before = text[max(begin, dot - _LOOKED_AT) : dot].split()
        if not before:
            return True
        word = before[-1]
        if not word.isalpha():
            found = _LAST_WORD.search(word)
            if found is None:
                return True
            word = found[0]
        kind = self._kinds.get(word) or self._kinds.get(word.lower())
        if kind is None:
            if word.isdigit():
                return len(word) > 2 or self._next_word(text, after, end) not in self._ordinal
            if not _is_acronym(word):
                return True
        if kind is _Kind.BEFORE_NAMES:
            return False
        if kind is _Kind.BEFORE_NUMBERS:
            return not self._next_word(text, after, end)[:1].isdigit()
        return self._next_word(text, after, end) in self._starters

    def _next_word(self, text: str, after: int, end: int) -> str:
        words = text[after : min(after + _LOOKED_AT, end)].split(None, 1)
        return words[0].strip(_OPENING).rstrip(",;:’'”\"").lower() if words else ""


def _is_acronym(word: str) -> bool:
    """Whether it is an initial, or letters with dots between them."""
    if len(word) == 1:
        return word.isalpha() and not word.islower()
    return "." in word and all(len(part) <= 1 and not part.isdigit() for part in word.split("."))


def parse_sentences(text: str, file: str) -> SentencesFile:
    """Parse and validate `sentences.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, SentencesFile, file)[0]


@cache
def load_sentences() -> SentencesFile:
    """The words of this package; raises as `parse_sentences`."""
    data = resources.files("allywatch.text") / "data" / "sentences.yaml"
    return parse_sentences(data.read_text(encoding="utf-8"), "sentences.yaml")


def _languages() -> Iterator[str]:
    for words in (load_sentences().before_names, load_sentences().shortened, load_sentences().starters):
        yield from words


@cache
def abbreviations(language: str | None) -> Abbreviations:
    """Those of a language (ISO 639-1); of all, where we have none of it or do not know it."""
    return Abbreviations(load_sentences(), language if language in set(_languages()) else None)

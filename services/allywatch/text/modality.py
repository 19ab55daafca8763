"""How sure a source is of what a cue says: read from the words around the cue in its clause."""

import re
from dataclasses import dataclass

from allywatch.text.cues import compile_phrases
from allywatch.text.lexicon import ModalityFile
from allywatch_schemas import Modality

_NEAR = 36
"""Characters before the cue in which a bare negation counts."""
_BARE = frozenset(
    [
        "not",
        "never",
        "without",
        "no",
        "не",
        "nie",
        "nicht",
        "kein",
        "keine",
        "ne",
        "no",
        "không",
        "לא",
        "않",
        "ない",
        "لم",
        "لن",
        "ليس",
        "cannot",
    ]
)
_YEAR = re.compile(r"(?<!since )(?<!since early )(?:in|of|during|im jahr|en|w|в|у) (1[89]\d\d|20\d\d)(?!\d)")
_OPENING_GERUND = re.compile(r"[\"'“‘«]?(?:\w+ing|A|An) ")
_QUOTES = {"“": "”", "«": "»", "„": "“", "「": "」"}

_FAR = 140
"""Characters before the cue in which a verb of denial counts."""
_NEGATES_AFTER = frozenset({"ja", "ko", "de"})

Span = tuple[int, int]
Patterns = dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Tone:
    """The words of one sentence that make what it says less than asserted; places are in the sentence."""

    denials: tuple[tuple[int, int, bool], ...]
    """(start, end, only near the cue)"""
    historic: bool
    doubts: tuple[tuple[Modality, tuple[Span, ...]], ...]
    """In order of precedence."""
    asks: bool
    negates_after: bool
    """Whether the language may put the negation after the verb."""
    sentence: str

    def at(self, start: int, end: int, *, verbal: bool = False) -> Modality:
        """The modality of a cue at [start, end) of the sentence.

        What follows a `verbal` act ("threatens X with war if …") is what was said, and leaves it said.
        """
        if any(self._denies(denial, start) for denial in self.denials):
            return Modality.DENIED
        if self.historic:
            return Modality.HISTORIC
        for modality, spans in self.doubts:
            if any(stop <= start or (begin >= end and not verbal) for begin, stop in spans):
                return modality
        if self.asks:
            return Modality.SPECULATIVE
        return Modality.QUOTED_CLAIM if _in_quotes(self.sentence, start) else Modality.ASSERTED

    def _denies(self, denial: tuple[int, int, bool], start: int) -> bool:
        _, end, only_near = denial
        distance = start - end
        if distance < 0:
            return self.negates_after and distance >= -_NEAR
        return distance <= (_NEAR if only_near else _FAR)


class ModalityReader:
    """The words of `modality.yaml`, compiled by language."""

    def __init__(self, words: ModalityFile) -> None:
        self._denied, self._not_denied = _by_language(words.denied), _by_language(words.not_denied)
        self._historic = _by_language(words.historic)
        self._doubts = (
            (Modality.CONDITIONAL, _by_language(words.conditional)),
            (Modality.SPECULATIVE, _by_language(words.speculative)),
            (Modality.QUOTED_CLAIM, _by_language(words.quoted_claim)),
            (Modality.PLANNED, _by_language(words.planned)),
        )

    def tone(self, sentence: str, folded: str, language: str, year: int) -> Tone:
        """The tone of a sentence.

        Args:
            sentence: As published.
            folded: The same, folded, character by character.
            language: The words of this language decide.
            year: Of publication; a year well before it makes the sentence historic.
        """
        padded = " " + folded + " "
        return Tone(
            denials=self._denials(padded, language),
            historic=bool(_spans(self._historic, language, padded)) or _speaks_of_the_past(padded, year),
            doubts=tuple((modality, _spans(words, language, padded)) for modality, words in self._doubts),
            asks=sentence.rstrip("\"'”’»)").endswith(("?", "？", "؟")),
            negates_after=language in _NEGATES_AFTER,
            sentence=sentence,
        )

    def _denials(self, padded: str, language: str) -> tuple[tuple[int, int, bool], ...]:
        harmless = _spans(self._not_denied, language, padded)
        return tuple(
            (start, end, padded[start + 1 : end + 1] in _BARE or " " in padded[start + 1 : end + 1])
            for start, end in _spans(self._denied, language, padded)
            if not any(begin <= start < stop for begin, stop in harmless)
        )


def opens_with_supposition(sentence: str, cue_start: int) -> bool:
    """Whether the cue is the subject of its sentence, as in "Walking away sends …": a thought, not news."""
    return cue_start <= 12 and bool(_OPENING_GERUND.match(sentence))


def _by_language(words: dict[str, tuple[str, ...]]) -> Patterns:
    compiled = {language: compile_phrases(phrases) for language, phrases in words.items()}
    return {language: pattern for language, pattern in compiled.items() if pattern is not None}


def _spans(words: Patterns, language: str, padded: str) -> tuple[Span, ...]:
    """Where the words stand, in the sentence that `padded` holds behind one space."""
    pattern = words.get(language)
    if pattern is None:
        return ()
    return tuple((found.start() - 1, found.end() - 1) for found in pattern.finditer(padded))


def _speaks_of_the_past(padded: str, year: int) -> bool:
    return any(int(found[1]) <= year - 2 for found in _YEAR.finditer(padded))


def _in_quotes(sentence: str, position: int) -> bool:
    before, after = sentence[:position], sentence[position:]
    if before.count('"') % 2 == 1 and '"' in after:
        return True
    return any(before.rfind(o) > before.rfind(c) and c in after for o, c in _QUOTES.items())

"""The tone of a sentence: how sure it is of each cue in it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from allywatch.text.lexicon import ModalityFile, WordKind
from allywatch.text.modality.features import Named, Surroundings, features_of
from allywatch.text.modality.markers import Marker, Markers
from allywatch.text.modality.model import Judge, Judgement, ModalityModel
from allywatch_schemas import Modality

_YEAR = re.compile(
    r"(since(?: early| late)? |seit |depuis |desde |od |з |с |nuo |kopš |alates )?"
    r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)"
)
"""A year; what began in it and lasts ("since 2014") is told apart."""
_PUNCTUATION = re.compile(r"[,，、،(（)）;；:：—]|\s–\s|\s-\s")
_QUOTES = {"“": "”", "«": "»", "„": "“", "「": "」", "‘": "’"}


@dataclass(frozen=True, slots=True)
class Tone:
    """How sure one sentence is of what its cues say."""

    surroundings: Surroundings
    judge: Judge

    def at(self, start: int, end: int, *, verbal: bool = False) -> Modality:
        """The modality of a cue at [start, end) of the sentence; at its very end, that of what it leads.

        What follows a `verbal` act ("threatens X with war if …") is what was said, and leaves it said.
        """
        return self.judged(start, end, verbal=verbal).modality

    def judged(self, start: int, end: int, *, verbal: bool = False) -> Judgement:
        """As `at`, with the probability of the modality."""
        return self.judge.judge(self.features(start, end, verbal=verbal))

    def features(self, start: int, end: int, *, verbal: bool = False) -> set[str]:
        """What the model is told of this cue."""
        found = features_of(self.surroundings, start, end, verbal=verbal)
        if _in_quotes(self.surroundings.sentence, start):
            found.add("quoted")
        return found


class ModalityReader:
    """The words of `modality.yaml`, compiled by language, and the model that weighs them."""

    def __init__(self, words: ModalityFile, model: ModalityModel) -> None:
        by_language: dict[str, dict[WordKind, tuple[str, ...]]] = defaultdict(dict)
        for kind, languages in words.root.items():
            for language, phrases in languages.items():
                by_language[language][kind] = phrases
        self._markers = {language: Markers(phrases) for language, phrases in by_language.items()}
        self._judge = Judge(model)

    def tone(
        self,
        sentence: str,
        folded: str,
        language: str,
        year: int,
        *,
        named: Sequence[Named] = (),
        heading: bool = False,
    ) -> Tone:
        """The tone of a sentence.

        Args:
            sentence: As published.
            folded: The same, folded, character by character.
            language: The words of this language decide; of one that has none, all is asserted.
            year: Of publication; years in the text lie before, in or after it.
            named: Who is named in it, in order.
            heading: Whether it is a title or a heading.
        """
        words = self._markers.get(language)
        markers = words.find(" " + folded + " ") if words else ()
        commas, breaks = _stops(sentence, markers)
        always = tuple(_of_sentence(sentence, folded, year, heading))
        return Tone(
            Surroundings(sentence, folded, language, markers, commas, breaks, named, always), self._judge
        )


def _stops(sentence: str, markers: Sequence[Marker]) -> tuple[list[int], list[int]]:
    commas, breaks = [], [marker.start for marker in markers if marker.kind is WordKind.CONTRAST]
    for found in _PUNCTUATION.finditer(sentence):
        (commas if found[0] in ",，、،(（)）" else breaks).append(found.start())
    breaks.sort()
    return commas, breaks


def _of_sentence(sentence: str, folded: str, year: int, heading: bool) -> list[str]:
    found = []
    if heading:
        found.append("heading")
    if sentence.rstrip("\"'”’»)。 ").endswith(("?", "？", "؟", "か")):
        found.append("asks")
    years = [int(match[2]) for match in _YEAR.finditer(folded) if not match[1]]
    if any(each <= year - 2 for each in years):
        found.append("year:past")
    if any(each > year for each in years):
        found.append("year:future")
    return found


def _in_quotes(sentence: str, position: int) -> bool:
    before, after = sentence[:position], sentence[position:]
    if before.count('"') % 2 == 1 and '"' in after:
        return True
    return any(before.rfind(o) > before.rfind(c) and c in after for o, c in _QUOTES.items())

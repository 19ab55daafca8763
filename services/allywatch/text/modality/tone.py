"""The tone of a sentence: how sure it is of each cue in it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allywatch.text.lexicon import ModalityFile, WordKind
from allywatch.text.modality.features import Named, Surroundings, features_of
from allywatch.text.modality.markers import Marker, Markers
from allywatch.text.modality.model import Judge, Judgement, ModalityModel
from allywatch_schemas import Modality

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SINCE = (
    "since ",
    "since early ",
    "since late ",
    "seit ",
    "depuis ",
    "desde ",
    " od ",
    " з ",
    " с ",
    "nuo ",
    "kopš ",
)
"""What began in a year and lasts is told apart."""
_PUNCTUATION = re.compile(r"[,，、،()（）;；:：—]|(?<= )[-–](?= )")
_CONTRAST = WordKind.CONTRAST.value
_QUOTATION = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|‘[^’]*’(?!\w)')


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
        return features_of(self.surroundings, start, end, verbal=verbal)


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
        always = tuple(_of_sentence(sentence, heading))
        years = tuple(_years(folded, year))
        quotes = tuple(found.span() for found in _QUOTATION.finditer(sentence))
        place = Surroundings(
            sentence, folded, language, markers, commas, breaks, named, years, quotes, always
        )
        return Tone(place, self._judge)


def _stops(sentence: str, markers: Sequence[Marker]) -> tuple[list[int], list[int]]:
    commas: list[int] = []
    breaks = [marker.start for marker in markers if marker.kind == _CONTRAST]
    for found in _PUNCTUATION.finditer(sentence):
        (commas if found[0] in ",，、،(（)）" else breaks).append(found.start())
    breaks.sort()
    return commas, breaks


def _of_sentence(sentence: str, heading: bool) -> list[str]:
    found = []
    if heading:
        found.append("heading")
    if sentence.rstrip("\"'”’»)。 ").endswith(("?", "？", "؟", "か")):
        found.append("asks")
    return found


def _years(folded: str, now: int) -> Iterator[tuple[int, str]]:
    for found in _YEAR.finditer(folded):
        year, at = int(found[0]), found.start()
        if year > now:
            yield at, "future"
        elif year <= now - 2:
            yield at, "since" if folded.endswith(_SINCE, 0, at) else "past"

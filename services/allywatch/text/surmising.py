"""What sentences say of regions where no cue tells it: by a model, from all of their words."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from allywatch.regions import Registry
from allywatch.text.bearing import Bearing, BearingModel, Row, features, of_cues
from allywatch.text.lexicon import LexiconFile, Rule
from allywatch.text.names import Mention
from allywatch.text.parts import Part
from allywatch.text.relations import ADVERSARY, PATRON, Relations, View, symbols
from allywatch.text.scanning import Scan
from allywatch.text.sentences import Sentence, index_at
from allywatch_schemas import Mechanism, Role

LEAST = 0.4
"""Probability from which a sentence is taken to say what the model thinks it says."""
LEAST_BESIDE_CUES = 0.55
"""The same for a sentence of which cues tell something already."""
_LARGEST_SPELLED_OUT = 6
"""A group of more members than this is a region of its own; of a smaller one each member is meant."""
_MOST_VIEWS = 60
"""Of one article that are looked at: more than any real article has."""
_BY_PATRON = frozenset({Mechanism.PATRON_DISENGAGEMENT, Mechanism.PATRON_REASSURANCE})
_OF_EXPOSED = frozenset(
    {Mechanism.ALLIANCE_COHESION, Mechanism.DETERRENCE_CREDIBILITY, Mechanism.ADVERSARY_EMBOLDENED}
)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as the reader has it; places are of the clean text."""

    index: int
    start: int
    folded: str
    mentions: Sequence[Mention]
    cues: Sequence[tuple[int, Rule]]
    """Start and rule of each cue in it."""

    def adds(self, bearing: Bearing, language: str | None) -> bool:
        """Whether it is worth saying beside what cues say.

        Of whom a cue speaks grammar tells better than the model; in English, elsewhere it is too coarse. And
        where a cue says that a patron stands by, or turns away, the sentence does not say the contrary.
        """
        if not self.cues:
            return True
        if bearing.mechanism in _BY_PATRON and any(
            rule.mechanism in _BY_PATRON and rule.mechanism is not bearing.mechanism for _, rule in self.cues
        ):
            return False
        if language == "en" and any(rule.mechanism is bearing.mechanism for _, rule in self.cues):
            return False
        return bearing.probability >= LEAST_BESIDE_CUES

    def features(self, row: Row) -> list[str]:
        """The names of what the model knows it by; `row`: as a view of it gives."""
        cues = [(place - self.start, rule) for place, rule in self.cues]
        return [*features(row), *of_cues(row, cues)]


@dataclass(frozen=True, slots=True)
class Surmise:
    """What a sentence says of a region; its trigger is the word at [start, end) of the clean text."""

    sentence: int
    rule: Rule
    part: Part
    start: int
    end: int
    probability: float


def told_by(
    text: str, scan: Scan, sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]]
) -> list[Told]:
    """The sentences of an article in which somebody is named; `mentions`: by sentence."""
    starts = [sentence.start for sentence in sentences]
    cues: dict[int, list[tuple[int, Rule]]] = {}
    for hit in scan.cues:
        if hit.cue.rule is not None:
            cues.setdefault(index_at(starts, hit.start), []).append((hit.start, hit.cue.rule))
    return [
        Told(
            index,
            sentence.start,
            scan.padded[sentence.start + 1 : sentence.end + 1],
            mentions[index],
            cues.get(index, ()),
        )
        for index, sentence in enumerate(sentences)
        if mentions[index]
    ]


class Surmiser:
    """Reads sentences with the package's models."""

    def __init__(self, registry: Registry, lexicon: LexiconFile) -> None:
        self._registry = registry
        self._relations = Relations(registry)
        self._model = BearingModel.load()
        self._rules = _rules_by_meaning(lexicon)

    def may_tell(self, named: Collection[str]) -> bool:
        """Whether a text without a cue that names these actors may say something: a region and a side."""
        return self._relations.holds_side(named)

    def surmise(self, text: str, sentences: Iterable[Told], language: str | None) -> list[Surmise]:
        """What the sentences of one article say of regions, in order of their place."""
        seen = list(islice(self.views(text, sentences), _MOST_VIEWS))
        if not seen:
            return []
        rows = [symbols(told.folded, view.marks) for told, view in seen]
        named = [told.features(row) for row, (told, _) in zip(rows, seen, strict=True)]
        read = self._model.read(rows, named, LEAST)
        return [
            surmise
            for (told, view), row, bearings in zip(seen, rows, read, strict=True)
            for bearing in bearings
            if told.adds(bearing, language)
            for surmise in self._surmises(told, view, row, bearing)
        ]

    def views(self, text: str, sentences: Iterable[Told]) -> Iterator[tuple[Told, View]]:
        """Each sentence as seen by the regions in it, or, if none is, by those that were named last."""
        remembered: list[str] = []
        for told in sentences:
            views = self._relations.views(text, told.start, told.mentions)
            for view in views:
                if told.cues or _names_another_side(view):
                    yield told, view
            named = [region for view in views for region in view.regions]
            if not any(self._registry.adversaries_of(region) for region in named):
                for region in remembered:
                    carried = self._relations.carried_view(region, told.start, told.mentions)
                    if region not in named and carried is not None:
                        yield told, carried
            remembered = named or remembered

    def _surmises(self, told: Told, view: View, row: Row, bearing: Bearing) -> Iterator[Surmise]:
        rule = self._rules.get((bearing.mechanism, bearing.sign))
        if rule is None:
            return
        start = told.start + row[bearing.trigger][1]
        end = told.start + _word_end(told.folded, row[bearing.trigger][1])
        for named in view.regions:
            for region in self._relations.members(named, _LARGEST_SPELLED_OUT):
                part = self._part(region, rule.mechanism, told.mentions)
                if part is not None:
                    yield Surmise(told.index, rule, part, start, end, bearing.probability)

    def _part(self, region: str, mechanism: Mechanism, mentions: Sequence[Mention]) -> Part | None:
        patron, foe = self._relations.relied_on(region, mentions), self._relations.faced(region, mentions)
        role = Role.EXPOSED_ALLY if mechanism in _OF_EXPOSED else Role.TARGET
        if mechanism in _BY_PATRON or mechanism in _OF_EXPOSED - {Mechanism.ADVERSARY_EMBOLDENED}:
            return Part(region, role, 1.0, patron, patron=patron)
        if not self._registry.adversaries_of(region):
            return None
        return Part(region, role, 1.0, foe, adversary=foe)


def _names_another_side(view: View) -> bool:
    return any(part.startswith((PATRON, ADVERSARY)) for _, _, part in view.marks)


def _rules_by_meaning(lexicon: LexiconFile) -> dict[tuple[Mechanism, int], Rule]:
    """For each mechanism and sign the first rule of the lexicon, as what a whole sentence says."""
    found: dict[tuple[Mechanism, int], Rule] = {}
    for rule in lexicon.rules:
        sign = 1 if rule.sign > 0 else -1
        name = f"words-{rule.mechanism.value.replace('_', '-')}"
        found.setdefault(
            (rule.mechanism, sign), rule.model_copy(update={"id": name, "plover_root": None, "quad": None})
        )
    return found


def _word_end(folded: str, start: int) -> int:
    end = folded.find(" ", start)
    return len(folded) if end < 0 else end

"""Articles to evidence. Compile once, read many; pure: the same article gives the same items."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from allywatch.regions import Registry
from allywatch.text.clean import CleanText, clean
from allywatch.text.cues import Cue
from allywatch.text.findings import (
    SURE,
    Found,
    as_sure_as_their_premise,
    evidence_of,
    one_per_sentence,
    strongest,
)
from allywatch.text.fingerprints import body_of, fingerprint_of, furniture_of
from allywatch.text.furniture import Furniture, Span
from allywatch.text.grammar import Function, Grammar, compile_all
from allywatch.text.language import language_of, main_part
from allywatch.text.lexicon import Lexicon, load_lexicon
from allywatch.text.modality import ModalityReader, Tone, load_modality_model
from allywatch.text.names import Mention
from allywatch.text.passages import passage_of
from allywatch.text.reversals import Turning
from allywatch.text.roles import Casting
from allywatch.text.scanning import CueHit, Scan, Scanner
from allywatch.text.sentences import Place, Sentence, index_at, split
from allywatch.text.surmising import Surmiser, told_by
from allywatch_schemas import (
    ArticleStatus,
    Evidence,
    Modality,
    NewsArticle,
    Track,
)

_LABEL = re.compile(r"\s*\w{1,16}\s?[:：]")
"""A word and a colon at the head of a title name the kind of article, not what happens: "Analysis: …"."""
_MOST_CUES = 100
"""Cues of one article that are worked on, from its start: more than any real article holds."""
_BOUNDS = (0.3, 0.8)
_MUCH_NOISE = 600
"""Characters for each word of noise, below which it may well be all noise."""
_FOREIGN = 0.9
"""Our lexicon is thinner, and less tried, in languages other than English."""


@cache
def _furniture() -> Furniture:
    return Furniture(load_lexicon().furniture)


def fingerprint(article: NewsArticle) -> str:
    """32 hexadecimal digits, equal for copies of one text under other titles and in other outlets."""
    page = clean(article)
    furniture = furniture_of(page, _furniture(), article.source.name)
    return fingerprint_of(page, body_of(page, furniture), article.id)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One article in hand: its text, plain and folded, its sentences, and who is named in each."""

    text: str
    padded: str
    sentences: list[Sentence]
    mentions: list[list[Mention]]
    year: int
    tones: dict[tuple[int, str], Tone] = field(default_factory=dict)
    functions: dict[tuple[int, str], dict[int, Function]] = field(default_factory=dict)


class ArticleReader:
    """Reads articles with one registry and the package's lexicon (or another one)."""

    def __init__(self, registry: Registry, lexicon: Lexicon | None = None) -> None:
        lexicon = lexicon or load_lexicon()
        self._scanner = Scanner(registry, lexicon.mechanisms)
        self._casting = Casting(registry)
        self._turning = Turning(lexicon.mechanisms)
        self._grammars = compile_all(lexicon.grammar)
        self._modality = ModalityReader(lexicon.modality, load_modality_model())
        self._furniture = Furniture(lexicon.furniture)
        self._surmiser = Surmiser(registry, lexicon.mechanisms)

    def read(
        self, article: NewsArticle, page: CleanText | None = None, furniture: Sequence[Span] | None = None
    ) -> list[Evidence]:
        r"""The direct evidence of an article, in order of its place; none for most, and for canceled ones.

        An article of which no single sentence holds a cue and all its parts gives nothing. At most one item
        per region, mechanism and sentence, at most `MOST_ITEMS` in all. `page`: the article, if it is clean;
        `furniture`: what of it is no part of the article, if that is known.

        Law: `quote == (title + "\n\n" + body)[span]`, as published.
        """
        if article.status is ArticleStatus.CANCELED:
            return []
        page = page or clean(article)
        language = main_part(language_of(article, page.text))
        scan = self._scanner.scan(page.text, article.published_at.date(), language)
        if scan is None or not (scan.cues or self._surmiser.may_tell({m.actor for m in scan.mentions})):
            return []
        sentences = _sentences(page, scan, language)
        if furniture is None:
            furniture = furniture_of(page, self._furniture, article.source.name)
        place = _Reading(
            page.text,
            scan.padded,
            sentences,
            [[] for _ in sentences],
            article.published_at.year,
        )
        found = self._found(place, scan, furniture, language)
        items = [evidence_of(article, page, sentences, one) for one in strongest(found)]
        return [item for item in items if item.span is not None]

    def _found(
        self, place: _Reading, scan: Scan, furniture: Sequence[Span], language: str | None
    ) -> list[Found]:
        starts = [sentence.start for sentence in place.sentences]
        for mention in scan.mentions:
            if not _within(mention.start, furniture):
                place.mentions[index_at(starts, mention.start)].append(mention)
        noisy = {index_at(starts, position) for position in scan.noise}
        if len(scan.noise) >= 2 and len(noisy) * 4 >= len(place.sentences):
            return []
        if len(scan.noise) == 1 and len(place.sentences) > 2:
            noisy.clear()
        label = _end_of_label(place.text)
        found: list[Found] = []
        for hit in scan.cues[:_MOST_CUES]:
            index = index_at(starts, hit.start)
            if (
                hit.start < label
                or index in noisy
                or hit.end > place.sentences[index].end
                or _within(hit.start, furniture)
            ):
                continue
            found.extend(self._of_cue(place, hit, index))
        understood = {(one.sentence, one.rule.mechanism) for one in found}
        surmised = self._surmised(place, scan, furniture, noisy, language)
        found.extend(one for one in surmised if (one.sentence, one.rule.mechanism) not in understood)
        return as_sure_as_their_premise(one_per_sentence(found))

    def _of_cue(self, place: _Reading, hit: CueHit, index: int) -> Iterator[Found]:
        grammar = self._grammars.get(hit.cue.language)
        if hit.cue.rule is None or grammar is None:
            return
        sentence = place.sentences[index]
        rule = self._turning.rule_of(hit, hit.cue.rule, place.padded, sentence.start, sentence.end)
        if rule is None:
            return
        functions = _functions(place, index, hit.cue.language, grammar)
        passage = passage_of(place.text, hit, index, place.sentences, place.mentions, functions, grammar)
        parts = self._casting.parts(passage, rule)
        if not parts:
            return
        modality = self._modality_of(place, hit, index)
        language = 1.0 if hit.cue.language == "en" else _FOREIGN
        for part in parts:
            probability = min(max(rule.probability * part.certainty * language, _BOUNDS[0]), _BOUNDS[1])
            yield Found(part, hit, rule, index, modality, round(probability, 3))

    def _surmised(
        self, place: _Reading, scan: Scan, furniture: Sequence[Span], noisy: set[int], language: str | None
    ) -> Iterator[Found]:
        """What whole sentences say where no cue tells it."""
        told = [
            one
            for one in told_by(place.text, scan, place.sentences, place.mentions)
            if one.index not in noisy and not _within(one.start, furniture)
        ]
        for one in self._surmiser.surmise(place.text, told, language):
            hit = CueHit(one.start, one.end, Cue("", False, "", language or "und", one.rule))
            modality = self._modality_of(place, hit, one.sentence)
            probability = min(max(one.probability, _BOUNDS[0]), _BOUNDS[1])
            yield Found(one.part, hit, one.rule, one.sentence, modality, round(probability, 3))

    def _modality_of(self, place: _Reading, hit: CueHit, index: int) -> Modality:
        """The modality of the cue in its sentence; a list item that is sure takes that of its lead."""
        sentence = place.sentences[index]
        start = hit.start - sentence.start
        rule = hit.cue.rule
        verbal = rule is not None and rule.plover_root is not None and rule.track is Track.WORDS
        own = self._tone(place, index, hit.cue.language).at(start, hit.end - sentence.start, verbal=verbal)
        if own not in SURE or sentence.lead is None:
            return own
        lead = place.sentences[sentence.lead]
        length = lead.end - lead.start
        inherited = self._tone(place, sentence.lead, hit.cue.language).at(length, length)
        return own if inherited is Modality.ASSERTED else inherited

    def _tone(self, place: _Reading, index: int, language: str) -> Tone:
        tone = place.tones.get((index, language))
        if tone is None:
            sentence = place.sentences[index]
            words = place.text[sentence.start : sentence.end]
            folded = place.padded[sentence.start + 1 : sentence.end + 1]
            named = [(mention.start - sentence.start, mention.actor) for mention in place.mentions[index]]
            heading = sentence.place in (Place.TITLE, Place.HEADING)
            tone = place.tones[index, language] = self._modality.tone(
                words, folded, language, place.year, named=named, heading=heading
            )
        return tone


def _sentences(page: CleanText, scan: Scan, language: str | None) -> list[Sentence]:
    """The sentences of a text; where nobody is named and nothing is told, whole paragraphs."""
    if len(scan.noise) * _MUCH_NOISE > len(page.text):
        return split(page.text, page.title_end, language)
    wanted = sorted([*scan.noise, *(m.start for m in scan.mentions), *(hit.start for hit in scan.cues)])
    sentences = split(page.text, page.title_end, language, wanted)
    if len(scan.noise) * 4 >= len(sentences):  # how much of it is noise, the number of all of them tells
        return split(page.text, page.title_end, language)
    return sentences


def _functions(place: _Reading, index: int, language: str, grammar: Grammar) -> dict[int, Function]:
    known = place.functions.get((index, language))
    if known is None:
        sentence, mentions = place.sentences[index], place.mentions[index]
        found = grammar.functions(place.text, mentions, sentence.start, sentence.end)
        known = {mention.start: function for mention, function in zip(mentions, found, strict=True)}
        place.functions[index, language] = known
    return known


def _end_of_label(text: str) -> int:
    label = _LABEL.match(text)
    return label.end() if label else 0


def _within(position: int, spans: Sequence[Span]) -> bool:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return index >= 0 and any(start <= position < end for start, end in spans[max(0, index - 2) : index + 1])

"""What was found in an article: the one that counts for each region, and as items of evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from allywatch.text.clean import CleanText
from allywatch.text.lexicon import LEXICON_VERSION, Rule
from allywatch.text.parts import Part
from allywatch.text.quotes import quote_span
from allywatch.text.scanning import CueHit
from allywatch.text.sentences import Place, Sentence
from allywatch_schemas import Evidence, EvidenceKind, Mechanism, Modality, NewsArticle, Role, Track
from allywatch_schemas.identity import identity_of

MOST_ITEMS = 60
"""Items of one article; the strongest stay."""
SURE = frozenset({Modality.ASSERTED, Modality.PLANNED})

_LEAST_EVENT_PROBABILITY = 0.45
"""Below it a match is at most a mechanism: on analytical prose, event classes are noise."""
_EFFECTS = frozenset(
    {Mechanism.ALLIANCE_COHESION, Mechanism.DETERRENCE_CREDIBILITY, Mechanism.ADVERSARY_EMBOLDENED}
)


@dataclass(frozen=True, slots=True)
class Found:
    """One region's part in one cue, read."""

    part: Part
    hit: CueHit
    rule: Rule
    sentence: int
    modality: Modality
    probability: float


def one_per_sentence(found: Sequence[Found]) -> list[Found]:
    """The strongest of each region, mechanism and sentence."""
    best: dict[tuple[str, Mechanism, int], Found] = {}
    for one in found:
        key = (one.part.region, one.rule.mechanism, one.sentence)
        kept = best.get(key)
        if kept is None or _strength(one) > _strength(kept):
            best[key] = one
    return list(best.values())


def as_sure_as_their_premise(found: list[Found]) -> list[Found]:
    """An effect ("emboldens", "undermines unity") is no surer than the pullback that the article supposes."""
    premises = [one for one in found if one.rule.mechanism is Mechanism.PATRON_DISENGAGEMENT]
    if not premises or any(one.modality in SURE for one in premises):
        return found
    return [
        Found(one.part, one.hit, one.rule, one.sentence, _nearest(premises, one).modality, one.probability)
        if one.rule.mechanism in _EFFECTS and one.modality in SURE
        else one
        for one in found
    ]


def _nearest(premises: Sequence[Found], one: Found) -> Found:
    return min(premises, key=lambda premise: (abs(premise.sentence - one.sentence), premise.hit.start))


def _strength(one: Found) -> float:
    return one.probability * one.rule.intensity


def strongest(found: Sequence[Found]) -> list[Found]:
    """At most `MOST_ITEMS`, in order of their place."""
    order = sorted(found, key=lambda one: (-_strength(one), one.sentence, one.part.region, one.rule.id))
    return sorted(order[:MOST_ITEMS], key=lambda one: (one.hit.start, one.part.region, one.rule.id))


def evidence_of(
    article: NewsArticle, page: CleanText, sentences: Sequence[Sentence], found: Found
) -> Evidence:
    """An item for the region of `found`."""
    rule, part = found.rule, found.part
    sentence = sentences[found.sentence]
    span = quote_span(page, sentence, found.hit.start, found.hit.end)
    start, end = page.to_original(found.hit.start, found.hit.end)
    is_event = (
        rule.plover_root is not None
        and found.modality is Modality.ASSERTED
        and found.probability >= _LEAST_EVENT_PROBABILITY
    )
    acts_only_in_thought = rule.track is Track.ACTS and found.modality is not Modality.ASSERTED
    return Evidence(
        id=_item_id(article, part.region, rule.id, start),
        doc_id=article.id,
        region=part.region,
        kind=EvidenceKind.EVENT if is_event else EvidenceKind.MECHANISM,
        track=Track.WORDS if acts_only_in_thought else rule.track,
        mechanism=rule.mechanism,
        plover_root=rule.plover_root if is_event else None,
        quad=rule.quad if is_event else None,
        role=part.role,
        actor=part.actor,
        target=part.adversary if part.role is Role.SOURCE else part.region,
        patron=part.patron,
        adversary=part.adversary,
        sign=rule.sign,
        intensity=rule.intensity,
        modality=found.modality,
        probability=found.probability,
        salience=_salience(sentence, found.sentence),
        half_life_hours=rule.half_life_hours,
        event_time=article.published_at,
        span=span,
        quote=page.original[span[0] : span[1]],
        trigger=page.original[start : min(end, start + 300)],
        rule_id=rule.id,
        lexicon_version=LEXICON_VERSION,
    )


def _salience(sentence: Sentence, index: int) -> float:
    if sentence.place is Place.TITLE:
        return 1.0
    return 0.8 if index <= 3 else 0.5


def _item_id(article: NewsArticle, region: str, rule: str, start: int) -> str:
    return identity_of(article.id, str(article.version), region, rule, str(start))

"""The parts in what an adversary does: who does it, and to whom."""

from collections.abc import Sequence

from allywatch.regions import NameKind
from allywatch.text.coordination import listed_with
from allywatch.text.grammar import CONCERNS, Function
from allywatch.text.names import Mention
from allywatch.text.parts import BY_EXPANSION, CARRIED, IN_CLAUSE, IN_SENTENCE, Part
from allywatch.text.passages import Passage
from allywatch.text.standing import Standing
from allywatch_schemas import Role

_UNNAMED = 0.8
"""How surely harm is news of the region where nobody says who did it."""


class Hostility:
    """Finds adversaries and the regions that face them."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def of_adversary(self, passage: Passage) -> list[Part]:
        """An adversary is spoken of; the regions that face it."""
        near = [*passage.after(passage.clause), *passage.before(passage.clause), *passage.sentence]
        foe = next((m for m in near if m.actor in self._standing.adversaries), None)
        if foe is not None:
            foes = [m.actor for m in listed_with(foe, passage.sentence, passage.text)]
            certainty = IN_CLAUSE if foe in passage.clause else IN_SENTENCE
        else:
            foes = [
                m.actor for ms in passage.earlier[:2] for m in ms if m.actor in self._standing.adversaries
            ]
            certainty = CARRIED
        regions, place = self._standing.regions_meant(
            passage, lambda region: not self._standing.foes_of(region).isdisjoint(foes)
        )
        if certainty == place == CARRIED:
            return []
        return [
            Part(
                region,
                Role.EXPOSED_ALLY,
                certainty * place * share,
                who,
                adversary=who,
                carried=CARRIED in (place, certainty),
            )
            for region, share in regions
            for who in [next(f for f in foes if f in self._standing.foes_of(region))]
        ]

    def between(self, passage: Passage) -> list[Part]:
        """What a region and an adversary do together, or one for the other: a truce, an exchange."""
        for mentions, certainty in ((passage.clause, IN_CLAUSE), (passage.sentence, IN_SENTENCE)):
            pairs = self._pairs(passage, mentions)
            listed = [p for p in pairs if self._are_listed(passage, mentions, p)]
            parts = [_target(region, foe, certainty * share * 0.9) for region, foe, share in listed or pairs]
            if parts:
                return parts
        return self._by_a_known_foe(passage, may_act=True)

    def of_act(self, passage: Passage, *, spoken: bool) -> list[Part]:
        """What an adversary does to a region. `spoken`: the act is one of words, so that who says it acts."""
        for mentions, certainty in ((passage.clause, IN_CLAUSE), (passage.sentence, IN_SENTENCE)):
            read = [
                (region, foe, share * sureness, marked)
                for region, foe, share in self._pairs(passage, mentions)
                for sureness, marked in [self._direction(passage, mentions, region, foe)]
                if sureness > 0 and not (spoken and self._another_speaks(passage, mentions, foe))
            ]
            if any(marked for *_, marked in read):
                read = [one for one in read if one[3]]
            if spoken and len(read) > 1:
                addressed = self._addressed(passage, mentions)
                read = [one for one in read if one[0] in addressed] or read
            if read:
                return [_target(region, foe, certainty * sureness) for region, foe, sureness, _ in read]
        return self._on_a_known_region(passage) or ([] if spoken else self._by_a_known_foe(passage))

    def of_harm(self, passage: Passage) -> list[Part]:
        """Harm done to a region, often by nobody knows whom."""
        named = self.of_act(passage, spoken=False)
        if named:
            return named
        actors = {m.actor for m in passage.sentence}

        def unharmed_by_name(region: str) -> bool:
            foes = self._standing.foes_of(region)
            return bool(foes) and foes.isdisjoint(actors)

        regions, place = self._standing.regions_meant(passage, unharmed_by_name)
        if place == CARRIED:
            return []
        return [Part(region, Role.TARGET, place * share * _UNNAMED, None) for region, share in regions]

    def _pairs(self, passage: Passage, mentions: Sequence[Mention]) -> list[tuple[str, str, float]]:
        """Every region named with every adversary of it that is; a mere source only where nobody else is."""
        actors = {m.actor for m in mentions}
        found: dict[str, float] = {}
        sources: dict[str, float] = {}
        for mention in [*passage.after(mentions), *passage.before(mentions)]:
            into = sources if passage.function(mention) is Function.SAYS else found
            for region in self._standing.spelled_out(mention.actor):
                into.setdefault(region, 1.0 if region == mention.actor else BY_EXPANSION)
        pairs = [
            (region, foe, share)
            for region, share in (found | {r: s for r, s in sources.items() if r not in found}).items()
            for foe in sorted(self._standing.foes_of(region) & actors)[:1]
        ]
        countries = [pair for pair in pairs if pair[0] in self._standing.countries]
        return countries or pairs

    def _another_speaks(self, passage: Passage, mentions: Sequence[Mention], foe: str) -> bool:
        """Whether the adversary is only what the words are about: "Estonia warned that Russia gains"."""
        before = self._standing.acting(passage.before(mentions))
        spoken_of = all(
            m.start >= passage.hit.end and passage.function(m) in (Function.OPEN, Function.CONCERNED)
            for m in mentions
            if m.actor == foe
        )
        return spoken_of and any(
            passage.function(m) in (Function.OPEN, Function.ACTS) and not passage.suffers(m) for m in before
        )

    def _addressed(self, passage: Passage, mentions: Sequence[Mention]) -> set[str]:
        """The first region behind a cue of words, with those in a row with it: whom the words are said to."""
        behind = (m for m in passage.after(mentions) if self._standing.spelled_out(m.actor))
        first = next((m for m in behind if m.actor not in self._standing.adversaries), None)
        row = listed_with(first, mentions, passage.text) if first else []
        return {region for m in row for region in self._standing.spelled_out(m.actor)}

    def _are_listed(
        self, passage: Passage, mentions: Sequence[Mention], pair: tuple[str, str, float]
    ) -> bool:
        region, foe, _ = pair
        return any(
            foe in {other.actor for other in listed_with(m, mentions, passage.text)}
            for m in mentions
            if region in self._standing.spelled_out(m.actor)
        )

    def _direction(
        self, passage: Passage, mentions: Sequence[Mention], region: str, foe: str
    ) -> tuple[float, bool]:
        """How surely the adversary acts and the region suffers, and whether words or order mark it so."""
        sides = [m for m in mentions if region in self._standing.spelled_out(m.actor)]
        functions = {passage.function(m) for m in sides}
        others = {passage.function(m) for m in mentions if m.actor == foe}
        before = [m for m in self._standing.acting(passage.before(mentions))]
        suffers = any(passage.suffers(m) for m in sides)
        behind = any(
            m.start >= passage.hit.start and passage.function(m) in {Function.OPEN, *CONCERNS} for m in sides
        )
        marked = suffers or behind or not CONCERNS.isdisjoint(functions)
        score = 2.0 if Function.ACTS in others else 1.0 if Function.ORIGIN in others else 0.0
        score += 2.0 if suffers else 1.0 if marked else 0.0
        if Function.ACTS in functions:
            score -= 2.0
        if others == {Function.CONCERNED}:
            score -= 1.5
        score += self._by_order(passage, before, region, foe, suffers=suffers)
        sureness = 1.0 if score >= 1.5 else 0.85 if score > 0 else 0.7 if score == 0 else 0.0
        return sureness, marked

    def _by_order(
        self, passage: Passage, before: Sequence[Mention], region: str, foe: str, *, suffers: bool
    ) -> float:
        """Who stands before the cue, nearest to it and not as an object, acts."""
        subjects = [m for m in before if passage.function(m) in (Function.OPEN, Function.ACTS)]
        if not subjects or suffers:
            return 0.0
        subject = subjects[-1] if passage.grammar.object_first else subjects[0]
        if subject.actor == foe:
            return 1.0
        return -1.5 if region in self._standing.spelled_out(subject.actor) else 0.0

    def _on_a_known_region(self, passage: Passage) -> list[Part]:
        """An adversary acts in the sentence, where no other country stands; on whom was said before."""
        foe = next(
            (
                m
                for m in [*passage.before(passage.clause), *passage.after(passage.clause)]
                if m.actor in self._standing.adversaries and passage.function(m) is not Function.CONCERNED
            ),
            None,
        )
        others = {m.actor for m in passage.sentence if m.actor in self._standing.countries}
        others |= {
            m.actor
            for m in self._standing.acting(passage.after(passage.clause))
            if passage.function(m) is not Function.SAYS
        }
        if foe is None or others - {foe.actor}:
            return []
        regions = self._standing.carried(passage, lambda region: foe.actor in self._standing.foes_of(region))
        return [
            Part(region, Role.TARGET, CARRIED * share, foe.actor, adversary=foe.actor, carried=True)
            for region, share in regions
        ]

    def _by_a_known_foe(self, passage: Passage, *, may_act: bool = False) -> list[Part]:
        """It is done to a region; by whom was said before."""
        known = [m.actor for ms in passage.earlier for m in ms if m.actor in self._standing.adversaries]
        if not known or any(m.actor in self._standing.adversaries for m in passage.sentence):
            return []
        subjects = [
            m
            for m in self._standing.acting(passage.before(passage.clause))
            if passage.function(m) in (Function.OPEN, Function.ACTS) and not passage.suffers(m)
        ]
        if subjects:
            return []
        parts: list[Part] = []
        for mention in passage.clause:
            concerned = (
                may_act
                or passage.function(mention) in CONCERNS
                or (mention.start >= passage.hit.start and mention.kind is not NameKind.DEMONYM)
                or passage.suffers(mention)
            )
            for region in self._standing.spelled_out(mention.actor) if concerned else ():
                foe = next((f for f in known if f in self._standing.foes_of(region)), None)
                if foe is not None:
                    parts.append(Part(region, Role.TARGET, CARRIED, foe, adversary=foe, carried=True))
        return parts


def _target(region: str, foe: str, certainty: float) -> Part:
    return Part(region, Role.TARGET, certainty, foe, adversary=foe)

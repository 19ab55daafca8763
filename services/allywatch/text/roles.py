"""Who stands in which role towards a cue: patron, adversary, and the regions it concerns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allywatch.regions import RegionKind, Registry
from allywatch.text.lexicon import Needs
from allywatch.text.names import Mention
from allywatch.text.passages import Passage, listed_with
from allywatch_schemas import Mechanism, Role

_IN_CLAUSE, _IN_SENTENCE, _CARRIED = 1.0, 0.85, 0.75
_BY_EXPANSION = 0.9
_LARGEST_SPELLED_OUT = 6
"""A group of more members than this is a region of its own; of a smaller one each member is meant."""
_BYWORDS = ("by ", "von ", "par ", "por ", "przez ", "durch ")
_OBJECT_FIRST = frozenset({"ja", "ko"})
"""Languages in which whom an act concerns stands before the verb."""
_WITHOUT_NAME = ("allies", "ally", "alliance", "transatlantic", "nato", "western", "bloc")


@dataclass(frozen=True, slots=True)
class Part:
    """A region that a cue concerns. `certainty` (0, 1]: how surely the roles are as given."""

    region: str
    role: Role
    certainty: float
    actor: str | None
    patron: str | None = None
    adversary: str | None = None
    carried: bool = False
    """Whether the region or the patron stands only in another sentence."""


Valid = Callable[[str], bool]


class Casting:
    """Finds the parts; knows the registry's patrons and adversaries."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._patrons = frozenset(p for region in registry.regions for p in registry.patrons_of(region))
        self._main_patrons = frozenset(p for p in self._patrons if not registry.patrons_of(p))
        """Those that are not themselves under somebody's protection."""
        self._adversaries = frozenset(
            a for region in registry.regions for a in registry.adversaries_of(region)
        )
        self._theatres = frozenset(r.id for r in registry.regions.values() if r.kind is RegionKind.THEATRE)
        """Places that do not act."""
        self._countries = frozenset(r.id for r in registry.regions.values() if r.kind is RegionKind.COUNTRY)

    def parts(self, passage: Passage) -> list[Part]:
        """The regions that the cue of `passage` concerns; none: it says nothing about a region."""
        rule = passage.hit.cue.rule
        needs = rule.needs if rule else Needs.PATRON
        if needs is Needs.PATRON:
            return self._of_patron(passage)
        if needs is Needs.ADVERSARY:
            return self._of_adversary(passage)
        if needs is Needs.HOSTILE_ACT:
            return self._of_hostile_act(
                passage, rule is not None and rule.mechanism is Mechanism.DEESCALATION
            )
        return self._of_alliance(passage)

    def _of_patron(self, passage: Passage) -> list[Part]:
        patron, certainty = self._acting_patron(passage)
        if patron is None:
            return []

        def rests_on(region: str) -> bool:
            return region != patron and patron in self._registry.patrons_of(region)

        regions, place = self._regions(passage, rests_on)
        nearest = next(
            (m.actor for m in passage.before(passage.clause) if m.actor not in self._theatres), None
        )
        return [
            Part(
                region,
                Role.TARGET,
                certainty * place * share,
                patron,
                patron=patron,
                carried=_CARRIED in (certainty, place),
            )
            for region, share in regions
            if nearest not in self._registry.adversaries_of(region)
        ]

    def _acting_patron(self, passage: Passage) -> tuple[str | None, float]:
        """The patron that acts, and how surely: the nearest name before must be nobody else's."""
        before = [m for m in passage.before(passage.clause) if m.actor not in self._theatres]
        if before and before[0].actor in self._main_patrons:
            return before[0].actor, 1.0
        after = [m for m in passage.after(passage.clause) if m.actor in self._main_patrons]
        by = next((m for m in after if passage.text[m.start - 10 : m.start].lower().endswith(_BYWORDS)), None)
        if by is not None:
            return by.actor, 0.9
        further = next((m for m in before if m.actor in self._main_patrons), None)
        if further is not None:
            return further.actor, 0.76
        if before and before[0].actor in self._patrons:
            return before[0].actor, 0.8
        if before:
            return None, 0.0
        if after:
            return after[0].actor, 0.8
        return self._elsewhere(passage, self._main_patrons)

    def _elsewhere(self, passage: Passage, wanted: frozenset[str]) -> tuple[str | None, float]:
        for mention in passage.sentence:
            if mention.actor in wanted:
                return mention.actor, _IN_SENTENCE
        for mentions in passage.earlier:
            for mention in mentions:
                if mention.actor in wanted:
                    return mention.actor, _CARRIED
        return None, 0.0

    def _of_alliance(self, passage: Passage) -> list[Part]:
        """For cohesion and deterrence: a patron or an alliance is spoken of in the sentence or before."""
        spoken_of = {m.actor for m in passage.sentence} & self._main_patrons
        here = bool(spoken_of)
        if not here:
            spoken_of = {m.actor for ms in passage.earlier for m in ms} & self._main_patrons
        cue = passage.text[passage.hit.start : passage.hit.end].lower()
        if not spoken_of and not any(word in cue for word in _WITHOUT_NAME):
            return []

        def protector(region: str) -> str | None:
            return next((p for p in self._registry.patrons_of(region) if p in spoken_of), None)

        def protected(region: str) -> bool:
            return protector(region) is not None if spoken_of else bool(self._registry.patrons_of(region))

        regions, place = self._regions(passage, protected)
        certainty = place if here else place * _CARRIED
        return [
            Part(
                region,
                Role.EXPOSED_ALLY,
                certainty * share,
                protector(region),
                patron=protector(region),
                carried=place == _CARRIED or not here,
            )
            for region, share in regions
        ]

    def _of_adversary(self, passage: Passage) -> list[Part]:
        near = [*passage.after(passage.clause), *passage.before(passage.clause)]
        foe = next((m for m in near if m.actor in self._adversaries), None)
        certainty = _IN_CLAUSE
        if foe is None:
            foe = next((m for m in passage.sentence if m.actor in self._adversaries), None)
            certainty = _IN_SENTENCE
        if foe is None:
            return []
        foes = [m.actor for m in listed_with(foe, passage.sentence, passage.text)]

        def faces(region: str) -> bool:
            return not self._registry.adversaries_of(region).isdisjoint(foes)

        regions, place = self._regions(passage, faces)
        return [
            Part(
                region,
                Role.EXPOSED_ALLY,
                certainty * place * share,
                who,
                adversary=who,
                carried=place == _CARRIED,
            )
            for region, share in regions
            for who in [next(f for f in foes if f in self._registry.adversaries_of(region))]
        ]

    def _of_hostile_act(self, passage: Passage, either_way: bool) -> list[Part]:
        for mentions, certainty in ((passage.clause, _IN_CLAUSE), (passage.sentence, _IN_SENTENCE)):
            actors = {m.actor for m in mentions}
            parts = [
                part
                for region, share in self._named_regions(passage, mentions)
                if (foe := next(iter(sorted(self._registry.adversaries_of(region) & actors)), None))
                is not None
                and (part := self._act(passage, mentions, region, foe, certainty * share, either_way))
            ]
            if parts:
                return parts
        return []

    def _act(
        self,
        passage: Passage,
        mentions: Sequence[Mention],
        region: str,
        foe: str,
        certainty: float,
        either_way: bool,
    ) -> Part | None:
        """Who does it to whom: the nearest name before the cue acts, unless "by" names the other."""
        before = [m for m in passage.before(mentions) if m.actor not in self._theatres]
        after = passage.after(mentions)
        by_foe = any(
            m.actor == foe and passage.text[m.start - 10 : m.start].lower().endswith(_BYWORDS) for m in after
        )
        if either_way or by_foe or not before:
            return Part(region, Role.TARGET, certainty * 0.9, foe, adversary=foe)
        subject = before[0].actor
        if subject == foe:
            return Part(region, Role.TARGET, certainty, foe, adversary=foe)
        if self._means(subject, region):
            if any(m.actor == foe for m in after):
                return Part(region, Role.SOURCE, certainty * 0.85, region, adversary=foe)
            return Part(region, Role.TARGET, certainty * 0.75, foe, adversary=foe)
        return None

    def _means(self, actor: str, region: str) -> bool:
        return actor == region or region in self._spelled_out(actor)

    def _named_regions(self, passage: Passage, mentions: Sequence[Mention]) -> list[tuple[str, float]]:
        """Every region named; a mere source of the words ("Taipei said") only where it is the only one."""
        found: dict[str, float] = {}
        sources: dict[str, float] = {}
        for mention in [*passage.after(mentions), *passage.before(mentions)]:
            into = sources if passage.only_says_so(mention) else found
            for region in self._spelled_out(mention.actor):
                into.setdefault(region, 1.0 if region == mention.actor else _BY_EXPANSION)
        return list((found or sources).items())

    def _regions(self, passage: Passage, valid: Valid) -> tuple[list[tuple[str, float]], float]:
        """The regions meant, each with its certainty, and the certainty of where they were found."""
        for mentions, certainty in ((passage.clause, _IN_CLAUSE), (passage.sentence, _IN_SENTENCE)):
            order = [passage.after(mentions), passage.before(mentions)]
            if passage.hit.cue.language in _OBJECT_FIRST:
                order.reverse()
            found = self._first_list([m for part in order for m in part], mentions, passage, valid)
            if found:
                return found, certainty
        if passage.in_heading:
            return [], 0.0
        for mentions in passage.earlier:
            countries = [m for m in mentions if m.actor in self._countries]
            found = self._first_list(countries, mentions, passage, valid)
            if found:
                return found, _CARRIED
        return [], 0.0

    def _first_list(
        self, order: Sequence[Mention], mentions: Sequence[Mention], passage: Passage, valid: Valid
    ) -> list[tuple[str, float]]:
        for mention in order:
            if not any(valid(region) for region in self._spelled_out(mention.actor)):
                continue
            found: dict[str, float] = {}
            for other in listed_with(mention, mentions, passage.text):
                for region in filter(valid, self._spelled_out(other.actor)):
                    found.setdefault(region, 1.0 if region == other.actor else _BY_EXPANSION)
            return list(found.items())
        return []

    def _spelled_out(self, actor: str) -> tuple[str, ...]:
        """The regions that a name stands for: the members of a small group, else the region itself."""
        region = self._registry.regions.get(actor)
        if region is None:
            return ()
        if region.kind is RegionKind.GROUP and len(region.members) <= _LARGEST_SPELLED_OUT:
            return tuple(member for member, _ in region.members)
        return (actor,)

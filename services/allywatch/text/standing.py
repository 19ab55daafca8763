"""Who protects whom and who threatens whom, and which regions a name stands for."""

from collections.abc import Callable, Iterable, Sequence

from allywatch.regions import NameKind, RegionKind, Registry
from allywatch.text.coordination import listed_with
from allywatch.text.grammar import CONCERNS
from allywatch.text.names import Mention
from allywatch.text.parts import BY_EXPANSION, CARRIED, IN_CLAUSE, IN_SENTENCE
from allywatch.text.passages import Passage

_LARGEST_SPELLED_OUT = 6
"""A group of more members than this is a region of its own; of a smaller one each member is meant."""

Valid = Callable[[str], bool]
Found = list[tuple[str, float]]
"""Regions, each with its certainty."""


class Standing:
    """The relations of a registry, as reading needs them."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        patrons = frozenset(p for region in registry.regions for p in registry.patrons_of(region))
        self.main_patrons = frozenset(p for p in patrons if not registry.patrons_of(p))
        """Those that are not themselves under somebody's protection."""
        self.adversaries = frozenset(
            a for region in registry.regions for a in registry.adversaries_of(region)
        )
        self._places = frozenset(r.id for r in registry.regions.values() if r.kind is RegionKind.THEATRE)
        self.countries = frozenset(r.id for r in registry.regions.values() if r.kind is RegionKind.COUNTRY)
        self._foes_of = {
            actor: frozenset().union(
                registry.adversaries_of(actor),
                *(registry.adversaries_of(r) for r in registry.regions if actor in registry.patrons_of(r)),
            )
            for actor in [*patrons, *self.countries]
        }

    def foes_of(self, region: str) -> frozenset[str]:
        """Its adversaries."""
        return self._registry.adversaries_of(region)

    def acting(self, mentions: Iterable[Mention]) -> list[Mention]:
        """Without the places: a sea does nothing."""
        return [m for m in mentions if m.actor not in self._places]

    def protects(self, actor: str, region: str) -> bool:
        """Whether it is a patron of the region, or another who faces the same adversary."""
        if actor == region or actor in self.foes_of(region):
            return False
        return actor in self._registry.patrons_of(region) or not self.foes_of(region).isdisjoint(
            self._foes_of.get(actor, ())
        )

    def protector(self, region: str, among: Iterable[str]) -> str | None:
        """The first of the region's own patrons that is `among` these."""
        named = set(among)
        return next((p for p in self._registry.patrons_of(region) if p in named), None)

    def is_protected(self, region: str) -> bool:
        """Whether it has a patron at all."""
        return bool(self._registry.patrons_of(region))

    def spelled_out(self, actor: str) -> tuple[str, ...]:
        """The regions that a name stands for: the members of a small group, else the region itself."""
        region = self._registry.regions.get(actor)
        if region is None:
            return ()
        if region.kind is RegionKind.GROUP and len(region.members) <= _LARGEST_SPELLED_OUT:
            return tuple(member for member, _ in region.members)
        return (actor,)

    def regions_meant(self, passage: Passage, valid: Valid) -> tuple[Found, float]:
        """The regions that a cue is about, and the certainty of where they were found.

        Those within the cue come first, then those after it, or before it where the language puts them there;
        on each side what is marked as concerned before what is not. Peoples that no word marks come last ("a
        Belgian company" is sent by Belgium), and so do seas beside countries.
        """
        for mentions, certainty in ((passage.clause, IN_CLAUSE), (passage.sentence, IN_SENTENCE)):
            order = sorted(_in_order(passage, mentions), key=lambda m: m.actor in self._places)
            found = self._first_list(order, mentions, passage, valid)
            if found:
                return found, certainty
        if passage.in_heading:
            return [], 0.0
        return self.carried(passage, valid), CARRIED

    def carried(self, passage: Passage, valid: Valid) -> Found:
        """The regions that a reader still has in mind: those of the title, or of the sentences around."""
        for mentions in (passage.title, *passage.earlier):
            countries = [m for m in mentions if m.actor in self.countries]
            found = self._first_list(countries, mentions, passage, valid)
            if found:
                return found
        return []

    def _first_list(
        self, order: Sequence[Mention], mentions: Sequence[Mention], passage: Passage, valid: Valid
    ) -> Found:
        for mention in order:
            if not any(valid(region) for region in self.spelled_out(mention.actor)):
                continue
            found: dict[str, float] = {}
            for other in listed_with(mention, mentions, passage.text):
                for region in filter(valid, self.spelled_out(other.actor)):
                    found.setdefault(region, 1.0 if region == other.actor else BY_EXPANSION)
            return list(found.items())
        return []


def _in_order(passage: Passage, mentions: Sequence[Mention]) -> list[Mention]:
    sides = [passage.after(mentions), passage.before(mentions)]
    if passage.grammar.object_first:
        sides.reverse()
    order = [m for side in sides for m in sorted(side, key=lambda m: passage.function(m) not in CONCERNS)]
    return sorted(
        order,
        key=lambda m: (
            m.kind is NameKind.DEMONYM and passage.function(m) not in CONCERNS,
            not passage.hit.start <= m.start < passage.hit.end,
        ),
    )

"""The parts in what a patron does or an alliance is: who protects, and whom."""

from allywatch.text.coordination import listed_with
from allywatch.text.grammar import CONCERNS
from allywatch.text.names import Mention
from allywatch.text.parts import CARRIED, IN_SENTENCE, Part
from allywatch.text.passages import Passage
from allywatch.text.standing import Standing
from allywatch_schemas import Role

_WITHOUT_NAME = ("allies", "ally", "alliance", "transatlantic", "nato", "western", "bloc")
"""English words in a cue that speak of an alliance without naming a party to it."""


class Alliances:
    """Finds patrons and the regions that rest on them."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def of_patron(self, passage: Passage) -> list[Part]:
        """A patron acts or speaks: the regions that rest on it; none where an adversary is who acts."""
        patron, certainty, carried = self._acting(passage)
        if patron is None:
            return []
        givers = self._givers(passage, patron)
        regions, place = self._standing.regions_meant(
            passage, lambda region: region not in givers and self._standing.protects(patron, region)
        )
        if carried and place == CARRIED:
            return []
        subject = self._subject(passage)
        return [
            Part(
                region,
                Role.TARGET,
                certainty * place * share,
                patron,
                patron=patron,
                carried=carried or place == CARRIED,
            )
            for region, share in regions
            if subject not in self._standing.foes_of(region)
        ]

    def of_alliance(self, passage: Passage) -> list[Part]:
        """For cohesion and deterrence: a patron or an alliance is spoken of in the sentence or before."""
        patrons = self._standing.main_patrons
        spoken_of = {m.actor for m in passage.sentence} & patrons
        here = bool(spoken_of)
        if not here:
            spoken_of = {m.actor for ms in passage.earlier for m in ms} & patrons
        cue = passage.text[passage.hit.start : passage.hit.end].lower()
        if not spoken_of and not any(word in cue for word in _WITHOUT_NAME):
            return []

        def protected(region: str) -> bool:
            if spoken_of:
                return any(self._standing.protects(p, region) for p in spoken_of)
            return self._standing.is_protected(region)

        regions, place = self._standing.regions_meant(passage, protected)
        if not here and place == CARRIED:
            return []
        certainty = place if here else place * CARRIED
        return [
            Part(
                region,
                Role.EXPOSED_ALLY,
                certainty * share,
                protector,
                patron=protector,
                carried=place == CARRIED or not here,
            )
            for region, share in regions
            for protector in [self._standing.protector(region, spoken_of)]
        ]

    def _givers(self, passage: Passage, patron: str) -> set[str]:
        """Who acts together with an ally that acts: "Germany, France and Britain have sent aid"."""
        if patron in self._standing.main_patrons:
            return set()
        before = passage.before(passage.clause)
        named = next((m for m in before if m.actor == patron and not passage.suffers(m)), None)
        return {m.actor for m in listed_with(named, passage.clause, passage.text)} if named else set()

    def _subject(self, passage: Passage) -> str | None:
        """Who stands before the cue as the one who acts, the nearest first."""
        before = self._standing.acting(passage.before(passage.clause))
        return next((m.actor for m in before if passage.function(m) not in CONCERNS), None)

    def _acting(self, passage: Passage) -> tuple[str | None, float, bool]:
        """The patron that acts, how surely, and whether it stands only in a sentence before."""
        main = self._standing.main_patrons
        before = self._standing.acting(passage.before(passage.clause))
        after = self._standing.acting(passage.after(passage.clause))
        named = next((m for m in after if passage.acts_by_word(m) and self._may_protect(m)), None)
        if named is not None:
            return named.actor, 0.95, False
        nearest = before[0] if before else None
        if nearest is not None and nearest.actor in main:
            return nearest.actor, 1.0, False
        further = next((m for m in before if m.actor in main), None)
        if further is not None:
            return further.actor, 0.8, False
        ally = next((m for m in before if self._may_protect(m) and passage.function(m) not in CONCERNS), None)
        if ally is not None and (len(before) > 1 or after):
            return ally.actor, 0.8, False
        behind = next((m for m in after if m.actor in main), None)
        if behind is not None:
            return behind.actor, 0.8, False
        return self._elsewhere(passage)

    def _may_protect(self, mention: Mention) -> bool:
        actor = mention.actor
        return actor in self._standing.main_patrons or (
            actor in self._standing.countries and actor not in self._standing.adversaries
        )

    def _elsewhere(self, passage: Passage) -> tuple[str | None, float, bool]:
        wanted = self._standing.main_patrons
        for mention in passage.sentence:
            if mention.actor in wanted:
                return mention.actor, IN_SENTENCE, False
        for mentions in passage.earlier:
            for mention in mentions:
                if mention.actor in wanted:
                    return mention.actor, CARRIED, True
        return None, 0.0, False

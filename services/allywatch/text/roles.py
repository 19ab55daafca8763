"""Who stands in which role towards a cue: patron, adversary, and the regions it concerns."""

from allywatch.regions import Registry
from allywatch.text.alliances import Alliances
from allywatch.text.hostility import Hostility
from allywatch.text.lexicon import Needs, Rule
from allywatch.text.parts import Part
from allywatch.text.passages import Passage
from allywatch.text.standing import Standing
from allywatch_schemas import Mechanism, Track

__all__ = ["Casting", "Part"]


class Casting:
    """Finds the parts that the parties of a registry play in a cue."""

    def __init__(self, registry: Registry) -> None:
        standing = Standing(registry)
        self._alliances = Alliances(standing)
        self._hostility = Hostility(standing)

    def parts(self, passage: Passage, rule: Rule) -> list[Part]:
        """The regions that the cue of `passage` concerns by `rule`; none: it says nothing about a region."""
        match rule.needs:
            case Needs.PATRON:
                return self._alliances.of_patron(passage)
            case Needs.ALLIANCE:
                return self._alliances.of_alliance(passage)
            case Needs.ADVERSARY:
                return self._hostility.of_adversary(passage)
            case Needs.HOSTILE_ACT if rule.mechanism is Mechanism.DEESCALATION:
                return self._hostility.between(passage)
            case Needs.HOSTILE_ACT:
                return self._hostility.of_act(passage, spoken=rule.track is Track.WORDS)
            case Needs.VICTIM:
                return self._hostility.of_harm(passage)

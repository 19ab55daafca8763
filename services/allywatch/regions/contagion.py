"""What evidence on one region means for others: through exposures, and for the groups it belongs to.

Both are derived and marked so, with the evidence and the region they follow from. Nothing is derived from
what is derived.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from allywatch.regions.registry import Registry
from allywatch_schemas import Evidence, EvidenceKind, Mechanism, Modality, Role, Track
from allywatch_schemas.identity import identity_of

SPREADING = (
    Mechanism.PATRON_DISENGAGEMENT,
    Mechanism.DETERRENCE_CREDIBILITY,
    Mechanism.ALLIANCE_COHESION,
)
"""What is said about one guarantee and concerns those who rest on the same guarantor."""

SILENT = (Modality.DENIED, Modality.HISTORIC)
"""What is denied, or long over, is news for nobody else."""


class _Candidate(NamedTuple):
    origin: Evidence
    region: str
    role: Role
    mechanism: Mechanism | None
    intensity: float
    probability: float

    @property
    def place(self) -> tuple[str, str, Track | None]:
        """Where one document has one derived item: a region by exposure, a group by member and track."""
        return self.origin.doc_id, self.region, self.origin.track if self.role is Role.BYSTANDER else None

    @property
    def strength(self) -> tuple[bool, float]:
        """What is asserted goes before all else; then the expected amount."""
        amount = abs(self.origin.sign) * self.intensity * self.probability
        return self.origin.modality is Modality.ASSERTED, amount

    def evidence(self) -> Evidence:
        return self.origin.restated(
            {
                "id": derived_id(self.origin.id, self.region, self.role),
                "region": self.region,
                "kind": EvidenceKind.CONTAGION,
                "mechanism": self.mechanism,
                "role": self.role,
                "intensity": self.intensity,
                "probability": self.probability,
                "derived_from": self.origin.id,
                "derived_region": self.origin.region,
            }
        )


def derive(items: Sequence[Evidence], registry: Registry) -> list[Evidence]:
    """The items that follow from `items`; never the items themselves.

    *Exposure*: what raises a region's risk through a patron that it names (see `SPREADING`) reaches every
    region exposed to that guarantee that rests on the same patron: intensity times the exposure's weight,
    probability times the registry's `contagion.inference`, the exposure's mechanism. So does an adversary's
    military act against the region, at `contagion.adversary_act_share` of its intensity.

    *Membership*: an item reaches the groups and theatres of its region, at the member's share of the
    intensity, so that a group is less than the sum of its members.

    Of all that one document would derive for one region, only the strongest stays (for a group, one of each
    track): ten sentences about Ukraine are one reason to look at Poland, and the number of items is bounded
    by that of the regions. Nothing is derived below the registry's `contagion.minimum_intensity`, or from
    what is denied or historic. Sign, modality, track, words and times stay as they are.
    """
    strongest: dict[tuple[str, str, Track | None], _Candidate] = {}
    for item in items:
        if item.kind is EvidenceKind.CONTAGION or item.modality in SILENT:
            continue
        for candidate in chain(_through_exposures(item, registry), _to_groups(item, registry)):
            held = strongest.setdefault(candidate.place, candidate)
            if held is not candidate and candidate.strength > held.strength:
                strongest[candidate.place] = candidate
    return [candidate.evidence() for candidate in strongest.values()]


def _through_exposures(item: Evidence, registry: Registry) -> Iterator[_Candidate]:
    exposures = registry.exposures_of(item.region)
    if not exposures or item.sign <= 0:
        return
    settings = registry.contagion
    guarantors, strength = _guarantors_in_doubt(item, registry), item.intensity
    if not guarantors and _is_adversary_act(item, registry):
        guarantors = registry.patrons_of(item.region)
        strength *= settings.adversary_act_share
    probability = item.probability * settings.inference
    for exposure in exposures if guarantors else ():
        intensity = strength * exposure.weight
        if intensity < settings.minimum_intensity:
            return  # the strongest come first
        if not exposure.patrons.isdisjoint(guarantors):
            yield _Candidate(
                item, exposure.region, Role.EXPOSED_ALLY, exposure.mechanism, intensity, probability
            )


def _guarantors_in_doubt(item: Evidence, registry: Registry) -> tuple[str, ...]:
    if item.mechanism not in SPREADING:
        return ()
    if item.patron is not None:
        return (item.patron,)
    return (item.actor,) if item.actor in registry.patrons_of(item.region) else ()


def _is_adversary_act(item: Evidence, registry: Registry) -> bool:
    return (
        item.mechanism is Mechanism.MILITARY_THREAT
        and item.track is Track.ACTS
        and item.actor in registry.adversaries_of(item.region)
    )


def _to_groups(item: Evidence, registry: Registry) -> Iterator[_Candidate]:
    for group, share in registry.shares_of(item.region):
        intensity = item.intensity * share
        if intensity >= registry.contagion.minimum_intensity:
            yield _Candidate(item, group, Role.BYSTANDER, item.mechanism, intensity, item.probability)


def derived_id(origin: str, region: str, role: Role) -> str:
    """The id of what follows for `region` from the evidence `origin`: the same again for the same three."""
    return identity_of(origin, region, role.value)

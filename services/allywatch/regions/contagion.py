"""What evidence on one region means for others: through exposures, and for the groups it belongs to.

Both are derived and marked so, with the evidence and the region they follow from. Nothing is derived from
what is derived, so the number of items is bounded by exposures and groups of the region.
"""

import hashlib
from collections.abc import Iterator, Sequence

from allywatch.regions.registry import Registry
from allywatch_schemas import Evidence, EvidenceKind, Mechanism, Modality, Role, Track

SPREADING = frozenset(
    {Mechanism.PATRON_DISENGAGEMENT, Mechanism.DETERRENCE_CREDIBILITY, Mechanism.ALLIANCE_COHESION}
)
"""What is said about one guarantee and concerns those who rest on the same guarantor."""

SILENT = frozenset({Modality.DENIED, Modality.HISTORIC})
"""What is denied, or long over, is news for nobody else."""


def derive(items: Sequence[Evidence], registry: Registry) -> list[Evidence]:
    """The items that follow from `items`, in their order; never the items themselves.

    *Exposure*: what raises a region's risk through a patron that it names (see `SPREADING`) reaches every
    region exposed to that guarantee that rests on the same patron: intensity times the exposure's weight,
    probability times the registry's `contagion.inference`, the exposure's mechanism. So does an adversary's
    military act against the region, at `contagion.adversary_act_share` of its intensity.

    *Membership*: every item reaches the groups and theatres of its region, at the member's share of the
    intensity, so that a group is less than the sum of its members.

    Nothing is derived below the registry's `contagion.minimum_intensity`, or from what is denied or historic.
    Sign, modality, track, words and times stay as they are.
    """
    derived: list[Evidence] = []
    for item in items:
        if item.kind is EvidenceKind.CONTAGION or item.modality in SILENT:
            continue
        derived.extend(_through_exposures(item, registry))
        derived.extend(_to_groups(item, registry))
    return derived


def _through_exposures(item: Evidence, registry: Registry) -> Iterator[Evidence]:
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
            yield item.model_copy(
                update={
                    "id": derived_id(item.id, exposure.region),
                    "region": exposure.region,
                    "kind": EvidenceKind.CONTAGION,
                    "mechanism": exposure.mechanism,
                    "role": Role.EXPOSED_ALLY,
                    "intensity": intensity,
                    "probability": probability,
                    "derived_from": item.id,
                    "derived_region": item.region,
                }
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


def _to_groups(item: Evidence, registry: Registry) -> Iterator[Evidence]:
    for group, share in registry.shares_of(item.region):
        intensity = item.intensity * share
        if intensity >= registry.contagion.minimum_intensity:
            yield item.model_copy(
                update={
                    "id": derived_id(item.id, group),
                    "region": group,
                    "kind": EvidenceKind.CONTAGION,
                    "role": Role.BYSTANDER,
                    "intensity": intensity,
                    "derived_from": item.id,
                    "derived_region": item.region,
                }
            )


def derived_id(origin: str, region: str) -> str:
    """The id of what follows for `region` from the evidence `origin`: the same again for the same two."""
    return hashlib.blake2b(f"{origin}\0{region}".encode(), digest_size=16).hexdigest()

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

    *Exposure*: what raises a region's risk through a patron that it names (see `SPREADING`), or an
    adversary's military act against the region, reaches every region exposed to that guarantee that has
    the same patron: intensity times the exposure's weight, probability times the registry's
    `contagion.inference`, the exposure's mechanism.

    *Membership*: every item reaches the groups and theatres of its region, at the member's share of the
    intensity, so that a group is less than the sum of its members.

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
    guarantors = _guarantors_in_doubt(item, registry) if exposures else ()
    if not guarantors:
        return
    probability = item.probability * registry.contagion.inference
    for exposure in exposures:
        if not any(guarantor in registry.patrons_of(exposure.region) for guarantor in guarantors):
            continue
        yield item.model_copy(
            update={
                "id": derived_id(item.id, exposure.region),
                "region": exposure.region,
                "kind": EvidenceKind.CONTAGION,
                "mechanism": exposure.mechanism,
                "role": Role.EXPOSED_ALLY,
                "intensity": item.intensity * exposure.weight,
                "probability": probability,
                "derived_from": item.id,
                "derived_region": item.region,
            }
        )


def _guarantors_in_doubt(item: Evidence, registry: Registry) -> tuple[str, ...]:
    if item.sign <= 0:
        return ()
    patrons = registry.patrons_of(item.region)
    if item.mechanism in SPREADING:
        if item.patron is not None:
            return (item.patron,)
        return (item.actor,) if item.actor in patrons else ()
    attacked = (
        item.mechanism is Mechanism.MILITARY_THREAT
        and item.track is Track.ACTS
        and item.actor in registry.adversaries_of(item.region)
    )
    return patrons if attacked else ()


def _to_groups(item: Evidence, registry: Registry) -> Iterator[Evidence]:
    for group, share in registry.shares_of(item.region):
        yield item.model_copy(
            update={
                "id": derived_id(item.id, group),
                "region": group,
                "kind": EvidenceKind.CONTAGION,
                "role": Role.BYSTANDER,
                "intensity": item.intensity * share,
                "derived_from": item.id,
                "derived_region": item.region,
            }
        )


def derived_id(origin: str, region: str) -> str:
    """The id of what follows for `region` from the evidence `origin`: the same again for the same two."""
    return hashlib.blake2b(f"{origin}\0{region}".encode(), digest_size=16).hexdigest()

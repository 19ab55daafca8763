"""Why a region has its pressure: one row per origin and one for the rest, which sum to it exactly."""

from collections.abc import Mapping
from datetime import UTC, datetime

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import Copy, Origin
from allywatch.risk.pressure import Triad
from allywatch.risk.weights import TRACKS
from allywatch_schemas import Contribution, EvidenceKind, Mechanism, Modality, PloverRoot, Source

LISTED = 8
"""Origins listed one by one."""

OTHER = "other"


def of_origins(origins: Mapping[str, Origin], decay: Decay, hour: int | None) -> dict[str, Triad]:
    """Micro-points by track of each origin at `hour`."""
    return {fingerprint: origin.lead.now(decay, hour) for fingerprint, origin in origins.items()}


def explain(
    origins: Mapping[str, Origin], points: Mapping[str, Triad], rest: int
) -> tuple[Contribution, ...]:
    """The strongest origins, then `other`.

    Args:
        origins: By fingerprint.
        points: What each adds now.
        rest: Micro-points that belong to no origin.
    """
    now = {fingerprint: sum(points[fingerprint]) for fingerprint in origins}
    order = sorted(now, key=lambda fingerprint: (-abs(now[fingerprint]), fingerprint))
    rows = [contribution(each, origins[each], now[each]) for each in order[:LISTED]]
    unlisted = order[LISTED:]
    other = rest + sum(now[each] for each in unlisted)
    if other or unlisted:
        documents = sum(origins[each].documents for each in unlisted)
        rows.append(Contribution(origin=OTHER, points=other, documents=documents))
    return tuple(rows)


def contribution(fingerprint: str, origin: Origin, points: int) -> Contribution:
    """One origin's row, told by its strongest copy."""
    lead: Copy = origin.lead
    return Contribution(
        origin=fingerprint,
        track=TRACKS[lead.track],
        points=points,
        documents=origin.documents,
        evidence_id=lead.evidence_id or None,
        kind=EvidenceKind(lead.kind) if lead.kind else None,
        mechanism=Mechanism(lead.mechanism) if lead.mechanism else None,
        plover_root=PloverRoot(lead.root) if lead.root else None,
        modality=Modality(lead.modality) if lead.modality else None,
        quote=lead.quote,
        title=lead.title,
        url=lead.url or None,
        source=Source(id=lead.source_id, name=lead.source_name) if lead.source_id else None,
        published_at=datetime.fromtimestamp(lead.published, UTC),
    )

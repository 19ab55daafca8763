"""Why a region has its score: a row per origin, for the rest and for no news at all, which sum to it exactly.

The score is f(pressure), f monotone and made of straight lines, and the pressure is a sum. So the share of
each row is that of Aumann and Shapley (Values of Non-Atomic Games, 1974; for shared costs Billera and Heath,
1982): all evidence grows from nothing to what it is in one proportion, and each row gets what it adds on the
way. For a function of one sum that is proportional to its points, along the chord from f(0) to f(pressure).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from allywatch.risk.confidence import root_of
from allywatch.risk.decay import Decay
from allywatch.risk.ledger import Copy, Origin
from allywatch.risk.pressure import Triad
from allywatch.risk.weights import TRACKS
from allywatch_schemas import Contribution, EvidenceKind, Mechanism, Modality, PloverRoot, Source

LISTED = 8
"""Origins listed one by one."""

OTHER = "other"
"""The row of everything that is not listed."""

USUAL = "usual"
"""The row of what the region would score without any pressure."""

_STEEPEST = 8
"""The chord spans at least one part in so many of all that the rows move."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A score in parts, in tenths: `usual`, `rest` and those of the origins sum to it exactly."""

    usual: int
    rest: int
    origins: Mapping[str, int]


def of_origins(origins: Mapping[str, Origin], decay: Decay, hour: int | None) -> dict[str, Triad]:
    """Micro-points by track of each origin at `hour`."""
    return {fingerprint: origin.lead.now(decay, hour) for fingerprint, origin in origins.items()}


def shares_of(now: Mapping[str, int], rest: int, score: Callable[[int], int]) -> Shares:
    """Each origin's part of the score.

    Where reasons for and against nearly cancel, the chord would be as steep as rounding makes it, and give
    rows a hundred points each that cancel again. So it spans at least an eighth of all that the rows move;
    what that leaves of the score goes to the rows by their size.

    Args:
        now: What each origin adds now, micro-points.
        rest: Micro-points that belong to no origin.
        score: Micro-points of pressure to tenths of a score; monotone.
    """
    names = sorted(now)
    points = [*(now[name] for name in names), rest]
    pressure, gross = sum(points), sum(map(abs, points))
    usual = score(0)
    total = score(pressure) - usual
    if abs(pressure) * _STEEPEST >= gross:
        tenths = allocate(total, points)
    else:
        span = gross // _STEEPEST + 1
        rise = score(span) - usual
        left = total * span - rise * pressure
        tenths = _round([each * rise * gross + abs(each) * left for each in points], gross * span)
    return Shares(usual, tenths[-1], dict(zip(names, tenths, strict=False)))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to weights of either sign, in whole numbers that sum to it.

    By largest remainder; of equal remainders the earlier weight gains.

    Raises:
        ValueError: The weights sum to nothing, and the total does not.
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError(f"weights that sum to 0 cannot share {total}")
        return [0] * len(weights)
    sign = 1 if whole > 0 else -1
    return _round([sign * weight * total for weight in weights], sign * whole)


def _round(numerators: Sequence[int], denominator: int) -> list[int]:
    """Quotients in whole numbers that sum to theirs, which is whole: down, then the largest remainders up."""
    out = [each // denominator for each in numerators]
    missing = sum(numerators) // denominator - sum(out)
    order = sorted(range(len(out)), key=lambda at: -(numerators[at] % denominator))
    for at in order[:missing]:
        out[at] += 1
    return out


def explain(
    origins: Mapping[str, Origin],
    now: Mapping[str, int],
    rest: int,
    shares: Shares,
    listed: int = LISTED,
) -> tuple[Contribution, ...]:
    """The strongest origins, then `other`, then `usual`.

    Args:
        origins: By fingerprint.
        now: What each adds now, micro-points.
        rest: Micro-points that belong to no origin.
        shares: Of the score.
        listed: So many origins have a row of their own.
    """
    order = sorted(now, key=lambda fingerprint: (-abs(now[fingerprint]), fingerprint))
    rows = [contribution(each, origins[each], now[each], shares.origins[each]) for each in order[:listed]]
    unlisted = order[listed:]
    other = rest + sum(now[each] for each in unlisted)
    tenths = shares.rest + sum(shares.origins[each] for each in unlisted)
    if other or tenths or unlisted:
        documents = sum(origins[each].documents for each in unlisted)
        rows.append(Contribution(origin=OTHER, points=other, score_tenths=tenths, documents=documents))
    rows.append(Contribution(origin=USUAL, points=0, score_tenths=shares.usual, documents=0))
    return tuple(rows)


def contribution(fingerprint: str, origin: Origin, points: int, tenths: int) -> Contribution:
    """One origin's row, told by its strongest copy: whose word it is, its text, and who else carries it."""
    lead: Copy = origin.lead
    return Contribution(
        origin=fingerprint,
        track=TRACKS[lead.track],
        points=points,
        score_tenths=tenths,
        documents=origin.documents,
        root=root_of(lead),
        copies=_carriers(origin),
        evidence_id=lead.evidence_id or None,
        kind=EvidenceKind(lead.kind) if lead.kind else None,
        mechanism=Mechanism(lead.mechanism) if lead.mechanism else None,
        plover_root=PloverRoot(lead.root) if lead.root else None,
        modality=Modality(lead.modality) if lead.modality else None,
        quote=lead.quote,
        title=lead.title,
        url=lead.url or None,
        source=_source(lead),
        published_at=datetime.fromtimestamp(lead.published, UTC),
    )


def _source(copy: Copy) -> Source | None:
    return Source(id=copy.source_id, name=copy.source_name) if copy.source_id else None


def _carriers(origin: Origin) -> tuple[Source, ...]:
    """Publishers of the other copies that are kept, each once."""
    sources = {copy.source_id: _source(copy) for copy in origin.copies[1:]}
    return tuple(source for id, source in sources.items() if source and id != origin.lead.source_id)

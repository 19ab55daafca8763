"""How findings are put in words, the same on a terminal and on a page. Pure."""

from collections.abc import Sequence

from allywatch.reading.findings import Finding
from allywatch_schemas import Mechanism, Modality

SPOKEN = {
    Mechanism.PATRON_DISENGAGEMENT: "a patron steps back",
    Mechanism.PATRON_REASSURANCE: "a patron stands by it",
    Mechanism.ALLIANCE_COHESION: "cohesion of the alliance",
    Mechanism.DETERRENCE_CREDIBILITY: "credibility of deterrence",
    Mechanism.ADVERSARY_EMBOLDENED: "an adversary is emboldened",
    Mechanism.MILITARY_THREAT: "military threat",
    Mechanism.ECONOMIC_COERCION: "economic coercion",
    Mechanism.DIPLOMATIC_PRESSURE: "diplomatic pressure",
    Mechanism.DEESCALATION: "de-escalation",
}
_SAID = {
    Modality.ASSERTED: "as a fact",
    Modality.PLANNED: "as planned",
    Modality.CONDITIONAL: "on a condition",
    Modality.SPECULATIVE: "as a possibility",
    Modality.DENIED: "denied",
    Modality.HISTORIC: "as history",
    Modality.QUOTED_CLAIM: "as somebody's claim",
}


def direction(finding: Finding) -> str:
    """`up`, `down`: which way it moves the risk; `flat`: neither."""
    sign = finding.item.sign
    return "up" if sign > 0 else "down" if sign < 0 else "flat"


_MOST_NAMED = 8
"""Regions that one line names."""

ARROWS = {"up": "▲", "down": "▼", "flat": "■"}


def what(finding: Finding) -> str:
    """Its mechanism, and the event class where it is one."""
    item = finding.item
    spoken = SPOKEN[item.mechanism] if item.mechanism else "event"
    return f"{spoken} ({item.plover_root})" if item.plover_root else spoken


def how_sure(finding: Finding) -> str:
    """Its modality and probability."""
    return f"{_SAID[finding.item.modality]}, {finding.item.probability:.0%}"


def parts(finding: Finding) -> str:
    """Who plays which part in it."""
    item = finding.item
    told = [
        f"{part} {name}"
        for part, name in (("patron", item.patron), ("adversary", item.adversary))
        if name is not None
    ]
    if not told and item.actor:
        told.append(f"by {item.actor}")
    return ", ".join(told)


def reach(finding: Finding) -> str:
    """Where it spreads to."""
    return f"spreads to {_listed(finding.reached)}" if finding.reached else ""


def summary(found: Sequence[Finding]) -> str:
    """One line for all."""
    if not found:
        return "No evidence: nothing here says that the risk of a region moved."
    regions = sorted({region for each in found for region in each.regions})
    count = "1 finding" if len(found) == 1 else f"{len(found)} findings"
    return f"{count} on {_listed(regions)}"


def _listed(regions: Sequence[str]) -> str:
    more = f" and {len(regions) - _MOST_NAMED} more" if len(regions) > _MOST_NAMED else ""
    return ", ".join(regions[:_MOST_NAMED]) + more

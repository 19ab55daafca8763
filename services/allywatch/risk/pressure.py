"""Pressure: everything a region's ledger holds, faded to one hour."""

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import Ledger

Triad = tuple[int, int, int]
"""Micro-points by track: words, acts, de-escalation."""


def of_sums(ledger: Ledger, decay: Decay, hour: int | None) -> Triad:
    """Micro-points of the folded sums at `hour`; None: nothing has faded yet."""
    if hour is None:
        words, acts, calm = (sum(by_hour.values()) for by_hour in ledger.hours)
        return words, acts, calm
    past = ledger.of_days(decay, hour)
    words, acts, calm = (decay.total(track, ledger.hours[track], hour) + past[track] for track in range(3))
    return words, acts, calm


def of_all(ledger: Ledger, decay: Decay, hour: int | None) -> Triad:
    """Micro-points of the sums and of every origin at `hour`."""
    words, acts, calm = of_sums(ledger, decay, hour)
    for origin in ledger.origins.values():
        more = origin.lead.now(decay, hour)
        words, acts, calm = words + more[0], acts + more[1], calm + more[2]
    return words, acts, calm

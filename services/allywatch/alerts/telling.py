"""When people are told of a transition, and when an open alert is worth telling again.

| transition | told |
|---|---|
| opened, pending | no: it may not hold |
| firing: it held, or has no `for` | yes |
| firing: higher severity, escalated, new independent evidence | yes; new evidence not while it flaps |
| firing or acknowledged again after a dip (`back_above`) | no: they know |
| acknowledged | no: a person did it |
| recovering (`fell_below`, `unheard`) | no: it is not over |
| what it stands on was revised | no: it still stands |
| resolved, cancelled | if they were told that it fires |
| any, while muted | no |
"""

from allywatch.alerts.episode import ENDS, FIRING, Episode, Evidence, Reading, Slot
from allywatch.alerts.rules import SEVERITIES, Flapping, Telling
from allywatch_schemas import AlertState, TransitionReason

_NEWS = frozenset(
    {
        TransitionReason.THRESHOLD_CROSSED,
        TransitionReason.HELD_FOR,
        TransitionReason.SEVERITY_RAISED,
        TransitionReason.ESCALATED,
        TransitionReason.NEW_EVIDENCE,
        TransitionReason.UNHEARD,
    }
)


def tells(state: AlertState, reason: TransitionReason, told: bool) -> bool:
    """Whether a transition into `state` is news to people who were, or were not, told before.

    Muting is left to the caller.
    """
    return told if state in ENDS else state is FIRING and reason in _NEWS


def worth_telling(
    slot: Slot, episode: Episode, reading: Reading, telling: Telling
) -> TransitionReason | None:
    """Why an alert that is open should be told again; None: it should not.

    Only a higher severity, a much higher value, or materially new independent evidence count. To people who
    were never told, because it was muted when it fired, everything is new.
    """
    if SEVERITIES.index(reading.severity) > SEVERITIES.index(episode.severity):
        return TransitionReason.SEVERITY_RAISED
    if not episode.told:
        return TransitionReason.NEW_EVIDENCE
    last = slot.last_told
    if last is not None and last > 0 and reading.value * 1000 >= last * round(telling.escalated * 1000):
        return TransitionReason.ESCALATED
    if not episode.flapping and _is_new(episode, reading.evidence(), telling):
        return TransitionReason.NEW_EVIDENCE
    return None


def _is_new(episode: Episode, evidence: Evidence, telling: Telling) -> bool:
    known = set(episode.known)
    new = [
        ground for ground in evidence.grounds if ground.mark not in known and known.isdisjoint(ground.marks)
    ]
    if all(ground.root in episode.roots for ground in new):
        return False
    return sum(ground.points for ground in new) * 1000 >= evidence.total * round(telling.new_share * 1000)


def flaps(opened: tuple[int, ...], now: int, flapping: Flapping) -> bool:
    """Whether one more opening at `now`, after those at `opened`, is one too many (milliseconds)."""
    since = now - flapping.within_hours * 3_600_000
    return sum(at > since for at in opened) + 1 >= flapping.openings

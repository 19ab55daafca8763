"""What the story showed: each thing the service promises, found in what a subscriber received. Pure.

Nothing here knows the story but the times of its corrections: whatever alert did the thing is taken as proof,
and a thing that no alert did is missing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from allywatch.alerts.inhibition import inhibited
from allywatch.demo.seen import Seen
from allywatch.stream.reasons import reason_of
from allywatch_schemas import Alert, AlertState, Level, RegionState, TransitionReason

_LIFE: tuple[tuple[AlertState, TransitionReason | None], ...] = (
    (AlertState.PENDING, None),
    (AlertState.FIRING, None),
    (AlertState.ACKNOWLEDGED, None),
    (AlertState.FIRING, TransitionReason.NEW_EVIDENCE),
    (AlertState.RECOVERING, None),
    (AlertState.RESOLVED, None),
)
_SOON = timedelta(hours=1)
"""After an article was corrected; longer, and it was something else."""

WORDS = {
    TransitionReason.THRESHOLD_CROSSED: "it crossed the threshold",
    TransitionReason.HELD_FOR: "it held long enough to tell people",
    TransitionReason.SEVERITY_RAISED: "it became more severe",
    TransitionReason.BACK_ABOVE: "back above the threshold",
    TransitionReason.FELL_BELOW: "it fell below the second threshold",
    TransitionReason.STAYED_BELOW: "it stayed below",
    TransitionReason.NOT_HELD: "it did not hold",
    TransitionReason.EVIDENCE_RETRACTED: "what it stood on was withdrawn",
    TransitionReason.EVIDENCE_REVISED: "part of it was corrected; it stands on the rest",
    TransitionReason.NEW_EVIDENCE: "told again: independent evidence nobody knew of",
    TransitionReason.ESCALATED: "told again: half as high again",
    TransitionReason.UNHEARD: "too little is heard to call it over",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the story."""

    time: datetime
    what: str
    score: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise, how often it was kept, and one time that it was."""

    promise: str
    times: int = 0
    of: str = ""
    moments: tuple[Moment, ...] = ()


def shown(seen: Seen, corrected: Sequence[datetime]) -> list[Shown]:
    """All that the story is there to show; what did not happen has no times.

    Args:
        seen: What was received.
        corrected: When the story corrects an article.
    """
    return [
        _whole_life(seen),
        _cancelled(seen),
        _corrected(seen, corrected),
        _held_back(seen),
        _unknown(seen),
        _hangs_on(seen),
    ]


def _whole_life(seen: Seen) -> Shown:
    lives = [life for each in seen.episodes().values() if (life := _life(each))]
    promise = "A whole life: only new independent evidence lifts an acknowledgement"
    if not lives:
        return Shown(promise)
    best = max(lives, key=lambda life: life[0].score)
    return Shown(promise, len(lives), _name(best[0]), tuple(map(_moment, best, (None, *best))))


def _life(episode: Iterable[Alert]) -> list[Alert]:
    """Its transitions from pending to resolved, the stages of `_LIFE` in order; nothing: one is missing."""
    found: list[Alert] = []
    for alert in episode:
        if len(found) == len(_LIFE):
            break
        state, reason = _LIFE[len(found)]
        if alert.state is state and reason in (None, alert.reason):
            found.append(alert)
    return found if len(found) == len(_LIFE) else []


def _cancelled(seen: Seen) -> Shown:
    promise = "Cancelled: the report that it stood on was taken back"
    gone = [
        each
        for each in seen.episodes().values()
        if each[-1].reason is TransitionReason.EVIDENCE_RETRACTED
        and any(alert.state is AlertState.FIRING for alert in each)
    ]
    if not gone:
        return Shown(promise)
    best = max(gone, key=lambda each: each[0].score)
    told = [next(alert for alert in best if alert.state is AlertState.FIRING), best[-1]]
    return Shown(promise, len(gone), _name(best[0]), tuple(map(_moment, told, (None, *told))))


def _corrected(seen: Seen, corrected: Sequence[datetime]) -> Shown:
    promise = "Corrected: a newer version of a report lowers the score"
    fell = [
        (before, alert)
        for alert in seen.in_order()
        if alert.reason is TransitionReason.EVIDENCE_REVISED
        and any(at <= alert.changed_at <= at + _SOON for at in corrected)
        and (before := seen.score_before(alert)) is not None
        and alert.score < before
    ]
    if not fell:
        return Shown(promise)
    before, best = max(fell, key=lambda pair: pair[0] - pair[1].score)
    why = f"{WORDS[best.reason]}: {before:.0f} before, {best.score:.0f} now"
    moment = Moment(best.changed_at, best.state.value, best.score, why)
    return Shown(promise, len({alert.episode for _, alert in fell}), _name(best), (moment,))


def _held_back(seen: Seen) -> Shown:
    promise = "Held back: the alert of a group tells it for its members"
    pairs: dict[str, tuple[Alert, Alert]] = {}
    for target, source in _speakers(seen.in_order()):
        if source.region in target.groups:
            pairs.setdefault(target.episode, (target, source))
    if not pairs:
        return Shown(promise)
    members: dict[str, dict[str, Alert]] = {}
    speaking: dict[str, Alert] = {}
    for target, source in pairs.values():
        speaking.setdefault(source.episode, source)
        members.setdefault(source.episode, {}).setdefault(target.region, target)
    group = max(speaking.values(), key=lambda source: len(members[source.episode]))
    moments = (
        Moment(target.changed_at, target.region_name, target.score, f"{target.rule}: {_quoted(target)}")
        for target in members[group.episode].values()
    )
    spoken = Moment(group.changed_at, group.region_name, group.score, f"{group.rule}: {_quoted(group)}")
    return Shown(promise, len(pairs), _name(group), (spoken, *moments))


def _speakers(alerts: Iterable[Alert]) -> Iterator[tuple[Alert, Alert]]:
    """At each moment the alerts that are held back, each with the alert that speaks for it."""
    latest: dict[str, Alert] = {}
    for _, moment in groupby(alerts, key=lambda alert: alert.changed_at):
        latest |= {alert.key: alert for alert in moment}
        latest = {key: alert for key, alert in latest.items() if alert.open}
        for target, source in inhibited(latest.values()).items():
            if latest[target].state is not AlertState.PENDING:
                yield latest[target], latest[source]


def _unknown(seen: Seen) -> Shown:
    promise = "Unknown, not calm: while a feed is silent, nothing resolves"
    found = [(region, *span) for region in seen.course for span in _silences(seen, region)]
    kept = [each for each in found if not _ended(seen, *each)]
    if not kept or kept != found:
        return Shown(promise)
    tellings = [(seen.highest[each[0]].name, tuple(_silence(seen, *each))) for each in kept]
    name, moments = max(tellings, key=lambda each: len(each[1]))
    return Shown(promise, len(kept), name, moments)


def _silences(seen: Seen, region: str) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it was unknown."""
    for state, run in groupby(seen.course[region], key=lambda point: point.state):
        if state is RegionState.UNKNOWN:
            points = list(run)
            yield points[0].time, points[-1].time


def _ended(seen: Seen, region: str, since: datetime, until: datetime) -> bool:
    """Whether an alert of the region ended of itself while it was unknown."""
    ends = (TransitionReason.STAYED_BELOW, TransitionReason.NOT_HELD)
    return any(
        alert.region == region and alert.reason in ends and since < alert.changed_at < until
        for alert in seen.alerts
    )


def _silence(seen: Seen, region: str, since: datetime, until: datetime) -> Iterator[Moment]:
    hours = (until - since) // timedelta(hours=1)
    yield Moment(since, "unknown", None, f"for {hours} hours its score says little")
    about = [alert for alert in seen.in_order() if alert.region == region]
    waits = [
        alert
        for alert in about
        if alert.reason is TransitionReason.UNHEARD
        and alert.state is AlertState.RECOVERING
        and since <= alert.changed_at <= until
    ]
    if not waits:
        return
    held = waits[0]
    yield Moment(held.changed_at, "recovering", held.score, f"{held.rule}: {_words(held)}")
    for alert in about:
        if alert.episode == held.episode and alert.state is AlertState.RESOLVED:
            yield Moment(alert.changed_at, "resolved", alert.score, "only after it was heard again")


def _hangs_on(seen: Seen) -> Shown:
    promise = "The flip set: what a level hangs on"
    told = [a for a in seen.in_order() if a.notify and a.flip and a.flip.origins and a.evidence[0].points]
    if not told:
        return Shown(promise)
    levels = list(Level)
    best = max(told, key=lambda a: (a.flip is not None and a.flip.size == 2, levels.index(a.level)))
    sentence = best.note.replace(" (exercise)", "")
    moment = Moment(best.changed_at, best.level.value, best.score, sentence)
    return Shown(promise, len({alert.episode for alert in told}), _name(best), (moment,))


def _moment(alert: Alert, before: Alert | None) -> Moment:
    return Moment(alert.changed_at, alert.state.value, alert.score, _why(alert, before))


def _why(alert: Alert, before: Alert | None) -> str:
    """The reason in words; of evidence, the strongest that the transition before did not list."""
    if alert.reason is TransitionReason.ACKNOWLEDGED_BY_PERSON:
        return f"by {alert.actor}: what is known by now is covered"
    words = _words(alert)
    if alert.reason is TransitionReason.NEW_EVIDENCE:
        known = {each.origin for each in before.evidence} if before else set()
        new = reason_of(each for each in alert.evidence if each.origin not in known)
        return f"{words}: {new}" if new else words
    return words if before else f"{words}: {_quoted(alert)}"


def _words(alert: Alert) -> str:
    return WORDS.get(alert.reason, alert.reason.value.replace("_", " "))


def _quoted(alert: Alert) -> str:
    return reason_of(alert.evidence)


def _name(alert: Alert) -> str:
    """The episode as commands take it."""
    return alert.episode

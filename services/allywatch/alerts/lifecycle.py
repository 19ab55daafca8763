"""The life of an alert: pending → firing → acknowledged → recovering → resolved, or cancelled.

Pure: a slot, what was measured and the clock give the next slot and the transitions between.
"""

from collections.abc import Set
from dataclasses import replace
from enum import StrEnum

from allywatch.alerts.episode import (
    ACKNOWLEDGED,
    CANCELLED,
    ENDS,
    FIRING,
    LEGAL,
    MAX_OPENED,
    MUTED_FOR_EVER,
    PENDING,
    RECOVERING,
    RESOLVED,
    Episode,
    Reading,
    Slot,
    Transition,
)
from allywatch.alerts.rules import Measure
from allywatch.alerts.telling import flaps, tells, worth_telling
from allywatch.alerts.terms import Terms
from allywatch_schemas import AlertAction, AlertState, TransitionReason

Step = tuple[Slot, tuple[Transition, ...]]
"""The slot after it, and what there is to publish."""


class Footing(StrEnum):
    """What a withdrawal left of the evidence that an episode stands on."""

    UNTOUCHED = "untouched"
    """All of it, as far as anybody was told."""
    LATER = "later"
    """What it began with: what was withdrawn came later. A fall is a fall, left to `observe`."""
    SHAKEN = "shaken"
    """Part of it: the alert stands as long as the rest holds it at `exit` or above."""
    GONE = "gone"
    """Its strongest reason is gone: the rest must open it anew."""


class Refused(ValueError):
    """A command makes no sense for the alert as it is. Says why."""


def footing(episode: Episode, lead: str | None, lost: Set[str], changed: Set[str]) -> Footing:
    """What a withdrawal left of what an episode stands on.

    Args:
        episode: The open episode.
        lead: Mark of the strongest origin it began with.
        lost: Marks of the origins that are gone.
        changed: Marks of those that are left and say something else now.
    """
    if lead in lost:
        return Footing.GONE
    touched = lost | changed
    if not touched.isdisjoint(episode.began):
        return Footing.SHAKEN
    return Footing.UNTOUCHED if touched.isdisjoint(episode.known) else Footing.LATER


def observe(slot: Slot, terms: Terms, reading: Reading, now: int) -> Step:
    """Hold a value against a rule at `now`; at most one transition follows."""
    if slot.episode is None:
        return _observe_idle(slot, terms, reading, now)
    if slot.episode.state is PENDING:
        return _observe_pending(slot, slot.episode, terms, reading, now)
    return _observe_open(slot, slot.episode, terms, reading, now)


def retract(slot: Slot, terms: Terms, before: int, reading: Reading, left: Footing, now: int) -> Step:
    """After a withdrawal: what no longer stands is cancelled, what stands on less says so.

    Args:
        slot: The rule's slot.
        terms: What the alert is held to.
        before: What the rule saw before the withdrawal, as in `Reading.value`.
        reading: What it sees now.
        left: What the withdrawal left of what the episode stands on.
        now: Milliseconds.
    """
    episode = slot.episode
    if episode is None or left is Footing.UNTOUCHED:
        return slot, ()
    lines, after = terms.thresholds, reading.value
    fell = before >= lines.exit > after
    if (left is Footing.SHAKEN and fell) or (left is Footing.GONE and after < lines.enter):
        return _move(slot, episode, CANCELLED, TransitionReason.EVIDENCE_RETRACTED, reading, now)
    if left is Footing.GONE:
        episode = replace(episode, began=_marks(reading))
    return _move(slot, episode, episode.state, TransitionReason.EVIDENCE_REVISED, reading, now)


def command(slot: Slot, action: AlertAction, reading: Reading, now: int, until: int | None = None) -> Step:
    """Carry out a person's decision. An acknowledgement covers the evidence of `reading`.

    Raises:
        Refused: There is nothing open, or nothing to acknowledge.
    """
    if action is AlertAction.MUTE:
        return replace(slot, muted_until=MUTED_FOR_EVER if until is None else until), ()
    if action is AlertAction.UNMUTE:
        return replace(slot, muted_until=None), ()
    episode = slot.episode
    if episode is None:
        raise Refused("no alert is open under this key")
    if action is AlertAction.RESOLVE:
        slot = replace(slot, armed=False)
        return _move(slot, episode, RESOLVED, TransitionReason.RESOLVED_BY_PERSON, reading, now)
    if action is AlertAction.CANCEL:
        slot = replace(slot, armed=False)
        return _move(slot, episode, CANCELLED, TransitionReason.CANCELLED_BY_PERSON, reading, now)
    if episode.state is not FIRING:
        raise Refused(f"the alert is {episode.state}; only a firing alert can be acknowledged")
    slot = replace(slot, last_told=max(reading.value, slot.last_told or reading.value))
    known = _knowing(replace(episode, acknowledged=True, told=True), reading)
    return _move(slot, known, ACKNOWLEDGED, TransitionReason.ACKNOWLEDGED_BY_PERSON, reading, now)


def _observe_idle(slot: Slot, terms: Terms, reading: Reading, now: int) -> Step:
    if not slot.armed and reading.value < terms.thresholds.exit:
        return replace(slot, armed=True), ()
    if not slot.armed or reading.value < terms.thresholds.enter:
        return slot, ()
    number, waits = slot.episodes + 1, terms.rule.for_ms > 0
    episode = Episode(
        number,
        0,
        PENDING if waits else FIRING,
        reading.severity,
        started=now,
        held_since=now if waits else None,
        flapping=flaps(slot.opened, now, terms.flapping),
        began=_marks(reading),
    )
    slot = replace(slot, episodes=number, opened=(*slot.opened, now)[-MAX_OPENED:])
    crossed = TransitionReason.THRESHOLD_CROSSED
    reason = TransitionReason.UNHEARD if terms.rule.measure is Measure.COVERAGE else crossed
    return _move(slot, episode, episode.state, reason, reading, now, opens=True)


def _observe_pending(slot: Slot, episode: Episode, terms: Terms, reading: Reading, now: int) -> Step:
    lines = terms.thresholds
    if reading.value >= lines.enter or (reading.value >= lines.exit and episode.held_since is not None):
        since = now if episode.held_since is None else episode.held_since
        held = replace(episode, held_since=since, below_since=None)
        if now - since < terms.rule.for_ms:
            return _keep(slot, held), ()
        fired = replace(held, held_since=None, severity=reading.severity)
        return _move(slot, fired, FIRING, TransitionReason.HELD_FOR, reading, now)
    return _observe_below(slot, replace(episode, held_since=None), terms, reading, now)


def _observe_open(slot: Slot, episode: Episode, terms: Terms, reading: Reading, now: int) -> Step:
    if reading.value >= terms.thresholds.enter:
        return _observe_high(slot, episode, terms, reading, now)
    if episode.state is RECOVERING:
        return _observe_below(slot, episode, terms, reading, now)
    if reading.value >= terms.thresholds.exit:
        return slot, ()
    fell = replace(episode, below_since=now if reading.heard else None)
    reason = TransitionReason.FELL_BELOW if reading.heard else TransitionReason.UNHEARD
    return _move(slot, fell, RECOVERING, reason, reading, now)


def _observe_high(slot: Slot, episode: Episode, terms: Terms, reading: Reading, now: int) -> Step:
    reason = worth_telling(slot, episode, reading, terms.telling)
    if reason is TransitionReason.SEVERITY_RAISED or (reason is not None and not slot.muted(now)):
        # What people already know of is no longer all there is: whoever is not told now, is told later.
        anew = replace(
            episode, severity=reading.severity, acknowledged=False, below_since=None, known=(), roots=()
        )
        return _move(slot, anew, FIRING, reason, reading, now)
    if episode.state is not RECOVERING:
        return slot, ()
    back = ACKNOWLEDGED if episode.acknowledged else FIRING
    back_up = replace(episode, below_since=None)
    return _move(slot, back_up, back, TransitionReason.BACK_ABOVE, reading, now)


def _observe_below(slot: Slot, episode: Episode, terms: Terms, reading: Reading, now: int) -> Step:
    """Calm counts only while we hear: the waiting starts anew after a silence."""
    if not reading.heard:
        silent = replace(episode, below_since=None)
        if episode.state is PENDING or episode.below_since is None:
            return _keep(slot, silent), ()
        return _move(slot, silent, RECOVERING, TransitionReason.UNHEARD, reading, now)
    since = now if episode.below_since is None else episode.below_since
    waiting = replace(episode, below_since=since)
    if now - since < _calm_ms(episode, terms):
        return _keep(slot, waiting), ()
    pending = episode.state is PENDING
    reason = TransitionReason.NOT_HELD if pending else TransitionReason.STAYED_BELOW
    return _move(slot, waiting, RESOLVED, reason, reading, now)


def _calm_ms(episode: Episode, terms: Terms) -> int:
    """How long it must stay below before it ends; longer for one that flaps."""
    if not episode.flapping:
        return terms.rule.keep_firing_ms
    return max(terms.rule.keep_firing_ms, terms.flapping.within_hours * 3_600_000)


def _marks(reading: Reading) -> tuple[str, ...]:
    return tuple(ground.mark for ground in reading.evidence().grounds)


def _knowing(episode: Episode, reading: Reading) -> Episode:
    roots = tuple(dict.fromkeys(ground.root for ground in reading.evidence().grounds))
    return replace(episode, known=_marks(reading), roots=roots)


def _keep(slot: Slot, episode: Episode) -> Slot:
    return slot if episode == slot.episode else replace(slot, episode=episode)


def _move(
    slot: Slot,
    episode: Episode,
    state: AlertState,
    reason: TransitionReason,
    reading: Reading,
    now: int,
    *,
    opens: bool = False,
) -> Step:
    """Publish the next revision; if people are told, remember what they know from then on."""
    previous = None if opens else episode.state
    if state not in LEGAL[previous]:
        raise ValueError(f"no alert goes from {previous} to {state}")
    notify = tells(state, reason, episode.told) and not slot.muted(now)
    moved = replace(episode, state=state, revision=episode.revision + 1)
    if notify and state not in ENDS:
        moved = _knowing(replace(moved, told=True), reading)
        slot = replace(slot, last_told=reading.value)
    if state is CANCELLED:
        # It is taken back: what comes next need not be worse than what was never so.
        slot = replace(slot, last_told=None)
    slot = replace(slot, episode=None if state in ENDS else moved)
    return slot, (Transition(moved, previous, reason, notify),)

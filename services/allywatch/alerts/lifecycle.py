"""The life of an alert: pending → firing → acknowledged → recovering → resolved, or cancelled.

Pure: a slot, what was measured and the clock give the next slot and the transitions between.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from allywatch.alerts.rules import SEVERITIES, Rule
from allywatch_schemas import AlertAction, AlertState, Severity, TransitionReason

LEGAL: dict[AlertState | None, frozenset[AlertState]] = {
    None: frozenset({AlertState.PENDING}),
    AlertState.PENDING: frozenset({AlertState.FIRING, AlertState.RESOLVED, AlertState.CANCELLED}),
    AlertState.FIRING: frozenset(
        {
            AlertState.FIRING,
            AlertState.ACKNOWLEDGED,
            AlertState.RECOVERING,
            AlertState.RESOLVED,
            AlertState.CANCELLED,
        }
    ),
    AlertState.ACKNOWLEDGED: frozenset(
        {AlertState.FIRING, AlertState.RECOVERING, AlertState.RESOLVED, AlertState.CANCELLED}
    ),
    AlertState.RECOVERING: frozenset(
        {AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RESOLVED, AlertState.CANCELLED}
    ),
    AlertState.RESOLVED: frozenset(),
    AlertState.CANCELLED: frozenset(),
}
"""Which state may follow which. None: there is no episode. Firing follows itself when its severity rises."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One story of one alert, from opening to end. Times are milliseconds of the engine's clock."""

    number: int
    revision: int
    state: AlertState
    severity: Severity
    started: int
    held_since: int | None
    """Since when the condition holds; only while pending."""
    below_since: int | None = None
    """Since when the value is below `exit` and has not come back to `enter`."""
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """What is remembered of one rule for one region."""

    episode: Episode | None = None
    episodes: int = 0
    """How many there have been: the number of the last one."""
    armed: bool = True
    """False after a person ended it: the value must fall below `exit` before it may open again."""
    muted_until: int | None = None
    """Milliseconds; `MUTED_FOR_EVER` until somebody unmutes it."""

    def muted(self, now: int) -> bool:
        """Whether people asked not to be told."""
        return self.muted_until is not None and now < self.muted_until


MUTED_FOR_EVER = 1 << 53


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule sees: its value, how severe it may be, and whether calm may be believed."""

    value: float
    severity: Severity
    heard: bool = True
    """False: a feed is silent or the state is impaired. Nothing resolves then."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one episode, to be published."""

    episode: Episode
    previous: AlertState | None
    reason: TransitionReason


class Footing(StrEnum):
    """What a withdrawal left of the evidence that an episode began with."""

    WHOLE = "whole"
    """All of it: what was withdrawn came later. A fall is a fall, left to `observe`."""
    SHAKEN = "shaken"
    """Part of it: the alert stands as long as the rest holds it at `exit` or above."""
    GONE = "gone"
    """Its strongest reason is gone: the rest must open it anew."""


class Refused(ValueError):
    """A command makes no sense for the alert as it is. Says why."""


def observe(slot: Slot, rule: Rule, reading: Reading, now: int) -> tuple[Slot, tuple[Transition, ...]]:
    """Hold a value against a rule at `now`; zero, one or two transitions follow."""
    if slot.episode is None:
        return _observe_idle(slot, rule, reading, now)
    if slot.episode.state is AlertState.PENDING:
        return _observe_pending(slot, rule, reading, now)
    return _observe_open(slot, rule, reading, now)


def retract(
    slot: Slot, rule: Rule, before: float, after: float, footing: Footing
) -> tuple[Slot, tuple[Transition, ...]]:
    """After a withdrawal: an alert that no longer stands is cancelled.

    Args:
        slot: The rule's slot.
        rule: The rule.
        before: What the rule saw before the withdrawal.
        after: What it sees now.
        footing: What the withdrawal took of what the episode began with.
    """
    fell = before >= rule.exit > after
    stands = {Footing.WHOLE: True, Footing.SHAKEN: not fell, Footing.GONE: after >= rule.enter}
    if slot.episode is None or stands[footing]:
        return slot, ()
    return _end(slot, slot.episode, AlertState.CANCELLED, TransitionReason.EVIDENCE_RETRACTED)


def command(
    slot: Slot, action: AlertAction, now: int, until: int | None = None
) -> tuple[Slot, tuple[Transition, ...]]:
    """Carry out a person's decision.

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
        return _end(
            replace(slot, armed=False), episode, AlertState.RESOLVED, TransitionReason.RESOLVED_BY_PERSON
        )
    if action is AlertAction.CANCEL:
        return _end(
            replace(slot, armed=False), episode, AlertState.CANCELLED, TransitionReason.CANCELLED_BY_PERSON
        )
    if episode.state is not AlertState.FIRING:
        raise Refused(f"the alert is {episode.state}; only a firing alert can be acknowledged")
    noted = replace(episode, acknowledged=True)
    return _move(slot, noted, AlertState.ACKNOWLEDGED, TransitionReason.ACKNOWLEDGED_BY_PERSON)


def _observe_idle(slot: Slot, rule: Rule, reading: Reading, now: int) -> tuple[Slot, tuple[Transition, ...]]:
    if not slot.armed and reading.value < rule.exit:
        return replace(slot, armed=True), ()
    if not slot.armed or reading.value < rule.enter:
        return slot, ()
    number = slot.episodes + 1
    episode = Episode(number, 1, AlertState.PENDING, reading.severity, started=now, held_since=now)
    opened = Transition(episode, None, TransitionReason.THRESHOLD_CROSSED)
    slot = replace(slot, episode=episode, episodes=number)
    if rule.for_ms:
        return slot, (opened,)
    slot, fired = _observe_pending(slot, rule, reading, now)
    return slot, (opened, *fired)


def _observe_pending(
    slot: Slot, rule: Rule, reading: Reading, now: int
) -> tuple[Slot, tuple[Transition, ...]]:
    episode = _require(slot)
    if reading.value >= rule.enter or (reading.value >= rule.exit and episode.held_since is not None):
        since = now if episode.held_since is None else episode.held_since
        held = replace(episode, held_since=since, below_since=None)
        if now - since < rule.for_ms:
            return _keep(slot, held), ()
        fired = replace(held, held_since=None, severity=reading.severity)
        return _move(slot, fired, AlertState.FIRING, TransitionReason.HELD_FOR)
    return _observe_below(
        slot, replace(episode, held_since=None), rule, reading, now, TransitionReason.NOT_HELD
    )


def _observe_open(slot: Slot, rule: Rule, reading: Reading, now: int) -> tuple[Slot, tuple[Transition, ...]]:
    episode = _require(slot)
    if (
        SEVERITIES.index(reading.severity) > SEVERITIES.index(episode.severity)
        and reading.value >= rule.enter
    ):
        raised = replace(episode, severity=reading.severity, below_since=None, acknowledged=False)
        return _move(slot, raised, AlertState.FIRING, TransitionReason.SEVERITY_RAISED)
    if episode.state is not AlertState.RECOVERING:
        if reading.value >= rule.exit:
            return slot, ()
        fell = replace(episode, below_since=now)
        return _move(slot, fell, AlertState.RECOVERING, TransitionReason.FELL_BELOW)
    if reading.value >= rule.enter:
        back = AlertState.ACKNOWLEDGED if episode.acknowledged else AlertState.FIRING
        return _move(slot, replace(episode, below_since=None), back, TransitionReason.BACK_ABOVE)
    return _observe_below(slot, episode, rule, reading, now, TransitionReason.STAYED_BELOW)


def _observe_below(
    slot: Slot, episode: Episode, rule: Rule, reading: Reading, now: int, reason: TransitionReason
) -> tuple[Slot, tuple[Transition, ...]]:
    """Calm counts only while we hear: silence starts the waiting anew."""
    since = now if episode.below_since is None or not reading.heard else episode.below_since
    waiting = replace(episode, below_since=since)
    if not reading.heard or now - since < rule.keep_firing_ms:
        return _keep(slot, waiting), ()
    return _end(slot, waiting, AlertState.RESOLVED, reason)


def _require(slot: Slot) -> Episode:
    if slot.episode is None:
        raise ValueError("there is no episode")
    return slot.episode


def _keep(slot: Slot, episode: Episode) -> Slot:
    return slot if episode == slot.episode else replace(slot, episode=episode)


def _move(
    slot: Slot, episode: Episode, state: AlertState, reason: TransitionReason
) -> tuple[Slot, tuple[Transition, ...]]:
    if state not in LEGAL[episode.state]:
        raise ValueError(f"no alert goes from {episode.state} to {state}")
    moved = replace(episode, state=state, revision=episode.revision + 1)
    return replace(slot, episode=moved), (Transition(moved, episode.state, reason),)


def _end(
    slot: Slot, episode: Episode, state: AlertState, reason: TransitionReason
) -> tuple[Slot, tuple[Transition, ...]]:
    slot, transitions = _move(slot, episode, state, reason)
    return replace(slot, episode=None), transitions

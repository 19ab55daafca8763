"""What goes out: RegionRisk and Alert records with deterministic ids, timed by the engine's clock."""

from collections.abc import Iterable
from datetime import UTC, datetime

from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import alert_key, episode_id
from allywatch.engine.reviewing import Change
from allywatch.engine.state import RegionState
from allywatch.engine.view import Surroundings, View, heard
from allywatch.records import Output
from allywatch.risk.explanation import contribution, explain
from allywatch.risk.ledger import Origin
from allywatch.risk.score import Cap, is_learning
from allywatch_schemas import Alert, Contribution, OpenAlert, RegionRisk, Sequence, Tracks
from allywatch_schemas import RegionState as Rests
from allywatch_schemas.codec import encode
from allywatch_schemas.topics import REGION_ALERTS, REGION_RISK

SOURCE = "/allywatch/score"

REASONS = 5
"""Reasons that an alert lists."""

_CAPS = {
    Cap.LEARNING: "the region is still learning what is usual",
    Cap.FEW_ORIGINS: "it rests on too few independent origins",
    Cap.LOW_CONFIDENCE: "confidence is too low",
}


def moment(clock: int) -> datetime:
    """Milliseconds as a time."""
    return datetime.fromtimestamp(clock / 1000, UTC)


def risk_record(
    state: RegionState, around: Surroundings, view: View, clock: int, name: str, sequence: Sequence
) -> Output:
    """The record for `region-risk`."""
    assessed = view.assessment
    ledger = state.ledger
    message = RegionRisk(
        region=around.region,
        name=name,
        time=moment(clock),
        score=assessed.score / 10,
        level=assessed.level,
        confidence=assessed.confidence / 1000,
        state=_rests_on(state, around),
        pressure=view.pressure,
        baseline_mean=state.baseline.mean,
        baseline_spread=state.baseline.spread,
        history_days=max(0, state.baseline.days),
        tracks=Tracks(words=view.tracks[0], acts=view.tracks[1], de_escalation=view.tracks[2]),
        contributions=explain(ledger.origins, view.points, sum(view.sums)),
        origins=len(ledger.origins),
        open_alerts=tuple(
            _open_alert(rule, slot, around.region)
            for rule, slot in sorted(state.slots.items())
            if slot.episode
        ),
        groups=around.groups,
        sequence=sequence,
        method_version=around.method.version,
        exercise=_exercise(ledger.origins.values()),
    )
    identity = f"{around.region}:{sequence.partition}:{sequence.offset}"
    value, headers = encode(
        message,
        id=identity,
        source=SOURCE,
        time=message.time,
        subject=around.region,
        partition_key=around.region,
    )
    return Output(REGION_RISK.name, around.region.encode(), value, headers)


def alert_record(
    change: Change,
    state: RegionState,
    around: Surroundings,
    view: View,
    clock: int,
    name: str,
    sequence: Sequence,
    actor: str | None = None,
) -> Output:
    """The record for `region-alerts`."""
    rule, episode = change.rule, change.transition.episode
    key = alert_key(rule.name, around.region)
    message = Alert(
        key=key,
        episode=episode_id(key, episode.number),
        revision=episode.revision,
        rule=rule.name,
        region=around.region,
        region_name=name,
        groups=around.groups,
        state=episode.state,
        previous_state=change.transition.previous,
        reason=change.transition.reason,
        severity=episode.severity,
        score=view.assessment.score / 10,
        level=view.assessment.level,
        confidence=view.assessment.confidence / 1000,
        threshold=change.threshold,
        value=change.value,
        started_at=moment(episode.started),
        changed_at=moment(clock),
        evidence=_reasons(state, view, rule.name),
        origins=max(1, len(state.ledger.origins)),
        actor=actor,
        muted=state.slots[rule.name].muted(clock),
        notify=change.transition.notify,
        flapping=episode.flapping,
        sequence=sequence,
        method_version=around.method.version,
        exercise=_exercise([*state.ledger.origins.values(), *_lead(state, rule.name)]),
        note=_note(state, around, view),
    )
    value, headers = encode(
        message,
        id=f"{message.episode}:{message.revision}",
        source=SOURCE,
        time=message.changed_at,
        subject=around.region,
        partition_key=key,
    )
    return Output(REGION_ALERTS.name, key.encode(), value, headers)


def _rests_on(state: RegionState, around: Surroundings) -> Rests:
    if not heard(state, around):
        return Rests.UNKNOWN
    return Rests.LEARNING if is_learning(state.baseline, around.method.weights) else Rests.OK


def _open_alert(rule: str, slot: Slot, region: str) -> OpenAlert:
    episode = slot.episode
    if episode is None:
        raise ValueError("only an open alert is listed")
    key = alert_key(rule, region)
    return OpenAlert(
        key=key,
        episode=episode_id(key, episode.number),
        revision=episode.revision,
        rule=rule,
        state=episode.state,
        severity=episode.severity,
        since=moment(episode.started),
    )


def _lead(state: RegionState, rule: str) -> list[Origin]:
    return [state.leads[rule][1]] if rule in state.leads else []


def _reasons(state: RegionState, view: View, rule: str) -> tuple[Contribution, ...]:
    """The origins that raise the risk most; if none is left, what the episode began with."""
    now = {fingerprint: sum(points) for fingerprint, points in view.points.items()}
    order = sorted(now, key=lambda each: (-now[each], each))
    raising = [each for each in order if now[each] > 0][:REASONS]
    if not raising and rule in state.leads:
        fingerprint, origin = state.leads[rule]
        return (contribution(fingerprint, origin, now.get(fingerprint, 0)),)
    return tuple(contribution(each, state.ledger.origins[each], now[each]) for each in raising or order[:1])


def _exercise(origins: Iterable[Origin]) -> bool:
    return any(origin.lead.exercise for origin in origins)


def _note(state: RegionState, around: Surroundings, view: View) -> str:
    """What a reader should know about how far to trust it."""
    parts = []
    if caps := view.assessment.caps:
        limit = around.method.weights.caps.level
        parts.append(f"Held at {limit} or below: {', and '.join(_CAPS[cap] for cap in caps)}.")
    if any(copy.clamped for origin in state.ledger.origins.values() for copy in origin.copies):
        parts.append("Some evidence was dated in the future and counts as of now.")
    if state.ledger.inexact:
        parts.append(f"{state.ledger.inexact} withdrawn documents had been summed up and still count.")
    if not heard(state, around):
        parts.append("We do not hear everything: nothing resolves by itself.")
    return " ".join(parts)

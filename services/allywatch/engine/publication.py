"""What goes out: RegionRisk and Alert records with deterministic ids, timed by the engine's clock."""

from collections.abc import Iterable
from datetime import UTC, datetime

from allywatch.alerts.episode import Slot
from allywatch.alerts.rules import alert_key, episode_id
from allywatch.engine.account import Account
from allywatch.engine.notes import note_on_alert, note_on_score
from allywatch.engine.reviewing import Change
from allywatch.engine.state import RegionState
from allywatch.engine.view import Surroundings, View, coverage, heard, slow, usual
from allywatch.records import Output
from allywatch.risk.confidence import root_of
from allywatch.risk.ledger import Origin
from allywatch.risk.score import is_learning
from allywatch_schemas import Alert, OpenAlert, RegionRisk, Sequence, Tracks
from allywatch_schemas import RegionState as Rests
from allywatch_schemas.codec import encode
from allywatch_schemas.topics import REGION_ALERTS, REGION_RISK

SOURCE = "/allywatch/score"


def moment(clock: int) -> datetime:
    """Milliseconds as a time."""
    return datetime.fromtimestamp(clock / 1000, UTC)


def risk_record(
    state: RegionState, around: Surroundings, view: View, clock: int, name: str, sequence: Sequence
) -> Output:
    """The record for `region-risk`."""
    assessed = view.assessment
    account = Account.of(state, around, view)
    z = view.assessment.z_milli
    past = usual(state, around)
    message = RegionRisk(
        region=around.region,
        name=name,
        time=moment(clock),
        score=assessed.score / 10,
        level=assessed.level,
        confidence=assessed.confidence / 1000,
        state=_rests_on(state, around),
        pressure=view.pressure,
        baseline_mean=past.usual,
        baseline_spread=past.usually_within,
        history_days=max(0, state.baseline.days),
        z=None if z is None else z / 1000,
        coverage=coverage(state, around),
        flip=account.flip_message(),
        note=note_on_score(account),
        slow_pressure=sum(map(abs, slow(state, around))),
        tracks=Tracks(words=view.tracks[0], acts=view.tracks[1], de_escalation=view.tracks[2]),
        contributions=account.contributions(),
        origins=_independent(state),
        open_alerts=tuple(
            _open_alert(rule, slot, around.region)
            for rule, slot in sorted(state.slots.items())
            if slot.episode
        ),
        groups=around.groups,
        sequence=sequence,
        method_version=around.method.version,
        exercise=_exercise(state.ledger.origins.values()),
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
    account = Account.of(state, around, view)
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
        evidence=account.reasons(rule),
        origins=max(1, _independent(state)),
        actor=actor,
        muted=state.slots[rule.name].muted(clock),
        notify=change.transition.notify,
        flapping=episode.flapping,
        sequence=sequence,
        method_version=around.method.version,
        exercise=_exercise([*state.ledger.origins.values(), *_lead(state, rule.name)]),
        flip=account.flip_message(),
        note=note_on_alert(account),
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


def _independent(state: RegionState) -> int:
    """Origins that are independent of each other: those of one root count once."""
    return len({root_of(origin.lead) for origin in state.ledger.origins.values()})


def _exercise(origins: Iterable[Origin]) -> bool:
    return any(origin.lead.exercise for origin in origins)

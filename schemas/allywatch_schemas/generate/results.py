"""The results of the examples' one story: what the inputs do to Latvia's score, and an alert's whole life."""

from datetime import timedelta
from typing import Any

from allywatch_schemas import (
    Alert,
    AlertState,
    Contribution,
    CoverageState,
    FlipSet,
    Level,
    OpenAlert,
    RegionRisk,
    RegionState,
    Sequence,
    Severity,
    Source,
    Track,
    Tracks,
    TransitionReason,
)
from allywatch_schemas.generate.inputs import ARTICLE, DOUBT, HERALD, NOON, THREAT

REASON = Contribution(
    origin="5f1e0a7c3b2d4e69",
    track=Track.WORDS,
    points=480_000,
    score_tenths=351,
    documents=3,
    root="baltic-herald",
    copies=(Source(id="riga-evening.example", name="Riga Evening"),),
    evidence_id=DOUBT.id,
    kind=DOUBT.kind,
    mechanism=DOUBT.mechanism,
    modality=DOUBT.modality,
    quote=DOUBT.quote,
    title=ARTICLE.title,
    url=ARTICLE.url,
    source=HERALD,
    published_at=ARTICLE.published_at,
)
ACT = Contribution(
    origin="00000000000003e9",
    track=Track.WORDS,
    points=315_000,
    score_tenths=231,
    documents=1,
    root="00000000000003e9",
    evidence_id=THREAT.id,
    kind=THREAT.kind,
    plover_root=THREAT.plover_root,
    modality=THREAT.modality,
    quote=THREAT.quote,
)
_OTHER = Contribution(origin="other", points=-45_000, score_tenths=-33, documents=6)
_FLIP = FlipSet(size=1, origins=(REASON.origin,), level=Level.ELEVATED)
_HANGS_ON = (
    f"Without 1 of its 8 live origins ({HERALD.name}: {ARTICLE.title}) it would be elevated, not high."
)


def _usual(tenths: int) -> Contribution:
    return Contribution(origin="usual", points=0, score_tenths=tenths, documents=0)


def _risk(**changes: Any) -> RegionRisk:
    fields: dict[str, Any] = {
        "region": "LVA",
        "name": "Latvia",
        "time": NOON,
        "score": 12.0,
        "level": Level.LOW,
        "confidence": 0.3,
        "state": RegionState.OK,
        "pressure": 0,
        "baseline_mean": 120_000,
        "baseline_spread": 60_000,
        "history_days": 210,
        "groups": ("BALTIC_STATES", "NATO_EASTERN_FLANK"),
        "sequence": Sequence(partition=1, offset=118),
        "method_version": "example-1",
    }
    return RegionRisk(**fields | changes)


RISKS = {
    "calm": _risk(z=0.0, baseline_mean=0, contributions=(_usual(120),)),
    "learning": _risk(
        state=RegionState.LEARNING,
        history_days=4,
        baseline_mean=0,
        baseline_spread=0,
        score=10.0,
        contributions=(_usual(100),),
    ),
    "unknown": _risk(
        state=RegionState.UNKNOWN,
        confidence=0.0,
        coverage=CoverageState.SILENT,
        note="We do not hear everything: nothing resolves by itself.",
    ),
    "explained-with-an-open-alert": _risk(
        score=63.5,
        level=Level.HIGH,
        confidence=0.55,
        pressure=750_000,
        tracks=Tracks(words=795_000, de_escalation=-45_000),
        baseline_spread=141_000,
        z=4.468,
        flip=_FLIP,
        contributions=(REASON, ACT, _OTHER, _usual(86)),
        origins=8,
        open_alerts=(
            OpenAlert(
                key="score-high:LVA",
                episode="score-high:LVA:1",
                revision=2,
                rule="score-high",
                state=AlertState.FIRING,
                severity=Severity.WARNING,
                since=NOON - timedelta(hours=1),
            ),
        ),
        exercise=True,
    ),
}


def _alert(**changes: Any) -> Alert:
    fields: dict[str, Any] = {
        "key": "score-high:LVA",
        "episode": "score-high:LVA:1",
        "revision": 2,
        "rule": "score-high",
        "region": "LVA",
        "region_name": "Latvia",
        "groups": ("BALTIC_STATES", "NATO_EASTERN_FLANK"),
        "state": AlertState.FIRING,
        "previous_state": AlertState.PENDING,
        "reason": TransitionReason.HELD_FOR,
        "severity": Severity.WARNING,
        "score": 63.5,
        "level": Level.HIGH,
        "confidence": 0.55,
        "threshold": 60.0,
        "value": 63.5,
        "started_at": NOON - timedelta(hours=1),
        "changed_at": NOON,
        "evidence": (REASON, ACT),
        "origins": 8,
        "flip": _FLIP,
        "sequence": Sequence(partition=1, offset=118),
        "method_version": "example-1",
        "exercise": True,
        "note": _HANGS_ON,
    }
    return Alert(**fields | changes)


ALERTS = {
    "opened": _alert(
        revision=1,
        state=AlertState.PENDING,
        previous_state=None,
        reason=TransitionReason.THRESHOLD_CROSSED,
        notify=False,
        changed_at=NOON - timedelta(hours=1),
        sequence=Sequence(partition=1, offset=97),
    ),
    "firing": _alert(),
    "acknowledged": _alert(
        revision=3,
        state=AlertState.ACKNOWLEDGED,
        previous_state=AlertState.FIRING,
        reason=TransitionReason.ACKNOWLEDGED_BY_PERSON,
        notify=False,
        actor="duty editor",
        note="Exercise: calling Riga.",
    ),
    "recovering-and-muted": _alert(
        revision=4,
        state=AlertState.RECOVERING,
        previous_state=AlertState.ACKNOWLEDGED,
        reason=TransitionReason.FELL_BELOW,
        score=41.0,
        level=Level.ELEVATED,
        flip=FlipSet(size=1, origins=(REASON.origin,), level=Level.GUARDED),
        note=_HANGS_ON.replace("elevated, not high", "guarded, not elevated"),
        value=41.0,
        threshold=45.0,
        muted=True,
        notify=False,
    ),
    "resolved": _alert(
        revision=5,
        state=AlertState.RESOLVED,
        previous_state=AlertState.RECOVERING,
        reason=TransitionReason.STAYED_BELOW,
        score=22.5,
        level=Level.GUARDED,
        flip=FlipSet(size=1, origins=(REASON.origin,), level=Level.LOW),
        note=_HANGS_ON.replace("elevated, not high", "low, not guarded"),
        value=22.5,
        threshold=45.0,
    ),
    "cancelled-after-a-retraction": _alert(
        revision=3,
        state=AlertState.CANCELLED,
        previous_state=AlertState.FIRING,
        reason=TransitionReason.EVIDENCE_RETRACTED,
        score=12.0,
        level=Level.LOW,
        value=12.0,
        flip=None,
        note="",
    ),
}

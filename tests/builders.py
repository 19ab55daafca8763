"""Valid messages with defaults, for tests. Everything in them is invented; keywords replace fields."""

from datetime import UTC, datetime
from typing import Any

from allywatch_schemas import (
    Actor,
    Alert,
    AlertAction,
    AlertCommand,
    AlertState,
    Contribution,
    Coverage,
    CoverageState,
    DiplomaticEvent,
    Document,
    Evidence,
    EvidenceBatch,
    EvidenceKind,
    Level,
    Mechanism,
    MethodActivated,
    Modality,
    NewsArticle,
    OpenAlert,
    PloverRoot,
    QuadClass,
    RegionRisk,
    RegionState,
    Retraction,
    Role,
    Sequence,
    Severity,
    Source,
    SourceRange,
    Superseded,
    Tick,
    Track,
    TransitionReason,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The moment at which builders make things happen."""

ARTICLE_TITLE = "Exercise: minister wonders aloud about the Baltic guarantee"
ARTICLE_BODY = (
    "An invented minister said on Monday that the United States may withdraw its brigade from Latvia. "
    "The government in Riga, in this exercise, asked for talks."
)
ARTICLE_QUOTE = "the United States may withdraw its brigade from Latvia"
_QUOTE_START = len(ARTICLE_TITLE) + 2 + ARTICLE_BODY.index(ARTICLE_QUOTE)
ARTICLE_SPAN = (_QUOTE_START, _QUOTE_START + len(ARTICLE_QUOTE))


def a_source(**changes: Any) -> Source:
    return Source(**{"id": "baltic-herald.example", "name": "The Baltic Herald", **changes})


def an_article(**changes: Any) -> NewsArticle:
    defaults = {
        "id": "baltic-herald.example/2026/minister-wonders",
        "title": ARTICLE_TITLE,
        "body": ARTICLE_BODY,
        "language": "en",
        "published_at": NOON,
        "url": "https://baltic-herald.example/2026/minister-wonders",
        "source": a_source(),
        "feed": "baltic-herald",
        "exercise": True,
    }
    return NewsArticle(**defaults | changes)


def an_actor(**changes: Any) -> Actor:
    return Actor(**{"name": "Exercise Ministry", "country": "RUS", "sectors": ("Government",), **changes})


def an_event(**changes: Any) -> DiplomaticEvent:
    """Russia threatens Latvia with force (CAMEO 138)."""
    defaults = {
        "id": "exercise-events:1",
        "provider": "exercise-events",
        "occurred_at": NOON,
        "source_actor": an_actor(),
        "target_actor": an_actor(name="Exercise Cabinet", country="LVA"),
        "cameo": "138",
        "goldstein": -7.0,
        "mentions": 10,
        "text": "Threaten with military force",
        "exercise": True,
    }
    return DiplomaticEvent(**defaults | changes)


def an_evidence(**changes: Any) -> Evidence:
    """A speculative doubt about Latvia's patron, found in `an_article()`."""
    defaults = {
        "id": "evidence-1",
        "doc_id": an_article().id,
        "region": "LVA",
        "kind": EvidenceKind.MECHANISM,
        "track": Track.WORDS,
        "mechanism": Mechanism.PATRON_DISENGAGEMENT,
        "role": Role.TARGET,
        "actor": "USA",
        "target": "LVA",
        "patron": "USA",
        "sign": 1.0,
        "intensity": 0.6,
        "modality": Modality.SPECULATIVE,
        "probability": 0.8,
        "half_life_hours": 72.0,
        "event_time": NOON,
        "span": ARTICLE_SPAN,
        "quote": ARTICLE_QUOTE,
        "trigger": "may withdraw",
        "rule_id": "mechanism.withdraw",
        "lexicon_version": "exercise-1",
    }
    return Evidence(**defaults | changes)


def an_event_evidence(**changes: Any) -> Evidence:
    """What `an_event()` means for Latvia: an act, asserted."""
    defaults = {
        "id": "evidence-event-1",
        "doc_id": an_event().id,
        "kind": EvidenceKind.EVENT,
        "mechanism": None,
        "plover_root": PloverRoot.THREATEN,
        "quad": QuadClass.VERBAL_CONFLICT,
        "actor": "RUS",
        "patron": None,
        "adversary": "RUS",
        "intensity": 0.7,
        "modality": Modality.PLANNED,
        "span": None,
        "quote": "Threaten with military force",
        "trigger": "138",
        "rule_id": "cameo.138",
    }
    return an_evidence(**defaults | changes)


def a_contagion(**changes: Any) -> Evidence:
    """What `an_evidence()` means for Estonia, which rests on the same promise."""
    defaults = {
        "id": "evidence-1:EST",
        "region": "EST",
        "kind": EvidenceKind.CONTAGION,
        "role": Role.EXPOSED_ALLY,
        "intensity": 0.3,
        "derived_from": "evidence-1",
        "derived_region": "LVA",
    }
    return an_evidence(**defaults | changes)


def a_document(**changes: Any) -> Document:
    """The document of `an_evidence()`: the record at offset 0 of the batch's first range."""
    defaults = {
        "doc_id": an_article().id,
        "fingerprint": "5f1e0a7c3b2d4e69",
        "source": a_source(),
        "published_at": NOON,
        "title": ARTICLE_TITLE,
        "url": an_article().url,
        "language": "en",
        "range": 0,
        "offset": 0,
        "exercise": True,
    }
    return Document(**defaults | changes)


def a_range(**changes: Any) -> SourceRange:
    defaults = {
        "topic": "news-articles",
        "topic_id": "exercise-topic-1",
        "partition": 0,
        "start": 0,
        "end": 1,
        "totals": {"2026-03-02T12": 1},
    }
    return SourceRange(**defaults | changes)


def a_superseded(**changes: Any) -> Superseded:
    return Superseded(**{"doc_id": an_article().id, "version": 2, **changes})


def a_batch(**changes: Any) -> EvidenceBatch:
    """One range, one document, one item; documents are added for items that name others."""
    defaults: dict[str, Any] = {"id": "batch-1", "ranges": (a_range(),), "items": (an_evidence(),)}
    fields = defaults | changes
    named = dict.fromkeys(item.doc_id for item in fields["items"])
    documents = tuple(a_document(doc_id=doc_id, offset=i) for i, doc_id in enumerate(named))
    return EvidenceBatch(**{"documents": documents} | fields)


def a_tick(**changes: Any) -> Tick:
    return Tick(**{"time": NOON, **changes})


def a_retraction(**changes: Any) -> Retraction:
    defaults = {
        "id": "retraction-1",
        "doc_id": an_article().id,
        "reason": "Exercise: the invented paper withdrew its invented story.",
        "issued_at": NOON,
    }
    return Retraction(**defaults | changes)


def a_command(**changes: Any) -> AlertCommand:
    defaults = {
        "id": "command-1",
        "region": "LVA",
        "alert_key": "score-high:LVA",
        "action": AlertAction.ACKNOWLEDGE,
        "actor": "duty editor",
        "reason": "Exercise: somebody is on it.",
        "issued_at": NOON,
    }
    return AlertCommand(**defaults | changes)


def a_coverage(**changes: Any) -> Coverage:
    defaults = {
        "id": "coverage-1",
        "feed": "baltic-herald",
        "state": CoverageState.OK,
        "observed": 40,
        "expected": 38.5,
        "window_start": NOON.replace(hour=11),
        "window_end": NOON,
    }
    return Coverage(**defaults | changes)


def a_method_activated(**changes: Any) -> MethodActivated:
    defaults = {"id": "method-1", "version": "exercise-1", "digest": "0" * 64, "activated_at": NOON}
    return MethodActivated(**defaults | changes)


def a_contribution(**changes: Any) -> Contribution:
    """The share of `an_evidence()` in Latvia's pressure."""
    defaults = {
        "origin": "5f1e0a7c3b2d4e69",
        "track": Track.WORDS,
        "points": 480_000,
        "documents": 1,
        "evidence_id": "evidence-1",
        "kind": EvidenceKind.MECHANISM,
        "mechanism": Mechanism.PATRON_DISENGAGEMENT,
        "modality": Modality.SPECULATIVE,
        "quote": ARTICLE_QUOTE,
        "title": ARTICLE_TITLE,
        "url": an_article().url,
        "source": a_source(),
        "published_at": NOON,
    }
    return Contribution(**defaults | changes)


def an_open_alert(**changes: Any) -> OpenAlert:
    defaults = {
        "key": "score-high:LVA",
        "episode": "score-high:LVA:1",
        "revision": 2,
        "rule": "score-high",
        "state": AlertState.FIRING,
        "severity": Severity.WARNING,
        "since": NOON,
    }
    return OpenAlert(**defaults | changes)


def a_risk(**changes: Any) -> RegionRisk:
    """A score; the pressure is that of the contributions unless it is given."""
    defaults: dict[str, Any] = {
        "region": "LVA",
        "name": "Latvia",
        "time": NOON,
        "score": 41.5,
        "level": Level.ELEVATED,
        "confidence": 0.4,
        "state": RegionState.OK,
        "contributions": (a_contribution(),),
        "origins": 1,
        "groups": ("BALTIC_STATES",),
        "sequence": Sequence(partition=1, offset=7),
        "method_version": "exercise-1",
        "exercise": True,
    }
    fields = defaults | changes
    return RegionRisk(**{"pressure": sum(c.points for c in fields["contributions"])} | fields)


def an_alert(**changes: Any) -> Alert:
    """The second transition of an episode: pending, now firing."""
    defaults = {
        "key": "score-high:LVA",
        "episode": "score-high:LVA:1",
        "revision": 2,
        "rule": "score-high",
        "region": "LVA",
        "region_name": "Latvia",
        "groups": ("BALTIC_STATES",),
        "state": AlertState.FIRING,
        "previous_state": AlertState.PENDING,
        "reason": TransitionReason.HELD_FOR,
        "severity": Severity.WARNING,
        "score": 63.0,
        "level": Level.HIGH,
        "confidence": 0.7,
        "threshold": 60.0,
        "value": 63.0,
        "started_at": NOON.replace(hour=11),
        "changed_at": NOON,
        "evidence": (a_contribution(),),
        "origins": 3,
        "sequence": Sequence(partition=1, offset=7),
        "method_version": "exercise-1",
        "exercise": True,
    }
    return Alert(**defaults | changes)

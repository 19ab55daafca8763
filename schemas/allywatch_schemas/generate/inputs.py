"""The inputs of the examples' one story: a doubt and a threat. Places are real, what happens is invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allywatch_schemas import (
    Actor,
    AlertAction,
    AlertCommand,
    ArticleStatus,
    Coverage,
    CoverageState,
    DiplomaticEvent,
    Document,
    Evidence,
    EvidenceBatch,
    EvidenceKind,
    Mechanism,
    MediaType,
    MethodActivated,
    Modality,
    NewsArticle,
    PloverRoot,
    QuadClass,
    Retraction,
    Role,
    Source,
    SourceRange,
    Superseded,
    Tick,
    TickOrigin,
    Track,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

HERALD = Source(id="baltic-herald.example", name="The Baltic Herald")
ARTICLE = NewsArticle(
    id="baltic-herald.example/2026/03/02/brigade",
    title="Exercise: minister wonders aloud about the brigade",
    body="An invented minister said that the United States may withdraw its brigade from Latvia.",
    language="en",
    published_at=NOON - timedelta(minutes=5),
    url="https://baltic-herald.example/2026/03/02/brigade",
    source=HERALD,
    feed="baltic-herald",
    exercise=True,
)
EVENT = DiplomaticEvent(
    id="exercise-events:1001",
    provider="exercise-events",
    occurred_at=NOON - timedelta(hours=2),
    reported_at=NOON - timedelta(hours=1),
    source_actor=Actor(name="RUSSIA", country="RUS", sectors=("Government",)),
    target_actor=Actor(name="LATVIA", country="LVA"),
    cameo="138",
    goldstein=-7.0,
    mentions=10,
    tone=-3.5,
    text="Threaten with military force",
    url="https://wire.example/1001",
    publisher="wire.example",
    exercise=True,
)

_QUOTE = "the United States may withdraw its brigade from Latvia"
_START = f"{ARTICLE.title}\n\n{ARTICLE.body}".index(_QUOTE)
DOUBT = Evidence(
    id="ev-brigade-LVA",
    doc_id=ARTICLE.id,
    region="LVA",
    kind=EvidenceKind.MECHANISM,
    track=Track.WORDS,
    mechanism=Mechanism.PATRON_DISENGAGEMENT,
    role=Role.TARGET,
    actor="USA",
    target="LVA",
    patron="USA",
    sign=1.0,
    intensity=0.6,
    modality=Modality.SPECULATIVE,
    probability=0.8,
    half_life_hours=72.0,
    event_time=ARTICLE.published_at,
    span=(_START, _START + len(_QUOTE)),
    quote=_QUOTE,
    trigger="may withdraw",
    rule_id="mechanism.withdraw",
    lexicon_version="example-1",
)
CONTAGION = DOUBT.model_copy(
    update={
        "id": "ev-brigade-LVA>EST",
        "region": "EST",
        "kind": EvidenceKind.CONTAGION,
        "role": Role.EXPOSED_ALLY,
        "intensity": 0.25,
        "derived_from": DOUBT.id,
        "derived_region": "LVA",
    }
)
THREAT = Evidence(
    id="ev-1001-LVA",
    doc_id=EVENT.id,
    region="LVA",
    kind=EvidenceKind.EVENT,
    track=Track.WORDS,
    plover_root=PloverRoot.THREATEN,
    quad=QuadClass.VERBAL_CONFLICT,
    role=Role.TARGET,
    actor="RUS",
    target="LVA",
    adversary="RUS",
    sign=1.0,
    intensity=0.7,
    modality=Modality.PLANNED,
    probability=0.9,
    salience=0.5,
    half_life_hours=48.0,
    event_time=EVENT.occurred_at,
    quote="Threaten with military force",
    trigger="138",
    rule_id="cameo.138",
    lexicon_version="example-1",
)


def _document(of: NewsArticle, **changes: Any) -> Document:
    fields: dict[str, Any] = {
        "doc_id": of.id,
        "fingerprint": "5f1e0a7c3b2d4e69",
        "source": HERALD,
        "published_at": of.published_at,
        "title": of.title,
        "url": of.url,
        "language": of.language,
        "range": 0,
        "offset": 41,
        "exercise": True,
    }
    return Document(**fields | changes)


def _range(topic: str, start: int, end: int) -> SourceRange:
    hour = f"{NOON - timedelta(hours=1):%Y-%m-%dT%H}"
    totals = {hour: end - start} if end > start else {}
    return SourceRange(
        topic=topic, topic_id="q4mXWJ3rQxS0example", partition=2, start=start, end=end, totals=totals
    )


_ARTICLES = _range("news-articles", 40, 44)
_EVENT_DOCUMENT = Document(
    doc_id=EVENT.id,
    fingerprint="00000000000003e9",
    source=Source(id="wire.example", name="wire.example"),
    published_at=NOON - timedelta(hours=1),
    range=0,
    offset=7,
    exercise=True,
)
BATCHES = {
    "mechanism-and-contagion": EvidenceBatch(
        id="batch-1:p1", ranges=(_ARTICLES,), documents=(_document(ARTICLE),), items=(DOUBT, CONTAGION)
    ),
    "coded-event": EvidenceBatch(
        id="batch-2:p1",
        ranges=(_range("diplomatic-events", 7, 8),),
        documents=(_EVENT_DOCUMENT,),
        items=(THREAT,),
    ),
    "nothing-for-this-partition": EvidenceBatch(id="batch-1:p0", ranges=(_ARTICLES,)),
    "newer-version": EvidenceBatch(
        id="batch-3:p1", ranges=(_ARTICLES,), superseded=(Superseded(doc_id=ARTICLE.id, version=2),)
    ),
    "redriven": EvidenceBatch(
        id="batch-4:p1", ranges=(_ARTICLES,), documents=(_document(ARTICLE, redriven=True),), items=(DOUBT,)
    ),
}

ARTICLES = {
    "plain-text": ARTICLE,
    "html": ARTICLE.model_copy(
        update={"media_type": MediaType.HTML, "body": f"<p>{ARTICLE.body}</p>", "version": 2}
    ),
    "canceled": ARTICLE.model_copy(update={"status": ArticleStatus.CANCELED, "version": 3}),
    "history": ARTICLE.model_copy(
        update={"id": "baltic-herald.example/2025/03/02/calm", "published_at": NOON - timedelta(days=365)}
        | {"title": "Exercise: a calm day", "body": "Nothing happened.", "backfill": True}
    ),
    "least": NewsArticle(
        id="wire.example/1", published_at=NOON, source=Source(id="wire.example", name="Wire")
    ),
}
EVENTS = {
    "coded": EVENT,
    "least": DiplomaticEvent(
        id="exercise-events:1002",
        provider="exercise-events",
        occurred_at=NOON - timedelta(days=1),
        source_actor=Actor(),
        target_actor=Actor(country="TWN"),
        cameo="042",
    ),
}
RETRACTION = Retraction(
    id="retraction-1", doc_id=ARTICLE.id, reason="Exercise: withdrawn by its publisher.", issued_at=NOON
)
COMMANDS = {
    "acknowledge": AlertCommand(
        id="command-1",
        region="LVA",
        alert_key="score-high:LVA",
        episode="score-high:LVA:1",
        action=AlertAction.ACKNOWLEDGE,
        actor="duty editor",
        reason="Exercise: calling Riga.",
        issued_at=NOON,
    ),
    "mute-for-an-hour": AlertCommand(
        id="command-2",
        region="LVA",
        alert_key="score-high:LVA",
        action=AlertAction.MUTE,
        actor="duty editor",
        issued_at=NOON,
        until=NOON + timedelta(hours=1),
    ),
}
TICKS = {"live": Tick(time=NOON), "external": Tick(time=NOON, origin=TickOrigin.EXTERNAL)}
COVERAGES = {
    "heard-everywhere": Coverage(
        id="coverage-1",
        feed="baltic-herald",
        state=CoverageState.OK,
        observed=40,
        expected=38.5,
        window_start=NOON - timedelta(hours=1),
        window_end=NOON,
    ),
    "silent-on-two-regions": Coverage(
        id="coverage-2",
        feed="strait-monitor",
        regions=("TWN", "TAIWAN_STRAIT"),
        state=CoverageState.SILENT,
        observed=0,
        expected=12.0,
        window_start=NOON - timedelta(hours=6),
        window_end=NOON,
    ),
}
METHOD = MethodActivated(id="method-1", version="example-1", digest="0" * 63 + "1", activated_at=NOON)

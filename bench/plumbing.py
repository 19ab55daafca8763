"""The job that both systems under comparison run: the same functions, so that only the plumbing differs.

`extract_nothing` costs (almost) nothing: two regions an article, from prepared evidence. `step` keeps a state
of about 1.8 KB a region and says something every thousandth item. Both are plain functions over plain values.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from allywatch_schemas import (
    Document,
    Evidence,
    EvidenceKind,
    Mechanism,
    Modality,
    NewsArticle,
    Role,
    Source,
    Track,
)
from allywatch_schemas.base import Part

REGIONS = (
    *("POL", "EST", "LVA", "LTU", "ROU", "FIN", "SWE", "NOR", "UKR", "MDA", "GEO", "TWN", "JPN", "KOR"),
    *("PHL", "VNM", "AUS", "ISR", "SAU", "ARE"),
)
RECENT = 40
EVERY = 1_000

State = dict[str, Any]
P = TypeVar("P", bound=Part)


def _prepared(region: str) -> Evidence:
    return Evidence(
        id=f"prepared:{region}",
        doc_id="prepared",
        region=region,
        kind=EvidenceKind.MECHANISM,
        track=Track.WORDS,
        mechanism=Mechanism.PATRON_DISENGAGEMENT,
        role=Role.TARGET,
        patron="USA",
        sign=1,
        intensity=0.5,
        modality=Modality.SPECULATIVE,
        probability=0.5,
        half_life_hours=24,
        event_time=datetime(2026, 11, 1, tzinfo=UTC),
        span=(0, 20),
        quote="An invented sentence about a promise, for load alone.",
        trigger="promise",
        rule_id="bench",
        lexicon_version="bench",
    )


_PREPARED = {region: _prepared(region) for region in REGIONS}
_DOCUMENT = Document(
    doc_id="prepared",
    fingerprint="prepared",
    source=Source(id="prepared.example", name="Prepared"),
    published_at=datetime(2026, 11, 1, tzinfo=UTC),
    title="Prepared",
    range=0,
    offset=0,
    exercise=True,
)


def _like(part: P, **changes: object) -> P:
    """A copy with other values, for a tenth of what `model_copy` costs: not to be measured here."""
    copy = object.__new__(type(part))
    object.__setattr__(copy, "__dict__", part.__dict__ | changes)
    object.__setattr__(copy, "__pydantic_fields_set__", part.__pydantic_fields_set__)
    return copy


def extract_nothing(article: NewsArticle) -> tuple[Document, tuple[Evidence, ...]]:
    """Two items of prepared evidence, for regions that the article's number chooses."""
    name = article.id
    number = int(name.rpartition(":")[2])
    first, second = REGIONS[number % len(REGIONS)], REGIONS[(number * 7 + 3) % len(REGIONS)]
    document = _like(
        _DOCUMENT,
        doc_id=name,
        fingerprint=name,
        source=article.source,
        published_at=article.published_at,
        title=article.title,
        language=article.language,
    )
    chosen = (first,) if first == second else (first, second)
    items = tuple(_like(_PREPARED[region], id=f"{name}:{region}", doc_id=name) for region in chosen)
    return document, items


def step(state: State | None, item: Evidence) -> tuple[State, State | None]:
    """Count one item: the new state (≈ 1.8 KB once full), and an alert every thousandth."""
    count = (state["count"] if state else 0) + 1
    points = round(item.sign * item.intensity * item.probability * 1_000_000)
    recent = ((state["recent"] if state else []) + [[item.id, item.doc_id, points]])[-RECENT:]
    new = {"count": count, "sum": (state["sum"] if state else 0) + points, "recent": recent}
    alert = {"region": item.region, "count": count, "because": item.id} if count % EVERY == 0 else None
    return new, alert


Extract = Callable[[NewsArticle], tuple[Document, tuple[Evidence, ...]]]


def real_extract() -> Extract:
    """The project's own extractor, in the same shape."""
    from allywatch.regions import load_registry
    from allywatch.stream.extraction import make_extractor

    extract = make_extractor(load_registry())

    def run(article: NewsArticle) -> tuple[Document, tuple[Evidence, ...]]:
        extraction = extract(article)
        return extraction.document, extraction.items

    return run

"""The article that the project began with: what the reader finds in it, and what the engine makes of that."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from allywatch.engine import RegionEngine, load_method
from allywatch.records import Output, Record
from allywatch.regions import Registry, load_registry
from allywatch.stream.batching import Polled, pack
from allywatch.stream.extraction import Extractor, make_extractor
from allywatch.stream.reading import Reading
from allywatch_schemas import (
    PARTITIONS,
    Alert,
    Evidence,
    EvidenceBatch,
    Level,
    Modality,
    NewsArticle,
    RegionRisk,
    Source,
    Tick,
    TickOrigin,
)
from allywatch_schemas.codec import Envelope, encode, headers_of
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import NEWS_ARTICLES, REGION_ALERTS, REGION_INPUTS, REGION_RISK
from bench.report import emit, say

MUST_NAME = ("UKR", "POL", "EST", "LVA", "LTU", "TWN", "JPN", "VNM")
PUBLISHED = datetime(2025, 5, 20, 9, tzinfo=UTC)
HISTORY_DAYS = 60
_LEVELS = tuple(Level)
_AFTER = (timedelta(minutes=1), timedelta(minutes=45), timedelta(hours=3))


def judge(text: str) -> list[str]:
    """Read the article, run it on both histories; what is not as it must be."""
    registry = load_registry()
    extract = make_extractor(registry)
    items = extract(origin(text)).items
    failures = _judge_evidence(items)
    for name, days in (("learning", 0), ("with_history", HISTORY_DAYS)):
        say(f"origin article, {days} days of history")
        failures += _judge_outputs(name, run(registry, extract, origin(text), days))
    return failures


def origin(text: str) -> NewsArticle:
    """The article: its first paragraph has no title of its own."""
    return NewsArticle(
        id="origin",
        title="",
        body=text.strip(),
        language="en",
        published_at=PUBLISHED,
        source=Source(id="origin.example", name="Origin"),
    )


def _judge_evidence(items: Sequence[Evidence]) -> list[str]:
    """It supposes what might be: no risk in it is a fact. (That others give more aid is one, and no risk.)"""
    modalities: dict[str, Counter[Modality]] = defaultdict(Counter)
    sure = {item.region for item in items if item.sign > 0 and item.modality is Modality.ASSERTED}
    for item in items:
        modalities[item.region][item.modality] += 1
    for region, found in sorted(modalities.items()):
        emit(f"origin_evidence_{region}", found.total(), ", ".join(f"{k} {n}" for k, n in found.items()))
    failures = [
        f"origin article: no evidence on {region}" for region in MUST_NAME if region not in modalities
    ]
    return failures + [f"origin article: a risk to {region} is asserted" for region in sorted(sure)]


def _judge_outputs(name: str, outputs: Sequence[Output]) -> list[str]:
    alerts = [Alert.read(o.value) for o in outputs if o.topic == REGION_ALERTS.name and o.value]
    risks = [RegionRisk.read(o.value) for o in outputs if o.topic == REGION_RISK.name and o.value]
    after = [risk for risk in risks if risk.time >= PUBLISHED]
    emit(f"origin_alerts_{name}", len(alerts), "alerts")
    emit(f"origin_highest_score_{name}", max(risk.score for risk in after), "score")
    said = [(one.region, one.level) for one in alerts] + [(one.region, one.level) for one in after]
    highest = max((level for _, level in said), key=_LEVELS.index)
    emit(f"origin_highest_level_{name}", _LEVELS.index(highest), highest)
    allowed = _LEVELS.index(Level.ELEVATED)
    too_high = {region for region, level in said if _LEVELS.index(level) > allowed}
    return [f"origin article, {name}: above elevated in {', '.join(sorted(too_high))}"] if too_high else []


def run(registry: Registry, extract: Extractor, article: NewsArticle, days: int) -> list[Output]:
    """Through every partition's engine, with calm history before and ticks after."""
    method = load_method(registry)
    outputs: list[Output] = []
    for partition in range(PARTITIONS):
        regions = [r for r in registry.regions if partition_of(r.encode(), PARTITIONS) == partition]
        engine = RegionEngine(method, registry, regions, partition)
        outputs += _replayed(engine, list(_records(extract, article, days, partition)))
    return outputs


def _replayed(engine: RegionEngine, records: Sequence[Record]) -> Sequence[Output]:
    from allywatch.engine import replay

    replayed = replay(records, engine)
    if replayed.rejections:
        raise RuntimeError(f"the engine rejected {replayed.rejections[0][1]}")
    return replayed.outputs


def _records(extract: Extractor, article: NewsArticle, days: int, partition: int) -> Iterator[Record]:
    begin = PUBLISHED - timedelta(days=days)
    offset = 0
    yield _tick(begin, partition, offset)
    past = [_calm(begin + timedelta(days=day)) for day in range(days)]
    for number, each in enumerate((*past, article)):
        for value in _batches(extract, each, number, partition):
            offset += 1
            headers = headers_of(Envelope(f"batch-{number}", "/bench", EvidenceBatch.TYPE))
            yield Record(REGION_INPUTS.name, partition, offset, None, value, headers)
        offset += 1
        yield _tick(each.published_at + timedelta(seconds=1), partition, offset)
    for later in _AFTER:
        offset += 1
        yield _tick(article.published_at + later, partition, offset)


def _batches(extract: Extractor, article: NewsArticle, number: int, partition: int) -> list[bytes]:
    record = Record(NEWS_ARTICLES.name, 0, number, None, b"")
    reading = Reading(record, extract(article), None, article.published_at)
    packed = pack([Polled(NEWS_ARTICLES.name, "bench", 0, number, number + 1, [reading])], PARTITIONS)
    return [batch.value for batch in packed.batches[partition]]


def _calm(published: datetime) -> NewsArticle:
    """A day of history as calm as can be: against little, any pressure stands out most."""
    return NewsArticle(
        id=f"calm:{published:%Y-%m-%d}",
        title="Calm day",
        body=(
            f"On {published:%d %B} the United States reaffirmed its commitment to the defence of Japan. "
            "Poland and Ukraine agreed on the opening of a railway line."
        ),
        language="en",
        published_at=published,
        source=Source(id="calm.example", name="Calm"),
        backfill=True,
        exercise=True,
    )


def _tick(time: datetime, partition: int, offset: int) -> Record:
    value, headers = encode(Tick(time=time, origin=TickOrigin.EXTERNAL), id=f"tick-{offset}", source="/bench")
    return Record(REGION_INPUTS.name, partition, offset, None, value, headers)

"""Probes: each changes exactly one alert, whatever else is going on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from allywatch.engine import RegionEngine, replay
from allywatch.records import Record
from allywatch.regions import Registry, load_registry
from allywatch.stream.batching import Polled, pack
from allywatch.stream.extraction import Extractor, make_extractor
from allywatch.stream.reading import Reading
from allywatch_schemas import PARTITIONS, Alert, EvidenceBatch, Message, NewsArticle, Tick, TickOrigin
from allywatch_schemas.codec import Envelope, Headers, encode, headers_of
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_ALERTS
from bench.articles import articles
from bench.latency import matched, sent_of
from bench.probes import OPENED, REGIONS, RULE, WITHDRAWN, probe_method, probes

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def extract(registry: Registry) -> Extractor:
    return make_extractor(registry)


def test_the_load_says_nothing_on_the_probes_regions(extract: Extractor) -> None:
    touched = {item.region for each in articles(120) for item in extract(each).items}

    assert touched
    assert touched.isdisjoint(REGIONS)


def test_a_probe_says_something_on_its_own_region_alone(extract: Extractor) -> None:
    for probe in probes(len(REGIONS)):
        touched = {item.region for item in extract(probe.article(NOW, "p")).items}

        assert touched & set(REGIONS) == {probe.region}


def test_each_probe_opens_or_cancels_one_alert(registry: Registry, extract: Extractor) -> None:
    count = 4 * len(REGIONS)
    method = probe_method(registry)
    seen: list[tuple[str, str, str]] = []
    for partition in range(PARTITIONS):
        regions = [r for r in registry.regions if partition_of(r.encode(), PARTITIONS) == partition]
        engine = RegionEngine(method, registry, regions, partition)
        said = replay(records(extract, count, partition), engine).outputs
        alerts = [Alert.read(o.value) for o in said if o.topic == REGION_ALERTS.name and o.value]
        ours = [a for a in alerts if a.rule == RULE and a.state in (OPENED, WITHDRAWN)]
        seen += [(a.region, a.state, a.evidence[0].title) for a in ours]

    assert sorted(seen) == sorted((probe.region, probe.expected, probe.title) for probe in probes(count))


def test_an_alert_belongs_to_the_probe_of_its_region_state_and_title() -> None:
    first, second = list(REGIONS)[:2]
    title = next(probes(1)).title
    received = [(second, OPENED.value, title, 12.5), (first, OPENED.value, title, 11.25)]

    assert matched([11.0, 12.0], received) == [(11.0, 0.25), (12.0, 0.5)]


def test_a_probe_without_an_alert_is_left_out() -> None:
    assert matched([11.0], []) == []


def test_only_the_loads_own_lines_count_as_sent() -> None:
    assert sent_of("a warning\n0 17.5\n60 articles, 1 probes\n") == [17.5]


def records(extract: Extractor, count: int, partition: int) -> Iterator[Record]:
    offset = 0
    yield record(partition, offset, *message(Tick(time=NOW, origin=TickOrigin.LIVE)))
    for number, probe in enumerate(probes(count)):
        article = probe.article(NOW + timedelta(seconds=number), "probe")
        for value, headers in said(extract, article, number, partition):
            offset += 1
            yield record(partition, offset, value, headers)


def said(
    extract: Extractor, article: NewsArticle, number: int, partition: int
) -> Iterator[tuple[bytes, Headers]]:
    source = Record("news-articles", 0, number, None, b"")
    reading = Reading(source, extract(article), time=article.published_at)
    packed = pack([Polled("news-articles", "id", 0, number, number + 1, [reading])], PARTITIONS)
    for batch in packed.batches[partition]:
        yield batch.value, headers_of(Envelope("b", "/test", EvidenceBatch.TYPE))
    for retraction in packed.retractions:
        yield message(retraction)


def message(content: Message) -> tuple[bytes, Headers]:
    return encode(content, id="m", source="/test")


def record(partition: int, offset: int, value: bytes, headers: Headers) -> Record:
    return Record("region-inputs", partition, offset, None, value, headers)

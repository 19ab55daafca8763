"""The job that both sides of the comparison run."""

import json
from collections.abc import Mapping

from allywatch.records import Record
from allywatch.stream.batching import Polled, pack
from allywatch.stream.extraction import Extraction
from allywatch.stream.reading import Reading
from allywatch_schemas import Document, Evidence, EvidenceBatch, NewsArticle
from allywatch_schemas.codec import Envelope, headers_of
from bench.application import Plumbing
from bench.articles import article, articles
from bench.plumbing import EVERY, RECENT, State, extract_nothing, step


def test_the_costless_extractor_makes_valid_evidence() -> None:
    document, items = extract_nothing(article(7))

    assert Document.model_validate_json(document.model_dump_json()).doc_id == article(7).id
    for item in items:
        assert Evidence.model_validate_json(item.model_dump_json()).doc_id == document.doc_id


def test_prepared_evidence_is_not_changed_by_its_copies() -> None:
    document, items = extract_nothing(article(1))
    extract_nothing(article(2))

    assert document.doc_id == article(1).id
    assert {item.id for item in items} == {f"{article(1).id}:{item.region}" for item in items}


def test_a_full_state_is_of_the_size_that_was_compared_before() -> None:
    state = None
    item = extract_nothing(article(123_456))[1][0]
    for _ in range(2 * RECENT):
        state, _ = step(state, item)

    assert 1_500 < len(json.dumps(state)) < 2_100


def test_every_thousandth_item_alerts() -> None:
    item = extract_nothing(article(1))[1][0]
    state, alerts = None, 0
    for _ in range(2 * EVERY):
        state, alert = step(state, item)
        alerts += alert is not None

    assert alerts == 2


def test_an_article_is_about_as_long_as_a_wire_report() -> None:
    sizes = [len(each.model_dump_json()) for each in articles(100)]

    assert min(sizes) > 900
    assert max(sizes) < 1_500


def test_the_application_counts_every_item_of_a_batch() -> None:
    read = [reading(each, offset) for offset, each in enumerate(articles(50))]
    packed = pack([Polled("news-articles", "id", 0, 0, 50, read)], 4)
    headers = headers_of(Envelope("b", "/test", EvidenceBatch.TYPE))
    application, counted = Plumbing(), 0
    for partition, batches in enumerate(packed.batches):
        for batch in batches:
            effects = application.apply(Record("region-inputs", partition, 0, None, batch.value, headers), {})
            counted += count_of(effects.changes)

    assert counted == sum(len(extract_nothing(each)[1]) for each in articles(50))


def test_what_is_polled_twice_counts_once() -> None:
    read = [reading(each, offset) for offset, each in enumerate(articles(30))]
    headers = headers_of(Envelope("b", "/test", EvidenceBatch.TYPE))
    states: dict[bytes, State] = {}
    for start, end in ((0, 20), (10, 30)):
        (batch,) = pack([Polled("news-articles", "id", 0, start, end, read[start:end])], 1).batches[0]
        effects = Plumbing().apply(Record("region-inputs", 0, 0, None, batch.value, headers), states)
        states |= {key: state for key, state in effects.changes.items() if state is not None}

    assert count_of(states) == sum(len(extract_nothing(each)[1]) for each in articles(30))


def count_of(states: Mapping[bytes, State | None]) -> int:
    return sum(state["count"] for key, state in states.items() if state and not key.startswith(b"\0"))


def reading(each: NewsArticle, offset: int) -> Reading:
    record = Record("news-articles", 0, offset, None, b"")
    return Reading(record, Extraction(*extract_nothing(each)), time=each.published_at)

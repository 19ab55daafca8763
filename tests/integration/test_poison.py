"""Poison through the whole system: real workers on a real Kafka, bad records between good ones.

All of it is sent once; each test looks at one consequence.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import MessageSizeTooLargeError

from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import ensure_topics
from allywatch.config import KafkaSettings
from allywatch.demo.supervisor import Supervisor
from allywatch.engine import RegionState
from allywatch.engine.encoding import decode as decode_state
from allywatch.kafkaadmin import topic_ids
from allywatch.records import Record
from allywatch_schemas import EvidenceBatch, Message
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES, REGION_INPUTS
from builders import a_command, an_article, an_event
from integration.drills import last_values, read_all, verify, wait_until_applied, wait_until_taken_up
from integration.poisons import (
    AFTER_ALL,
    FUTURE,
    HOME,
    NOW,
    PATHOLOGICAL,
    HeaderName,
    Poison,
    Poisoner,
    good_article,
    good_batch,
    poisons,
    written,
)

pytestmark = pytest.mark.kafka


@dataclass
class Aftermath:
    """What is there after all of it."""

    kafka: KafkaSettings
    workers: Supervisor
    sent: dict[str, dict[str, Poison]]
    letters: dict[str, list[Record]]
    documents: set[str]

    def letter(self, topic: str, reason: str) -> Record:
        [found] = [r for r in self.letters[topic] if dict(r.headers)["allywatch-reason"] == reason.encode()]
        return found


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("poison")
    with LocalBroker(folder / "kafka") as broker, Supervisor(broker.bootstrap, folder) as workers:
        kafka = KafkaSettings(bootstrap=broker.bootstrap)
        ensure_topics(kafka)
        workers.start("extract", ["extract"], 0)
        workers.start("score", ["score", "--ticks", "external"], 0)
        workers.wait_ready(60)
        sent = send_everything(kafka)
        ids = topic_ids(kafka, [NEWS_ARTICLES.name])
        ends = {p: len(records) for p, records in read_all(kafka, NEWS_ARTICLES.name).items() if records}
        wait_until_taken_up(kafka, ends, ids[NEWS_ARTICLES.name], 30)
        out = Poisoner(kafka)
        out.tick(61)  # an hour later every region is scored anew
        out.close()
        wait_until_applied(kafka, 30)
        yield look(kafka, workers, sent)


def send_everything(kafka: KafkaSettings) -> dict[str, dict[str, Poison]]:
    good = {
        NEWS_ARTICLES.name: an_article(),
        DIPLOMATIC_EVENTS.name: an_event(occurred_at=NOW),
        REGION_INPUTS.name: a_command(),
    }
    sent = {topic: poisons(message) for topic, message in good.items()}
    articles, inputs = NEWS_ARTICLES.name, REGION_INPUTS.name
    oversized = an_article(id="oversized", body="Latvia. " * 40_000, published_at=NOW)
    sent[articles]["oversized"] = written(oversized)
    sent[inputs]["unknown_region"] = written(a_command(region="ZZZ"))
    out = Poisoner(kafka)
    out.tick(0)
    for number, record in enumerate(sent[articles].values()):
        out.send(articles, record)
        out.send(articles, written(good_article(number)))
    for record in sent[DIPLOMATIC_EVENTS.name].values():
        out.send(DIPLOMATIC_EVENTS.name, record)
    out.send(DIPLOMATIC_EVENTS.name, written(good[DIPLOMATIC_EVENTS.name]))
    out.send(articles, written(an_article(id="null-key", published_at=NOW)), key=None)
    future = an_article(id="future", title="Exercise", body=FUTURE, published_at=NOW + timedelta(days=400))
    out.send(articles, written(future))
    pathological = an_article(id="pathological", title="\x1b[2J", body=PATHOLOGICAL, published_at=NOW)
    out.send(articles, written(pathological))
    out.send(articles, written(good_article(AFTER_ALL)))
    for number, record in enumerate(sent[inputs].values()):
        out.send(inputs, record, partition=HOME)
        out.send(inputs, written(good_batch(number)), None, HOME)
    out.close()
    return sent


def look(kafka: KafkaSettings, workers: Supervisor, sent: dict[str, dict[str, Poison]]) -> Aftermath:
    letters = {
        topic: [record for records in read_all(kafka, f"{topic}-dlq").values() for record in records]
        for topic in (*sent, "region-state", "region-risk", "region-alerts")
    }
    batches = [EvidenceBatch.read(r.value) for r in all_of(kafka, REGION_INPUTS.name, EvidenceBatch)]
    documents = {document.doc_id for batch in batches for document in batch.documents}
    return Aftermath(kafka, workers, sent, letters, documents)


def all_of(kafka: KafkaSettings, topic: str, kind: type[Message]) -> Sequence[Any]:
    return [
        record
        for records in read_all(kafka, topic).values()
        for record in records
        if ("ce_type", kind.TYPE.encode()) in record.headers and record.value and b'"ranges"' in record.value
    ]


def total(url: str, line: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(each.rpartition(" ")[2]) for each in lines if each.startswith(line))


ON_EVERY_TOPIC = ["not_json", "wrong_encoding", "unknown_type", "invalid", "null_value"]


@pytest.mark.parametrize("reason", ON_EVERY_TOPIC)
@pytest.mark.parametrize("topic", [NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name, REGION_INPUTS.name])
def test_what_cannot_be_read_is_dead_lettered_as_it_came(
    aftermath: Aftermath, topic: str, reason: str
) -> None:
    letter = aftermath.letter(topic, reason)
    value, headers = aftermath.sent[topic][reason]
    assert (letter.key, letter.value) == (b"exercise", value)
    assert set(headers) <= set(letter.headers)
    why = dict(letter.headers)
    assert why["allywatch-topic"] == topic.encode()
    assert why["allywatch-detail"]
    origin = {record.offset: record for record in read_all(aftermath.kafka, topic)[letter.partition]}
    assert origin[int(why["allywatch-offset"])].value == value


def test_an_oversized_article_is_dead_lettered_as_it_came(aftermath: Aftermath) -> None:
    letter = aftermath.letter(NEWS_ARTICLES.name, "oversized")
    assert letter.value == aftermath.sent[NEWS_ARTICLES.name]["oversized"][0]


@pytest.mark.parametrize("topic", [NEWS_ARTICLES.name, REGION_INPUTS.name])
def test_what_is_above_the_limit_of_its_topic_is_refused_by_the_broker(
    aftermath: Aftermath, topic: str
) -> None:
    out = Poisoner(aftermath.kafka)
    with pytest.raises(MessageSizeTooLargeError):
        out.send(topic, (b"x" * 1_100_000, []))
    out.close()


def test_a_command_for_a_region_that_lives_elsewhere_is_dead_lettered(aftermath: Aftermath) -> None:
    letter = aftermath.letter(REGION_INPUTS.name, "unknown_region")
    assert dict(letter.headers)["allywatch-region"] == b"ZZZ"


def test_an_article_without_a_key_counts(aftermath: Aftermath) -> None:
    assert "null-key" in aftermath.documents


def test_an_article_dated_in_the_future_counts_as_of_now_and_is_flagged(aftermath: Aftermath) -> None:
    assert "future" in aftermath.documents
    states = last_values(read_all(aftermath.kafka, "region-state")[HOME])
    iceland = decode_state(b"ISL", states[b"ISL"])
    assert isinstance(iceland, RegionState)
    assert [copy.clamped for origin in iceland.ledger.origins.values() for copy in origin.copies] == [True]


def test_a_pathological_text_is_read_and_holds_up_nobody(aftermath: Aftermath) -> None:
    extract = aftermath.workers.workers[0].url
    assert total(extract, 'allywatch_extract_records_total{outcome="rejected",topic="news-articles"}') == 6
    assert f"good/{AFTER_ALL}" in aftermath.documents


def test_good_records_beside_poison_get_through(aftermath: Aftermath) -> None:
    kinds = len(aftermath.sent[NEWS_ARTICLES.name])
    assert {f"good/{number}" for number in range(kinds)} <= aftermath.documents
    assert an_event().id in aftermath.documents


def test_nothing_else_is_dead_lettered(aftermath: Aftermath) -> None:
    found = {topic: len(letters) for topic, letters in aftermath.letters.items()}
    assert found == {
        "news-articles": 6, "diplomatic-events": 5, "region-inputs": 6,
        "region-state": 0, "region-risk": 0, "region-alerts": 0,
    }  # fmt: skip


def test_states_scores_and_dead_letters_equal_a_replay_in_process(aftermath: Aftermath) -> None:
    ends = {p: len(records) for p, records in read_all(aftermath.kafka, NEWS_ARTICLES.name).items()}
    ids = topic_ids(aftermath.kafka, [NEWS_ARTICLES.name])
    heard = {p: end for p, end in ends.items() if end}
    verify(aftermath.kafka, heard, ids[NEWS_ARTICLES.name])


def test_rejects_are_counted_by_reason_and_workers_stay_ready(aftermath: Aftermath) -> None:
    extract, score = aftermath.workers.workers
    for reason in ON_EVERY_TOPIC:
        name = f'allywatch_extract_rejects_total{{reason="{reason}",topic="news-articles"}}'
        assert total(extract.url, name) == 1, name
        assert total(score.url, f'allywatch_score_rejects_total{{reason="{reason}"}}') == 1
    assert extract.ready()
    assert score.ready()
    assert total(score.url, "allywatch_score_failures_total") == 0
    assert total(extract.url, "allywatch_extract_restarts_total") == 0


def test_a_header_name_that_is_no_utf8_costs_nothing(clean_kafka: KafkaSettings, tmp_path: Path) -> None:
    out = Poisoner(clean_kafka)
    for topic, good in ((NEWS_ARTICLES.name, good_article(1)), (REGION_INPUTS.name, good_batch(1))):
        value, headers = written(good)
        out.send(topic, (value, [*headers, (HeaderName("x"), b"y")]), partition=HOME)
        out.send(topic, written(good), partition=HOME)
    out.close()
    with Supervisor(clean_kafka.bootstrap, tmp_path) as workers:
        extract = workers.start("extract", ["extract"], 0)
        score = workers.start("score", ["score", "--ticks", "external"], 0)
        workers.wait_ready(60)
        eventually(lambda: total(extract.url, "allywatch_extract_records_total{") == 2)
        eventually(lambda: total(score.url, "allywatch_score_records_total{") >= 3)
        assert total(score.url, "allywatch_score_failures_total") == 0


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)

import time
import uuid

import pytest

from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import TopicsDiffer, ensure_topics, provision
from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError, RetryLater
from allywatch.kafkaadmin import admin_client, topic_ids
from allywatch_schemas import TOPICS

pytestmark = pytest.mark.kafka


@pytest.fixture
def kafka(empty_broker: LocalBroker) -> KafkaSettings:
    return KafkaSettings(bootstrap=empty_broker.bootstrap)


def make_by_hand(kafka: KafkaSettings, name: str, partitions: int, **configs: str) -> None:
    settings = {key.replace("_", "."): value for key, value in configs.items()}
    with admin_client(kafka) as client:
        client.create_topics(
            {name: {"num_partitions": partitions, "configs": settings}}, wait_for_metadata=True
        )


def test_creates_every_topic_as_declared_and_is_then_silent(kafka: KafkaSettings) -> None:
    assert set(ensure_topics(kafka)) == set(TOPICS)
    again = provision(kafka, check_only=True)
    assert (again.created, again.mismatches) == ((), ())
    assert ensure_topics(kafka) == ()


def test_check_only_creates_nothing_and_reports_what_is_missing(kafka: KafkaSettings) -> None:
    outcome = provision(kafka, check_only=True)
    assert {m.topic for m in outcome.mismatches} == set(TOPICS)
    with admin_client(kafka) as client:
        assert not set(client.list_topics()) & set(TOPICS)


def test_reports_every_mismatch_and_fixes_settings_but_never_partitions(kafka: KafkaSettings) -> None:
    make_by_hand(kafka, "region-state", 2, cleanup_policy="delete", retention_ms="60000")
    make_by_hand(kafka, "news-articles", TOPICS["news-articles"].partitions, retention_bytes="1000")
    with pytest.raises(TopicsDiffer) as differ:
        ensure_topics(kafka)
    found = {(m.topic, m.setting) for m in differ.value.mismatches}
    assert {("region-state", "partitions"), ("region-state", "cleanup.policy")} <= found
    assert ("news-articles", "retention.bytes") in found

    outcome = provision(kafka, fix_config=True)
    assert {(m.topic, m.setting) for m in outcome.mismatches} == {("region-state", "partitions")}
    assert {(m.topic, m.setting) for m in outcome.fixed} == found - {("region-state", "partitions")}
    with admin_client(kafka) as client:
        [state] = client.describe_topics(["region-state"])
    assert len(state["partitions"]) == 2


def test_more_replicas_than_brokers_is_refused_with_what_to_check(kafka: KafkaSettings) -> None:
    with pytest.raises(AllywatchError, match=r"refused to create .*replication"):
        provision(kafka, replication_factor=3)


def test_ids_change_when_a_topic_is_made_anew(kafka: KafkaSettings) -> None:
    ensure_topics(kafka)
    first = topic_ids(kafka, ["region-inputs", "region-state"])
    assert all(uuid.UUID(value) for value in first.values())
    with admin_client(kafka) as client:
        client.delete_topics(["region-inputs"])
        while "region-inputs" in client.list_topics():
            time.sleep(0.05)
    ensure_topics(kafka)
    second = topic_ids(kafka, ["region-inputs", "region-state"])
    assert second["region-inputs"] != first["region-inputs"]
    assert second["region-state"] == first["region-state"]


def test_ids_of_a_missing_topic_say_what_to_run(kafka: KafkaSettings) -> None:
    with pytest.raises(AllywatchError, match=r"no such topic: region-inputs\. Run `allywatch topics`"):
        topic_ids(kafka, ["region-inputs"])


def test_no_broker_is_one_line_with_the_way_out() -> None:
    with pytest.raises(
        RetryLater, match=r"no Kafka broker answered at 127\.0\.0\.1:1 within 0\.5 s.*ALLYWATCH_KAFKA"
    ):
        topic_ids(KafkaSettings(bootstrap="127.0.0.1:1"), ["region-inputs"], timeout_seconds=0.5)

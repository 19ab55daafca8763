import dataclasses

import pytest

from allywatch.broker.topics import ExistingTopic, Mismatch, TopicsDiffer, compare
from allywatch_schemas import TOPICS, Topic

DECLARED = TOPICS["region-inputs"]
STATE = TOPICS["region-state"]


def existing(
    topic: Topic, config: dict[str, str] | None = None, partitions: int | None = None
) -> ExistingTopic:
    """The topic as provisioning would have made it, but for what is said."""
    settings = {"retention.bytes": "-1"} | topic.config | (config or {})
    return ExistingTopic(topic.name, topic.partitions if partitions is None else partitions, 1, settings)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_a_topic_as_declared_has_no_mismatch(topic: Topic) -> None:
    assert compare(topic, existing(topic)) == []


@pytest.mark.parametrize(
    ("topic", "setting", "found"),
    [
        (DECLARED, "retention.ms", "60000"),
        (DECLARED, "cleanup.policy", "compact"),
        (DECLARED, "max.message.bytes", "1000"),
        (DECLARED, "retention.bytes", "1000000"),
        (STATE, "segment.ms", "604800000"),
        (STATE, "min.cleanable.dirty.ratio", "0.5"),
        (STATE, "cleanup.policy", "compact,delete"),
    ],
)
def test_each_differing_setting_is_reported(topic: Topic, setting: str, found: str) -> None:
    [mismatch] = compare(topic, existing(topic, {setting: found}))
    assert (mismatch.topic, mismatch.setting, mismatch.found) == (topic.name, setting, found)
    assert mismatch.fixable
    assert "--fix-config" in mismatch.remedy


def test_all_mismatches_are_reported_not_only_the_first() -> None:
    found = existing(STATE, {"cleanup.policy": "delete", "segment.ms": "1"}, partitions=9)
    assert [m.setting for m in compare(STATE, found)] == ["partitions", "cleanup.policy", "segment.ms"]


def test_a_setting_that_kafka_does_not_tell_is_a_mismatch() -> None:
    bare = dataclasses.replace(existing(STATE), config={})
    assert {m.found for m in compare(STATE, bare)} == {"unknown"}


@pytest.mark.parametrize(
    ("declared", "found"), [("0.1", "0.10"), ("compact,delete", "delete,compact"), ("10000", "10000.0")]
)
def test_equal_values_in_another_form_are_equal(declared: str, found: str) -> None:
    topic = dataclasses.replace(DECLARED, extra={"some.setting": declared})
    assert compare(topic, existing(topic, {"some.setting": found})) == []


def test_a_number_of_partitions_is_never_fixable_and_pinned_by_state() -> None:
    [mismatch] = compare(DECLARED, existing(DECLARED, partitions=8))
    assert not mismatch.fixable
    assert "keyed state pins it" in mismatch.remedy
    [source] = compare(TOPICS["news-articles"], existing(TOPICS["news-articles"], partitions=8))
    assert not source.fixable
    assert "state" not in source.remedy


def test_a_missing_topic_is_a_mismatch() -> None:
    [mismatch] = compare(DECLARED, None)
    assert (mismatch.setting, mismatch.found) == ("topic", "missing")
    assert not mismatch.fixable


def test_replicas_are_checked_when_asked_for() -> None:
    assert compare(DECLARED, existing(DECLARED), 1) == []
    [mismatch] = compare(DECLARED, existing(DECLARED), 3)
    assert (mismatch.setting, mismatch.declared, mismatch.found) == ("replication.factor", "3", "1")


def test_the_error_names_the_first_and_counts_the_rest() -> None:
    first = Mismatch("region-inputs", "partitions", "4", "8")
    text = str(TopicsDiffer([first, first, first]))
    assert "region-inputs: partitions is 8, declared 4 (and 2 more)" in text
    assert "allywatch topics --check-only" in text

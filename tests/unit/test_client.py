"""The subscriber client, over a consumer in memory."""

import itertools
import textwrap
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from kafka import TopicPartition

import allywatch.client
from allywatch.client import AlertSubscriber, RiskReader, Unreadable, Wanted
from allywatch.client.selection import Revisions, open_now
from allywatch.errors import AllywatchError
from allywatch.records import Record
from allywatch_schemas import Alert, AlertState, Severity
from allywatch_schemas.base import Message
from allywatch_schemas.codec import encode
from builders import a_risk, an_alert, an_open_alert
from fakes import FakeConsumer

ALERTS, RISK = "region-alerts", "region-risk"


def a_record(message: Message, offset: int, topic: str = ALERTS) -> Record:
    value, headers = encode(message, id=f"{offset}", source="/test")
    return Record(topic, 0, offset, b"key", value, headers)


def transitions(*alerts: Alert) -> list[Record]:
    return [a_record(alert, offset) for offset, alert in enumerate(alerts)]


def revision(number: int, state: str = "firing", key: str = "k", **changes: Any) -> Alert:
    return an_alert(key=key, episode=f"{key}/1", revision=number, state=AlertState(state), **changes)


def taken(subscriber: AlertSubscriber) -> list[tuple[str, int]]:
    return [(alert.key, alert.revision) for alert in _until_none(subscriber)]


def _until_none(subscriber: AlertSubscriber) -> Iterator[Alert]:
    while alert := subscriber.poll():
        yield alert


def a_subscriber(consumer: FakeConsumer, **options: Any) -> AlertSubscriber:
    return AlertSubscriber(consumer=consumer, **{"start": "earliest", **options})


def test_a_transition_that_comes_twice_is_handed_out_once() -> None:
    records = transitions(revision(1), revision(2), revision(1), revision(2), revision(3))
    subscriber = a_subscriber(FakeConsumer(ALERTS, records))
    assert taken(subscriber) == [("k", 1), ("k", 2), ("k", 3)]
    assert subscriber.duplicates == 2


def test_an_alert_is_committed_when_the_next_is_asked_for() -> None:
    consumer = FakeConsumer(ALERTS, transitions(revision(1), revision(2)))
    subscriber = a_subscriber(consumer, group="g")
    assert subscriber.poll() is not None
    assert not consumer.place
    assert subscriber.poll() is not None
    assert list(consumer.place.values()) == [1]
    assert subscriber.poll() is None
    assert list(consumer.place.values()) == [2]


def test_after_a_crash_in_the_callers_work_the_alert_comes_again() -> None:
    consumer = FakeConsumer(ALERTS, transitions(revision(1), revision(2)))
    with pytest.raises(ZeroDivisionError):
        _work_that_fails_on_the_second(a_subscriber(consumer, group="g"))
    assert consumer.closed
    again = FakeConsumer(ALERTS, consumer.records, consumer.place)
    assert taken(a_subscriber(again, group="g")) == [("k", 2)]


def _work_that_fails_on_the_second(subscriber: AlertSubscriber) -> None:
    with subscriber as alerts:
        for alert in alerts:
            1 // (2 - alert.revision)


def test_leaving_the_block_in_peace_counts_the_alert_in_hand_as_done() -> None:
    consumer = FakeConsumer(ALERTS, transitions(revision(1), revision(2)))
    with a_subscriber(consumer, group="g") as alerts:
        assert [alert.revision for alert in itertools.islice(alerts, 1)] == [1]
    assert list(consumer.place.values()) == [1]


def test_what_is_not_wanted_is_passed_over_and_committed() -> None:
    consumer = FakeConsumer(ALERTS, transitions(revision(1, "pending"), revision(2, "resolved")))
    assert taken(a_subscriber(consumer, group="g", states=("firing",))) == []
    assert list(consumer.place.values()) == [2]


@pytest.mark.parametrize(
    ("wanted", "takes"),
    [
        (Wanted.of(None, None, None), True),
        (Wanted.of(("firing", "resolved"), None, None), True),
        (Wanted.of(("resolved",), None, None), False),
        (Wanted.of(None, ("LVA",), None), True),
        (Wanted.of(None, ("BALTIC_STATES",), None), True),
        (Wanted.of(None, ("TWN",), None), False),
        (Wanted.of(None, None, "warning"), True),
        (Wanted.of(None, None, "critical"), False),
    ],
)
def test_wanted_is_by_state_region_or_group_and_severity(wanted: Wanted, takes: bool) -> None:
    alert = an_alert(
        region="LVA", groups=("BALTIC_STATES",), state=AlertState.FIRING, severity=Severity.WARNING
    )
    assert wanted.takes(alert) is takes


def test_a_word_that_is_no_state_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="burning"):
        a_subscriber(FakeConsumer(ALERTS), states=("burning",))


def test_a_late_joiner_hears_what_is_open_and_then_what_comes() -> None:
    past = [
        revision(1, key="a"),
        revision(1, key="b"),
        revision(2, "resolved", key="b"),
        revision(2, key="a"),
    ]
    consumer = FakeConsumer(ALERTS, transitions(*past))
    subscriber = a_subscriber(consumer, start="open")
    assert taken(subscriber) == [("a", 2)]
    consumer.records.append(a_record(revision(3, "resolved", key="a"), 4))
    assert taken(subscriber) == [("a", 3)]


def test_a_late_joiner_that_crashes_hears_again_all_that_was_open() -> None:
    consumer = FakeConsumer(ALERTS, transitions(revision(1, key="a"), revision(1, key="b")))
    first = a_subscriber(consumer, start="open", group="g")
    assert [alert.key for alert in (first.poll(), first.poll()) if alert] == ["a", "b"]
    assert not consumer.place
    again = a_subscriber(FakeConsumer(ALERTS, consumer.records, consumer.place), start="open", group="g")
    assert taken(again) == [("a", 1), ("b", 1)]
    assert list(consumer.place.values()) == [2]


def test_what_was_fetched_and_not_handed_out_goes_to_the_new_owner_of_the_partition() -> None:
    consumer = FakeConsumer(ALERTS, transitions(*(revision(n) for n in (1, 2, 3))))
    subscriber = a_subscriber(consumer, group="g")
    assert subscriber.poll() is not None
    consumer.moved = True
    assert taken(subscriber) == [("k", 2), ("k", 3)]


def test_a_record_that_cannot_be_read_is_reported_and_passed_over() -> None:
    newer = Record(ALERTS, 0, 0, b"k", b"{}", (("ce_type", b"org.allywatch.alert.v2"),))
    told: list[Unreadable] = []
    consumer = FakeConsumer(ALERTS, [newer, a_record(revision(1), 1)])
    subscriber = a_subscriber(consumer, group="g", on_unreadable=told.append)
    assert taken(subscriber) == [("k", 1)]
    assert (subscriber.unreadable, told[0].offset, told[0].value) == (1, 0, b"{}")
    assert "v2" in told[0].reason


def test_without_a_topic_the_error_says_how_to_make_it() -> None:
    with pytest.raises(AllywatchError, match="allywatch topics"):
        a_subscriber(FakeConsumer("another"))


def test_ctrl_c_while_waiting_ends_the_loop() -> None:
    consumer = FakeConsumer(ALERTS)
    subscriber = a_subscriber(consumer)
    with patch.object(consumer, "poll", side_effect=KeyboardInterrupt):
        assert list(subscriber) == []
    assert consumer.closed


def test_revisions_forget_the_oldest_episodes() -> None:
    revisions = Revisions(remember=2)
    assert all(revisions.is_new(revision(1, key=key)) for key in "abc")
    assert not revisions.is_new(revision(1, key="c"))
    assert revisions.is_new(revision(1, key="a"))


def test_open_now_believes_the_alerts_and_fills_from_the_scores() -> None:
    old, gone = (an_open_alert(key=key, episode=f"{key}/1") for key in ("old", "gone"))
    last = {"gone": revision(2, "resolved", key="gone"), "new": revision(1, key="new")}
    assert open_now([a_risk(open_alerts=(old, gone))], last, Wanted()) == {"old": old, "new": last["new"]}


def test_scores_keep_the_last_of_each_region_and_forget_what_was_removed() -> None:
    records = [
        a_record(a_risk(region="POL", score=10), 0, RISK),
        a_record(a_risk(region="POL", score=20), 1, RISK),
        a_record(a_risk(region="TWN"), 2, RISK),
        Record(RISK, 0, 3, b"TWN", None),
        Record(RISK, 0, 4, b"JPN", b"rubbish"),
    ]
    with RiskReader(consumer=FakeConsumer(RISK, records), on_unreadable=lambda bad: None) as reader:
        scores = reader.catch_up()
    assert {region: risk.score for region, risk in scores.items()} == {"POL": 20}
    assert reader.unreadable == 1


def test_the_example_of_the_docstring_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = (allywatch.client.__doc__ or "").split("\n\n", 1)[1].split("\n\nEach", 1)[0]
    consumer = FakeConsumer(ALERTS)
    polls = [{TopicPartition(ALERTS, 0): transitions(revision(1))}, KeyboardInterrupt]
    connected = patch("allywatch.client.subscriber.connect", return_value=consumer)
    with connected, patch.object(consumer, "poll", side_effect=polls):
        exec(compile(textwrap.dedent(text), "docstring", "exec"), {})
    assert "firing" in capsys.readouterr().out

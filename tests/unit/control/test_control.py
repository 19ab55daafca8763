"""What people tell the engine, and what they hear of it."""

from datetime import timedelta

import pytest

from allywatch.control.answers import Listener, Outcome
from allywatch.control.listing import open_alerts, plain, table
from allywatch.control.orders import AlertName, activation, decision, withdrawal
from allywatch.errors import AllywatchError
from allywatch.moments import parse_moment
from allywatch.records import DETAIL, OFFSET, Record
from allywatch.stream.position import POSITION_KEY, Position
from allywatch_schemas import (
    PARTITIONS,
    AlertAction,
    AlertCommand,
    MethodActivated,
    Retraction,
    Sequence,
    Severity,
)
from allywatch_schemas.codec import decode
from allywatch_schemas.partitioning import partition_of
from builders import NOON, a_risk, an_alert, an_open_alert

REGIONS = {"LVA", "POL"}


def test_an_alert_is_named_by_its_key_or_by_its_episode() -> None:
    assert AlertName.parse("risk-high:LVA", REGIONS) == AlertName("risk-high:LVA", "LVA")
    assert AlertName.parse("risk-high:LVA:7", REGIONS) == AlertName("risk-high:LVA", "LVA", "risk-high:LVA:7")


@pytest.mark.parametrize("text", ["risk-high", ":LVA", "risk-high:LVA:x", "risk-high:XXX", "a:LVA:1:2", ""])
def test_what_names_no_alert_is_refused(text: str) -> None:
    with pytest.raises(AllywatchError, match="allywatch alerts"):
        AlertName.parse(text, REGIONS)


def test_a_decision_goes_to_the_partition_of_its_region() -> None:
    order = decision(
        AlertName.parse("risk-high:LVA:7", REGIONS), AlertAction.ACKNOWLEDGE, "ann", NOON, "mine"
    )
    assert order.partitions == (partition_of(b"LVA", PARTITIONS),)
    assert order.key == b"LVA"
    message = decode(order.value, order.headers)
    assert isinstance(message, AlertCommand)
    assert (message.alert_key, message.episode, message.actor) == ("risk-high:LVA", "risk-high:LVA:7", "ann")


def test_a_decision_given_again_later_is_another_one() -> None:
    alert = AlertName.parse("risk-high:LVA", REGIONS)
    ids = {
        getattr(decode(order.value, order.headers), "id", None)
        for at in (NOON, NOON, NOON + timedelta(seconds=1))
        for order in [decision(alert, AlertAction.CANCEL, "ann", at)]
    }
    assert len(ids) == 2


def test_a_withdrawal_and_an_activation_go_to_every_partition() -> None:
    gone, method = withdrawal("doc-1", "wrong", NOON), activation("m1", "a" * 64, NOON)
    assert gone.partitions == method.partitions == tuple(range(PARTITIONS))
    assert gone.key is None
    assert isinstance(decode(gone.value, gone.headers), Retraction)
    assert isinstance(decode(method.value, method.headers), MethodActivated)


def heard(*records: Record) -> Listener:
    listener = Listener(41, "LVA")
    for record in records:
        listener.hear(record)
    return listener


def on(topic: str, value: bytes, *headers: tuple[str, bytes]) -> Record:
    return Record(topic, 3, 0, None, value, headers)


def test_the_transition_that_names_the_decision_is_its_answer() -> None:
    other = an_alert(region="LVA", sequence=Sequence(partition=3, offset=40))
    mine = an_alert(region="LVA", sequence=Sequence(partition=3, offset=41))
    answer = heard(on("region-alerts", other.write()), on("region-alerts", mine.write())).answer
    assert (answer.outcome, answer.alert) == (Outcome.CHANGED, mine)


def test_a_dead_letter_of_the_decision_is_a_refusal_with_the_reason() -> None:
    letter = on("region-inputs-dlq", b"{}", (OFFSET, b"41"), (DETAIL, b"nothing is open"))
    answer = heard(on("region-inputs-dlq", b"", (OFFSET, b"4")), letter).answer
    assert (answer.outcome, answer.detail) == (Outcome.REFUSED, "nothing is open")


def test_a_score_after_the_decision_says_that_the_region_took_it_up() -> None:
    score = a_risk(region="LVA", sequence=Sequence(partition=3, offset=44)).write()
    mine = an_alert(region="LVA", sequence=Sequence(partition=3, offset=41)).write()
    assert heard(on("region-risk", score)).answer.outcome is Outcome.APPLIED
    assert heard(on("region-risk", score), on("region-alerts", mine)).answer.outcome is Outcome.CHANGED
    assert heard(on("region-alerts", mine), on("region-risk", score)).answer.outcome is Outcome.CHANGED


def test_a_position_beyond_the_decision_alone_says_that_nothing_came_of_it() -> None:
    def at(offset: int) -> Record:
        return Record("region-state", 3, 0, POSITION_KEY, Position("id", offset).encode())

    assert heard(at(41)).answer.outcome is Outcome.UNHEARD
    assert heard(at(42)).answer.outcome is Outcome.IGNORED
    assert heard(Record("region-state", 3, 0, POSITION_KEY, b"rubbish")).answer.outcome is Outcome.UNHEARD


def test_what_is_about_something_else_is_no_answer() -> None:
    early = a_risk(region="LVA", sequence=Sequence(partition=3, offset=40)).write()
    elsewhere = a_risk(region="POL", sequence=Sequence(partition=3, offset=50)).write()
    answer = heard(
        on("region-risk", early), on("region-risk", elsewhere), on("region-alerts", b"rubbish")
    ).answer
    assert answer.outcome is Outcome.UNHEARD


def test_the_most_severe_and_then_the_oldest_open_alert_comes_first() -> None:
    mild = an_open_alert(key="a:LVA", severity=Severity.INFO)
    young = an_open_alert(key="b:LVA", severity=Severity.CRITICAL, since=NOON)
    old = an_open_alert(key="c:POL", severity=Severity.CRITICAL, since=NOON - timedelta(days=1))
    scores = [
        a_risk(region="LVA", groups=("BALTIC_STATES",), open_alerts=(mild, young)),
        a_risk(region="POL", groups=(), open_alerts=(old,)),
    ]
    assert [alert.key for _, alert in open_alerts(scores)] == ["c:POL", "b:LVA", "a:LVA"]
    assert [alert.key for _, alert in open_alerts(scores, {"BALTIC_STATES"})] == ["b:LVA", "a:LVA"]
    assert table(open_alerts(scores)).row_count == 3
    assert '"region": "POL"' in plain(open_alerts(scores)[0])


@pytest.mark.parametrize(
    ("text", "hours"), [("2h", -2), ("1d", -24), ("2026-03-02T10:00", -2), ("2026-03-02T13:00+01:00", 0)]
)
def test_a_moment_is_a_time_or_a_span_from_now(text: str, hours: int) -> None:
    assert parse_moment(text, NOON) == NOON + timedelta(hours=hours)


def test_a_span_may_lead_ahead() -> None:
    assert parse_moment("8h", NOON, ahead=True) == NOON + timedelta(hours=8)


@pytest.mark.parametrize("text", ["soon", "", "999999999d", "2026-13-01"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(AllywatchError, match="is no time"):
        parse_moment(text, NOON)

"""What the demonstration prints at its end: legible in 100 columns, honest about what is missing."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console, Group, RenderableType

from allywatch.demo.closing import WIDTH, checklist, next_steps
from allywatch.demo.lines import Narrator, alert_line, news_line
from allywatch.demo.shown import Moment, Shown
from allywatch_schemas import AlertState, TransitionReason
from builders import an_alert

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEPT = Shown("Promise", 3, "risk-high:TWN:1", (Moment(AT, "held back", 52.4, "“word” " * 40),))


def printed(drawn: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=WIDTH).print(drawn)
    return out.getvalue()


def test_no_word_of_a_reason_is_cut_off() -> None:
    assert printed(checklist([KEPT])).count("word") == 40


def test_how_often_a_promise_was_kept_is_told() -> None:
    assert "✓ Promise  3 times, such as risk-high:TWN:1" in printed(checklist([KEPT]))


def test_what_did_not_happen_is_said() -> None:
    assert "✗ Promise  did not happen" in printed(checklist([Shown("Promise")]))


def test_an_episode_that_was_shown_is_the_one_to_explain() -> None:
    text = printed(next_steps([Shown("Missing"), KEPT], "127.0.0.1:9092", stays=True))
    assert "allywatch explain risk-high:TWN:1" in text
    assert "ALLYWATCH_KAFKA_BOOTSTRAP=127.0.0.1:9092" in text


def test_a_broker_that_is_gone_is_not_offered() -> None:
    assert "127.0.0.1" not in printed(next_steps([KEPT], "127.0.0.1:9092", stays=False))


def test_what_changes_nothing_for_people_has_no_line() -> None:
    quiet = an_alert(state=AlertState.PENDING, previous_state=None, notify=False)
    assert not Narrator().worth_a_line(quiet)
    assert Narrator().worth_a_line(quiet.model_copy(update={"reason": TransitionReason.EVIDENCE_REVISED}))
    assert Narrator().worth_a_line(quiet.model_copy(update={"notify": True}))


def test_a_region_has_one_line_of_a_kind_at_a_time() -> None:
    narrator = Narrator()
    first, second = an_alert(key="a:LVA"), an_alert(key="b:LVA")
    assert narrator.worth_a_line(first)
    assert not narrator.worth_a_line(second)


def test_a_region_is_over_when_its_last_alert_that_was_told_is() -> None:
    narrator = Narrator()
    for at, key in enumerate(("a:LVA", "b:LVA")):
        assert narrator.worth_a_line(an_alert(key=key, changed_at=AT + timedelta(hours=at)))
    over = {"state": AlertState.RESOLVED, "previous_state": AlertState.RECOVERING}
    never, first, last = (
        an_alert(key=key, changed_at=AT + timedelta(hours=5), **over) for key in ("c:LVA", "a:LVA", "b:LVA")
    )
    assert [narrator.worth_a_line(each) for each in (never, first, last)] == [False, False, True]


def test_a_line_never_wraps_and_holds_no_control_characters() -> None:
    for line in (news_line(AT, "x\x1b[2J" * 99), alert_line(an_alert(region_name="y\x07" * 50))):
        text = printed(Group(line))
        assert text.count("\n") == 1
        assert "\x1b[2J" not in text
        assert "\x07" not in text

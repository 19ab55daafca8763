"""The recorded story: dated to end now, nothing in the future, everything of it marked as exercise."""

import gzip
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.demo.player import parse_events
from allywatch.demo.scenario import (
    BACKFILL_DAYS,
    HOUR,
    REPORTED,
    Scenario,
    Step,
    history,
    parse_scenario,
    story_messages,
    timeline,
)
from allywatch.errors import ConfigError
from allywatch_schemas import AlertCommand, Coverage, CoverageState, DiplomaticEvent, NewsArticle, Retraction

DATA = files("allywatch.demo")
END = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parse_scenario((DATA / "scenario.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def events() -> list[DiplomaticEvent]:
    packed = (DATA / "gdelt_20191024.export.CSV.gz").read_bytes()
    return parse_events(gzip.decompress(packed).splitlines())


def test_the_story_lasts_its_days_and_ends_at_the_given_time(
    scenario: Scenario, events: list[DiplomaticEvent]
) -> None:
    steps = timeline(scenario, events, END)
    assert steps[-1].time == END
    assert steps[0].time == END - timedelta(days=scenario.days) + HOUR
    assert {later.time - earlier.time for earlier, later in pairwise(steps)} == {HOUR}


@given(minutes=st.integers(0, 100_000))
def test_no_message_is_dated_after_the_tick_before_it(minutes: int) -> None:
    story = _STORY
    for step in timeline(story, (), END + timedelta(minutes=minutes)):
        assert all(_dated(message) <= step.time for message in step.messages)


def test_every_message_of_the_story_is_played_once(scenario: Scenario) -> None:
    played = [message for step in timeline(scenario, (), END) for message in step.messages]
    assert played == [message for _, message in story_messages(scenario, END - timedelta(days=scenario.days))]


def test_everything_invented_is_marked_as_exercise(scenario: Scenario, events: list[DiplomaticEvent]) -> None:
    start = END - timedelta(days=scenario.days)
    for _, message in story_messages(scenario, start):
        match message:
            case NewsArticle():
                assert message.exercise
            case AlertCommand():
                assert "exercise" in message.actor
            case Coverage():
                assert "exercise" in message.feed
            case _:
                assert isinstance(message, Retraction)
    for event in history(events, start):
        assert isinstance(event, DiplomaticEvent)
        assert event.exercise
        assert event.backfill


def test_history_covers_the_days_before_the_story(scenario: Scenario, events: list[DiplomaticEvent]) -> None:
    start = END - timedelta(days=scenario.days)
    days = {(_dated(message) - start) // timedelta(days=1) for message in history(events, start)}
    assert days == set(range(-BACKFILL_DAYS, 0))
    assert min(_dated(message) for message in history(events, start)) == start - timedelta(days=BACKFILL_DAYS)


def test_the_story_holds_what_it_promises(scenario: Scenario) -> None:
    assert any(len(story.copies) >= 5 for story in scenario.articles), "wire copies"
    assert any("denied" in story.body for story in scenario.articles), "a denial"
    assert scenario.retractions, "a retraction"
    assert scenario.corrections, "a correction"
    assert scenario.decisions, "a decision of a person"
    assert scenario.silences, "a silent feed"
    assert len({story.language for story in scenario.articles}) >= 5, "languages"


def test_a_wrong_scenario_names_file_line_and_fix() -> None:
    text = (DATA / "scenario.yaml").read_text("utf-8").replace("days: 21", "days: many")
    with pytest.raises(ConfigError, match=r"scenario\.yaml:5: days: .* Fix: "):
        parse_scenario(text)


_STORY = parse_scenario((DATA / "scenario.yaml").read_text("utf-8"))


def _dated(message: object) -> datetime:
    if isinstance(message, NewsArticle):
        return message.published_at
    if isinstance(message, DiplomaticEvent):
        return message.occurred_at
    if isinstance(message, Coverage):
        return message.window_end
    assert isinstance(message, Retraction | AlertCommand)
    return message.issued_at


def test_steps_carry_the_headlines_of_their_articles() -> None:
    steps: list[Step] = timeline(_STORY, (), END)
    headlines = [line for step in steps for line in step.headlines]
    assert "Capital Brief: United States resumes military aid to Ukraine" in headlines
    assert any(line.startswith("Taken back: ") for line in headlines)


def test_a_copy_and_a_silence_that_goes_on_are_no_headlines() -> None:
    headlines = [line for step in timeline(_STORY, (), END) for line in step.headlines]
    assert len(headlines) == len(set(headlines))
    assert sum(line.startswith("Silent: ") for line in headlines) == 1
    assert sum(line.startswith("Heard again: ") for line in headlines) == 1


def test_a_silence_is_reported_until_its_feed_is_heard_again() -> None:
    said = [m for _, m in story_messages(_STORY, END) if isinstance(m, Coverage)]
    assert [each.state for each in said[:-1]] == [CoverageState.SILENT] * (len(said) - 1)
    assert said[-1].state is CoverageState.OK
    assert len({each.id for each in said}) == len(said)
    assert all(later.window_end - earlier.window_end <= REPORTED for earlier, later in pairwise(said))


def test_decisions_carry_who_and_about_what() -> None:
    decided = [m for _, m in story_messages(_STORY, END) if isinstance(m, AlertCommand)]
    assert [(m.alert_key, m.action.value, m.reason) for m in decided] == [
        (each.alert, each.action.value, each.reason) for each in _STORY.decisions
    ]
    assert all(m.alert_key.endswith(f":{m.region}") for m in decided)

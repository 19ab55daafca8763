"""The recorded scenario as a timeline: what to publish at which hour. Pure: data and an end in, steps out.

The articles are invented (`scenario.yaml`, marked as exercise). The coded events are real ones of 24 October
2019 from the GDELT Project, re-dated: a sample of them is published for every day of the story, and, marked
as backfill, for the 60 days before it, so that every region has a history to be held against.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from allywatch.configfile import parse
from allywatch_schemas import (
    AlertAction,
    AlertCommand,
    Coverage,
    CoverageState,
    DiplomaticEvent,
    Message,
    NewsArticle,
    Retraction,
    Source,
)

BACKFILL_DAYS = 60
EVENTS_PER_DAY = 40
HOUR = timedelta(hours=1)
REPORTED = 6 * HOUR
"""How often somebody says how a feed is heard while it is silent."""

Moment = Annotated[str, StringConstraints(pattern=r"^\d{1,2} [0-2]\d:[0-5]\d$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Story(_Entry):
    """One invented article; `copies` are other outlets that print the same text."""

    id: str
    at: Moment
    outlet: str
    title: str
    body: str
    language: str = "en"
    copies: tuple[tuple[str, Moment], ...] = ()


class Withdrawal(_Entry):
    """An article that is taken back."""

    article: str
    at: Moment
    reason: str


class Correction(_Entry):
    """A newer version of an article."""

    article: str
    at: Moment
    title: str
    body: str


class Decision(_Entry):
    """What a person decides about an alert (`rule:REGION`)."""

    alert: Annotated[str, StringConstraints(pattern=r"^[a-z-]+:[A-Z_]+$")]
    action: AlertAction
    by: str
    at: Moment
    reason: str = ""


class Silence(_Entry):
    """A feed about some regions falls silent, and is heard again. `hourly`: what it usually brings."""

    feed: str
    regions: tuple[str, ...] = Field(min_length=1)
    since: Moment
    until: Moment
    hourly: int = Field(ge=1)


class Scenario(_Entry):
    """The file."""

    version: int
    days: int = Field(ge=1, le=60)
    outlets: dict[str, str]
    articles: tuple[Story, ...]
    retractions: tuple[Withdrawal, ...] = ()
    corrections: tuple[Correction, ...] = ()
    decisions: tuple[Decision, ...] = ()
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One hour of the story: time passes to `time`, then these messages are published."""

    time: datetime
    messages: tuple[Message, ...] = ()
    headlines: tuple[str, ...] = field(default=())


def parse_scenario(text: str, file: str = "scenario.yaml") -> Scenario:
    """Read the scenario; errors name file, line and fix.

    Raises:
        ConfigError: Or an ExceptionGroup of them.
    """
    return parse(text, Scenario, file)[0]


def _when(moment: str, start: datetime) -> datetime:
    day, _, clock = moment.partition(" ")
    hours, minutes = clock.split(":")
    return start + timedelta(days=int(day) - 1, hours=int(hours), minutes=int(minutes))


def _article(scenario: Scenario, story: Story, outlet: str, at: datetime, suffix: str = "") -> NewsArticle:
    return NewsArticle(
        id=f"exercise:{story.id}{suffix}",
        title=story.title,
        body=story.body,
        language=story.language,
        published_at=at,
        source=Source(id=f"{outlet}.exercise", name=scenario.outlets[outlet]),
        feed="exercise",
        exercise=True,
    )


def story_messages(scenario: Scenario, start: datetime) -> list[tuple[datetime, Message]]:
    """Every article, copy, correction, retraction, decision and word on a feed with its time, in order.

    Args:
        scenario: The parsed file.
        start: Midnight (or any instant) at which day 1 begins, UTC.
    """
    stories = {story.id: story for story in scenario.articles}
    out: list[tuple[datetime, Message]] = []
    for story in scenario.articles:
        at = _when(story.at, start)
        out.append((at, _article(scenario, story, story.outlet, at)))
        for outlet, moment in story.copies:
            copied = _when(moment, start)
            out.append((copied, _article(scenario, story, outlet, copied, f":{outlet}")))
    for fix in scenario.corrections:
        at, story = _when(fix.at, start), stories[fix.article]
        old = _article(scenario, story, story.outlet, at)
        out.append((at, old.model_copy(update={"version": 2, "title": fix.title, "body": fix.body})))
    for gone in scenario.retractions:
        at, doc = _when(gone.at, start), f"exercise:{gone.article}"
        out.append((at, Retraction(id=f"retract:{doc}", doc_id=doc, reason=gone.reason, issued_at=at)))
    out.extend(_decided(decision, _when(decision.at, start)) for decision in scenario.decisions)
    for silence in scenario.silences:
        out.extend(_silent(silence, start))
    return sorted(out, key=lambda pair: pair[0])


def corrected_at(scenario: Scenario, end: datetime) -> tuple[datetime, ...]:
    """When articles are corrected, in a story that ends at `end`."""
    start = end - timedelta(days=scenario.days)
    return tuple(_when(fix.at, start) for fix in scenario.corrections)


def _decided(decision: Decision, at: datetime) -> tuple[datetime, Message]:
    return at, AlertCommand(
        id=f"exercise:{decision.action}:{decision.alert}:{decision.at}",
        region=decision.alert.partition(":")[2],
        alert_key=decision.alert,
        action=decision.action,
        actor=decision.by,
        reason=decision.reason,
        issued_at=at,
    )


def _silent(silence: Silence, start: datetime) -> Iterator[tuple[datetime, Message]]:
    """A report every few hours as long as nothing is heard, and one when all is heard again."""
    at, until = _when(silence.since, start) + REPORTED, _when(silence.until, start)
    usual, part = silence.hourly * (REPORTED // HOUR), "begins"
    while at < until:
        yield at, _heard(silence, at, part, CoverageState.SILENT, 0, usual)
        at, part = at + REPORTED, f"{at:%d %H:%M}"
    yield until, _heard(silence, until, "ends", CoverageState.OK, usual, usual)


def _heard(
    silence: Silence, at: datetime, part: str, state: CoverageState, heard: int, usual: int
) -> Coverage:
    return Coverage(
        id=f"exercise:coverage:{silence.feed}:{part}",
        feed=silence.feed,
        regions=silence.regions,
        state=state,
        observed=heard,
        expected=usual,
        window_start=at - REPORTED,
        window_end=at,
    )


def background(
    events: Sequence[DiplomaticEvent], day: int, start: datetime, *, backfill: bool
) -> Iterator[tuple[datetime, Message]]:
    """A day's sample of the real events, spread over its hours. Day 0 begins at `start`."""
    if not events:
        return
    for k in range(EVENTS_PER_DAY):
        event = events[(day * 61 + k * 17) % len(events)]
        at = start + timedelta(days=day, minutes=k * (24 * 60 // EVENTS_PER_DAY))
        changes = {
            "id": f"exercise:{day}:{k}:{event.id}",
            "occurred_at": at,
            "reported_at": at,
            "backfill": backfill,
            "exercise": True,
        }
        yield at, event.model_copy(update=changes)


def history(events: Sequence[DiplomaticEvent], start: datetime) -> list[Message]:
    """The backfill: what the regions are held against."""
    return [
        message
        for day in range(-BACKFILL_DAYS, 0)
        for _, message in background(events, day, start, backfill=True)
    ]


def timeline(scenario: Scenario, events: Sequence[DiplomaticEvent], end: datetime) -> list[Step]:
    """The story by the hour, ending at `end`.

    Laws: times rise by one hour; every message stands in the step of its hour, after the tick that ends it,
    so that nothing is dated in the future of the engine's clock.
    """
    start = end - timedelta(days=scenario.days)
    timed = story_messages(scenario, start)
    for day in range(scenario.days):
        timed.extend(background(events, day, start, backfill=False))
    timed.sort(key=lambda pair: pair[0])
    steps, position = [], 0
    for hour in range(scenario.days * 24):
        time = start + (hour + 1) * HOUR
        first = position
        while position < len(timed) and timed[position][0] <= time:
            position += 1
        messages = tuple(message for _, message in timed[first:position])
        steps.append(Step(time, messages, tuple(filter(None, map(_headline, messages)))))
    return steps


def _headline(message: Message) -> str:
    """What to say of it; nothing of the background, of copies, or of a silence that goes on."""
    match message:
        case NewsArticle(id=id) if id.count(":") > 1:
            return ""
        case NewsArticle(version=1):
            return f"{message.source.name.removesuffix(' (exercise)')}: {message.title}"
        case NewsArticle():
            return f"Corrected: {message.title}"
        case Retraction():
            return f"Taken back: {message.reason}"
        case AlertCommand():
            return f"{message.actor}: {message.action} {message.alert_key}"
        case Coverage(state=CoverageState.OK):
            return f"Heard again: {message.feed}"
        case Coverage(id=id) if id.endswith(":begins"):
            return f"Silent: {message.feed}"
        case _:
            return ""

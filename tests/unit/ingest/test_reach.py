"""A feed that cannot be reached for hours is told to every partition, and again when it is back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from allywatch.ingest.feeds import Feed
from allywatch.ingest.fetch import Answer, Fetcher, FetchFailed
from allywatch.ingest.gdelt_live import LiveExports
from allywatch.ingest.intake import Intake, Terms
from allywatch.ingest.items import BadFile, Kind, Portion
from allywatch.ingest.journal import FeedMemory, Journal
from allywatch.ingest.polling import FeedPolling
from allywatch.ingest.reach import SAID_AGAIN, UNREACHABLE_AFTER, Reach, word_on
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import FetchOutcome, IngestMetrics
from allywatch_schemas import PARTITIONS, Coverage, CoverageState
from builders import NOON

from .sinks import ListSink

FEED = "baltic-herald"


class Polls:
    """Polls of one feed at given minutes, and what the scores are told."""

    def __init__(self) -> None:
        self.sink, self.journal, self.now = ListSink(), Journal(None), NOON
        self.shown: list[float] = []
        self.registry = CollectorRegistry()
        metrics = IngestMetrics.on(self.registry)
        self.intake = Intake(self.sink, self.journal, metrics, Stopping(), Terms())
        self.reach = Reach(
            self.journal, Kind.RSS, lambda: self.now, lambda feed, seconds: self.shown.append(seconds)
        )

    def poll(self, minutes: float, *, answered: bool) -> list[Coverage]:
        self.now = NOON + timedelta(minutes=minutes)
        before = len(self.sink.records)
        asyncio.run(self.reach.note(FEED, self.intake.take, answered=answered))
        return [Coverage.read(record.value or b"") for record in self.sink.records[before:]]


def test_a_feed_that_fails_for_hours_is_told_once_to_every_partition() -> None:
    polls = Polls()
    assert [polls.poll(minutes, answered=False) for minutes in (0, 60, 119)] == [[], [], []]
    told = polls.poll(120, answered=False)
    assert len(told) == PARTITIONS
    assert {record.partition for record in polls.sink.records} == set(range(PARTITIONS))
    assert len({each.id for each in told}) == 1
    assert (told[0].feed, told[0].state, told[0].expected) == (FEED, CoverageState.SILENT, 0)
    assert told[0].window_start == NOON
    assert polls.poll(135, answered=False) == []
    assert polls.shown == [0, 3600, 119 * 60, 7200, 135 * 60]


def test_it_is_told_again_before_the_word_is_forgotten() -> None:
    polls = Polls()
    hours = [hour for hour in range(48) if polls.poll(60 * hour, answered=False)]
    assert hours == [2, 14, 26, 38]
    assert timedelta(hours=24) > SAID_AGAIN


def test_when_it_is_back_that_is_told_too() -> None:
    polls = Polls()
    for minutes in (0, 130):
        polls.poll(minutes, answered=False)
    back = polls.poll(140, answered=True)
    assert {each.state for each in back} == {CoverageState.OK}
    assert polls.poll(155, answered=True) == []
    assert polls.shown[-1] == 0


def test_a_short_failure_is_never_mentioned() -> None:
    polls = Polls()
    said = [polls.poll(m, answered=a) for m, a in ((0, False), (100, True), (110, False), (200, False))]
    assert said == [[], [], [], []]


def test_what_kafka_did_not_take_is_told_at_the_next_poll() -> None:
    polls = Polls()
    polls.poll(0, answered=False)
    polls.sink.failing = True
    with pytest.raises(Exception, match="no broker"):
        polls.poll(130, answered=False)
    polls.sink.failing = False
    assert len(polls.poll(131, answered=False)) == PARTITIONS


def test_a_word_on_a_feed_is_no_news() -> None:
    polls = Polls()
    polls.poll(0, answered=False)
    polls.poll(130, answered=False)
    assert polls.intake.tally.newest is None
    assert polls.intake.tally.rows == polls.intake.tally.accounted == polls.intake.tally.coverages == 1


def test_a_clock_that_went_back_says_nothing() -> None:
    memory = FeedMemory(down_since=NOON + timedelta(hours=1))
    assert word_on(FEED, memory, NOON, answered=False) is None
    assert word_on(FEED, FeedMemory(down_since=NOON), NOON + UNREACHABLE_AFTER, answered=False)


class DeadNetwork(Fetcher):
    """Every request fails."""

    def __init__(self) -> None:
        super().__init__(lambda outcome: None)

    async def get(self, url: str, **asked: Any) -> Answer:
        raise FetchFailed(url, FetchOutcome.CONNECTION_FAILED, "no network in this exercise")


def test_polling_reports_the_feeds_that_fail() -> None:
    polls = Polls()
    feed = Feed(id=FEED, url="https://herald.example/rss", source="Herald")

    async def poll() -> None:
        polling = FeedPolling(
            [feed], DeadNetwork(), polls.journal, Stopping(), once=True, clock=lambda: polls.now
        )
        with pytest.raises(BadFile):
            await polling.deliver(polls.intake.take)

    for hours in (0, 3):
        polls.now = NOON + timedelta(hours=hours)
        asyncio.run(poll())
    assert len(polls.sink.records) == PARTITIONS


def test_live_exports_report_that_the_list_cannot_be_read() -> None:
    polls = Polls()
    polls.journal.feed("gdelt").down_since = NOON - timedelta(hours=3)
    stopping = Stopping()

    async def take(portion: Portion) -> None:
        await polls.intake.take(portion)
        stopping.request()

    async def follow() -> None:
        live = LiveExports(DeadNetwork(), polls.journal, stopping, clock=lambda: polls.now)
        await live.deliver(take)

    asyncio.run(follow())
    told = [Coverage.read(record.value or b"") for record in polls.sink.records]
    assert {(each.feed, each.state) for each in told} == {("gdelt", CoverageState.SILENT)}

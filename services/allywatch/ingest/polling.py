"""Feeds as a source: each polled in its own time, its memory kept in the journal."""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import structlog

from allywatch.errors import Reject
from allywatch.ingest import rss
from allywatch.ingest.feeds import Feed
from allywatch.ingest.fetch import Answer, Fetcher, FetchFailed
from allywatch.ingest.items import BadFile, Item, Kind, Portion, Report, Skip, SkipReason, Take, unheard
from allywatch.ingest.journal import FeedMemory, Journal, Remembered
from allywatch.ingest.reach import Reach
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import FetchOutcome
from allywatch_schemas import NewsArticle, Source
from allywatch_schemas.topics import NEWS_ARTICLES

log = structlog.get_logger("allywatch.ingest")

REMEMBERED_ENTRIES = 2_000
"""Of one feed; the ones seen longest ago are forgotten, and would be sent again as they were."""


class FeedPolling:
    """Polls feeds until asked to stop, or once."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        fetcher: Fetcher,
        journal: Journal,
        stopping: Stopping,
        *,
        once: bool = False,
        count: Callable[[FetchOutcome], None] = lambda outcome: None,
        report: Report = unheard,
        unreachable: Callable[[str, float], None] = lambda feed, seconds: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._feeds = feeds
        self._fetcher = fetcher
        self._journal = journal
        self._stopping = stopping
        self._once = once
        self._count = count
        self._report = report
        self._down: set[str] = set()
        self._clock = clock
        self._reach = Reach(journal, Kind.RSS, clock, unreachable)

    async def deliver(self, take: Take) -> None:
        """Hand over what is new in each feed. A feed that fails is logged and tried at its next turn.

        Raises:
            BadFile: With `once`, every feed failed.
        """
        tasks = [asyncio.create_task(self._follow(feed, take)) for feed in self._feeds]
        try:
            answered = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._once and not any(answered) and not self._stopping.requested:
            raise BadFile("no feed answered. Check the network, and the addresses in the list of feeds.")

    async def _follow(self, feed: Feed, take: Take) -> bool:
        answered = False
        while not self._stopping.requested:
            wait, down = feed.every_minutes * 60, False
            try:
                await self._poll(feed, take)
                answered = True
            except (FetchFailed, BadFile) as exc:
                down = True
                log.warning("feed failed", feed=feed.id, reason=str(exc))
                wait = max(wait, getattr(exc, "retry_after", None) or 0.0)
            if not self._stopping.requested:
                self._note(feed, down=down)
                await self._reach.note(feed.id, take, answered=not down)
            if self._once:
                break
            await self._stopping.sleep(wait * random.uniform(0.95, 1.05))
        return answered

    def _note(self, feed: Feed, *, down: bool) -> None:
        """Some feeds may be down; when all are, we hear nothing and are not ready."""
        if down:
            self._down.add(feed.id)
        else:
            self._down.discard(feed.id)
        self._report(
            len(self._down) < len(self._feeds), f"{len(self._down)} of {len(self._feeds)} feeds down"
        )

    async def _poll(self, feed: Feed, take: Take) -> None:
        memory = self._journal.feed(feed.id)
        answer = await self._stopping.race(
            self._fetcher.get(feed.url, etag=memory.etag, last_modified=memory.last_modified)
        )
        if answer is None or answer.body is None:
            return
        try:
            channel = await asyncio.to_thread(rss.parse, answer.body, feed.url, answer.content_type)
        except BadFile:
            self._count(FetchOutcome.BAD_CONTENT)
            raise
        await take(feed_portion(feed, channel, memory, answer, self._clock()))


def feed_portion(
    feed: Feed, channel: rss.Channel, memory: FeedMemory, answer: Answer, now: datetime
) -> Portion:
    """The entries of an answer; committing them updates the memory.

    The answer's ETag is remembered only when all of it was taken in, so that the rest is asked for again.
    """
    source = Source(id=feed.host.removeprefix("www."), name=feed.source)
    publisher = rss.Publisher(feed.id, source, feed.language)
    fresh: list[tuple[int, str, Remembered]] = []

    def commit(number: int, whole: bool) -> None:
        while fresh and fresh[0][0] <= number:
            _, article_id, remembered = fresh.pop(0)
            memory.entries.pop(article_id, None)
            memory.entries[article_id] = remembered  # last in the order: seen last
        for forgotten in list(memory.entries)[:-REMEMBERED_ENTRIES]:
            del memory.entries[forgotten]
        if whole:
            memory.etag, memory.last_modified = answer.etag, answer.last_modified

    def read(number: int, entry: rss.Entry) -> NewsArticle | Skip:
        try:
            article_id = rss.id_of(entry, publisher)
            found, remembered = rss.read(entry, channel, publisher, memory.entries.get(article_id), now)
        except Reject:
            # One dead letter is enough for an entry that stays in the feed for days.
            rejected = f"rejected:{sha256(entry.raw).hexdigest()}"
            fresh.append((number, rejected, Remembered(0, "", now)))
            if rejected in memory.entries:
                return Skip(SkipReason.UNCHANGED)
            raise
        fresh.append((number, article_id, remembered))
        return found

    def items() -> Iterator[Item]:
        for number, entry in enumerate(channel.entries, start=1):
            yield Item(number, entry.raw, partial(read, number, entry))

    return Portion(
        name=feed.id,
        kind=Kind.RSS,
        topic=NEWS_ARTICLES.name,
        items=items(),
        commit=commit,
        size=len(answer.body or b""),
    )

"""Whether a feed can be reached: scores are told when it could not be for too long, and when it is back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from allywatch.ingest.items import Item, Kind, Portion, Take
from allywatch.ingest.journal import FeedMemory, Journal
from allywatch_schemas import Coverage, CoverageState
from allywatch_schemas.topics import REGION_INPUTS

log = structlog.get_logger("allywatch.ingest")

UNREACHABLE_AFTER = timedelta(hours=2)
"""A feed that fails for so long is reported. Servers are restarted; two hours without news are a gap."""
SAID_AGAIN = timedelta(hours=12)
"""While it fails; the scores forget word on a feed after a day."""


class Reach:
    """What is known of the feeds of one kind; the journal remembers it over restarts.

    Args:
        journal: Where.
        kind: Of the feeds.
        clock: The time.
        show: Told for how many seconds a feed could not be reached; 0: it answered.
    """

    def __init__(
        self,
        journal: Journal,
        kind: Kind,
        clock: Callable[[], datetime],
        show: Callable[[str, float], None] = lambda feed, seconds: None,
    ) -> None:
        self._journal, self._kind, self._clock, self._show = journal, kind, clock, show

    async def note(self, feed: str, take: Take, *, answered: bool) -> None:
        """Note how a poll went, and tell the scores if it is time to.

        Raises:
            RetryLater: Kafka is away; the next poll tells them.
        """
        memory, now = self._journal.feed(feed), self._clock()
        if not answered:
            memory.down_since = memory.down_since or now
        elif memory.reported is None:
            memory.down_since = None
        since = memory.down_since
        self._show(feed, (now - since).total_seconds() if since and not answered else 0.0)
        word = word_on(feed, memory, now, answered=answered)
        if word is None:
            return
        log.warning("feed is back" if answered else "feed is out of reach", feed=feed, since=str(since))

        def commit(number: int, whole: bool) -> None:
            memory.reported = None if answered else now
            memory.down_since = None if answered else since

        items = [Item(1, b"", lambda: word)]
        await take(Portion(f"{feed}:reach", self._kind, REGION_INPUTS.name, items, commit))


def word_on(feed: str, memory: FeedMemory, now: datetime, *, answered: bool) -> Coverage | None:
    """What to say about a feed, if anything.

    How many records are missing is not known here (`expected` is 0): the scores know what it usually brings.
    """
    since, reported = memory.down_since, memory.reported
    if since is None or since >= now:
        return None
    if answered and reported is None:
        return None
    if not answered and (now - since < UNREACHABLE_AFTER or (reported and now - reported < SAID_AGAIN)):
        return None
    state = CoverageState.OK if answered else CoverageState.SILENT
    return Coverage(
        id=f"coverage:{feed}:{state.value}:{now.isoformat()}",
        feed=feed,
        state=state,
        observed=0,
        expected=0,
        window_start=since,
        window_end=now,
    )

"""What the feeds bring, hour by hour, and what that says about how well regions are heard.

Every region hears every feed, unless word on a feed names regions; each counts as much as it usually brings.
"""

from collections.abc import Mapping
from dataclasses import replace

from allywatch.engine.state import FeedVolumes, Heard, PartitionState
from allywatch.engine.turn import Turn
from allywatch.risk import coverage
from allywatch.risk.coverage import MILLI, WEEK, Feeds, Volume
from allywatch_schemas import SourceRange

MAX_FEEDS = 64
"""Feeds with a profile, and counted by name within an hour; the busiest stay."""
OTHER = "other"


def count(brought: Mapping[str, int], source: SourceRange, new: int) -> Mapping[str, int]:
    """Add what a range brought, by feed.

    Args:
        brought: Records by feed so far.
        source: The range.
        new: How many of its offsets are new; each feed counts in proportion, rounded down.
    """
    if not source.feeds:
        return brought
    out = dict(brought)
    for each in source.feeds:
        feed = each.feed if each.feed in out or len(out) < MAX_FEEDS else OTHER
        out[feed] = out.get(feed, 0) + each.records * new // (source.end - source.start)
    return out


def turn_hour(turn: Turn, ended: int | None, now: int) -> None:
    """Add the hour that ended to every feed's profile, and judge them.

    What came in the first hour that a feed was heard at all is left out: the log may have waited for us.
    """
    brought, volumes = turn.shared.brought, turn.feeds().volumes
    after = dict(volumes)
    if ended is not None:
        for feed, volume in volumes.items():
            after[feed] = coverage.turn(volume, ended, brought.get(feed, 0), now)
    for feed in brought.keys() - volumes.keys():
        after[feed] = Volume(now)
    kept = _busiest(after, now)
    if kept != volumes:
        turn.keep_feeds(FeedVolumes(kept))
    turn.shared = replace(turn.shared, brought={}, feeds=judge(turn.shared, kept))


def _busiest(volumes: Mapping[str, Volume], now: int) -> dict[str, Volume]:
    """Without those that no longer bring a record a week."""
    alive = {feed: each for feed, each in volumes.items() if each.rate >= MILLI or now - each.since < WEEK}
    order = sorted(alive, key=lambda feed: (-alive[feed].rate, feed))
    return {feed: alive[feed] for feed in sorted(order[:MAX_FEEDS])}


def judge(shared: PartitionState, volumes: Mapping[str, Volume]) -> Feeds:
    """What profiles, and word on feeds that names no regions, come to for every region."""
    states = {feed: volume.hearing.state for feed, volume in volumes.items()}
    for feed, heard in shared.coverage.items():
        if _speaks_for_all(heard) and (feed in volumes or heard.weighs):
            states[feed] = coverage.worst([heard.state, states.get(feed, heard.state)])
    return coverage.together({feed: volume.rate for feed, volume in volumes.items()}, states)


def _speaks_for_all(heard: Heard) -> bool:
    return not heard.regions

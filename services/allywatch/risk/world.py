"""How much news there is in the world: what a region's own is measured against.

A region's pressure means little by itself: half as much is written on a Sunday, and one collection of news
holds ten times what another does. So its past is kept as shares, points of pressure per `REFERENCE` records,
and held against today's pressure at today's volume.
"""

from collections.abc import Mapping

from allywatch.risk.decay import Decay
from allywatch.risk.weights import TRACKS
from allywatch_schemas import Track

MILLI_RECORDS = 1000
"""Volumes are whole thousandths of a record."""

REFERENCE = 1000 * MILLI_RECORDS
"""Shares are points per a thousand records."""

FLOOR = 1000 * MILLI_RECORDS
"""Below so much a volume says nothing about the world: it counts as this."""

_FADES_LIKE = TRACKS.index(Track.ACTS)


def volume(hours: Mapping[int, int], days: Mapping[int, int], decay: Decay, hour: int) -> int:
    """Thousandths of a record that the world's news comes to at `hour`, faded like acts.

    Args:
        hours: Records by hour of event time.
        days: Thousandths of a record by day, as they stood faded at the end of that day.
        decay: The half-lives.
        hour: The clock's hour.
    """
    recent = {at: count * MILLI_RECORDS for at, count in hours.items()}
    return decay.total(_FADES_LIKE, recent, hour) + decay.total_of_days(_FADES_LIKE, days, hour)


def at_end_of_day(count: int, hour: int, decay: Decay) -> int:
    """Thousandths of a record that `count` records of `hour` come to at the end of their day."""
    return decay.points(_FADES_LIKE, count * MILLI_RECORDS, 24 * (hour // 24 + 1) - hour)


def at_ends_of_days(
    hours: Mapping[int, int], days: Mapping[int, int], decay: Decay, start: int, end: int
) -> list[int]:
    """The volume at the end of each day of [start, end)."""
    added = dict(days)
    for hour, count in hours.items():
        day = hour // 24
        added[day] = added.get(day, 0) + at_end_of_day(count, hour, decay)
    return decay.at_ends_of_days(_FADES_LIKE, added, start, end)


def share(points: int, world: int) -> int:
    """Micro-points per `REFERENCE`, of a volume."""
    return points * REFERENCE // max(world, FLOOR)


def at_volume(share: int, world: int) -> int:
    """Micro-points that a share comes to at a volume."""
    return share * max(world, FLOOR) // REFERENCE

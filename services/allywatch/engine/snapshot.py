"""Snapshots: everything a partition remembers, as of the first tick of a day. Pure.

The input log keeps 30 days and a baseline needs more, so a moment is rebuilt from the last snapshot before
it. A snapshot is one record per state, written in one transaction: the key and the bytes of `region-state`,
and headers that say after which input this was true, of how many records, and which method was in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allywatch.engine.encoding import encode
from allywatch.engine.method import Method
from allywatch.engine.state import DAY_MS, State
from allywatch.records import OFFSET, PREFIX, Output, Record
from allywatch_schemas.codec import Headers, header
from allywatch_schemas.topics import REGION_SNAPSHOTS

CLOCK = f"{PREFIX}clock"
"""The engine's clock, milliseconds."""
STATES = f"{PREFIX}states"
"""How many records the snapshot has."""
METHOD, DIGEST = f"{PREFIX}method", f"{PREFIX}digest"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The states of a partition as they were after one record."""

    offset: int
    """Of that record, a Tick, in the partition's input log."""
    clock: int
    """The time it told, milliseconds."""
    method: tuple[str, str]
    """Version and digest of the method that wrote it."""
    states: Mapping[bytes, bytes]


def begins_day(before: int | None, after: int | None) -> bool:
    """Whether a new UTC day began between two readings of the clock (milliseconds; None: not started)."""
    return after is not None and (before is None or before // DAY_MS != after // DAY_MS)


def snapshot(states: Mapping[bytes, State], offset: int, clock: int, method: Method) -> list[Output]:
    """The records of a snapshot.

    Args:
        states: All of the partition's, after the record at `offset`.
        offset: Of the tick that began the day.
        clock: The time it told.
        method: In force.
    """
    about = (
        (OFFSET, offset),
        (CLOCK, clock),
        (STATES, len(states)),
        (METHOD, method.version),
        (DIGEST, method.digest),
    )
    headers: Headers = tuple((name, str(value).encode()) for name, value in about)
    return [
        Output(REGION_SNAPSHOTS.name, key, encode(state), headers) for key, state in sorted(states.items())
    ]


def complete(records: Iterable[Record]) -> list[Snapshot]:
    """The snapshots of which every record is still there, in the order of the clock.

    A snapshot written twice (its partition was rebuilt) is one; under another method it is another.
    What is no record of a snapshot is passed over.
    """
    found: dict[tuple[int, int, int, str, str], dict[bytes, bytes]] = {}
    for record in records:
        if (about := _about(record.headers)) and record.key is not None and record.value is not None:
            found.setdefault(about, {})[record.key] = record.value
    whole = (
        Snapshot(offset, clock, (version, digest), states)
        for (offset, clock, count, version, digest), states in found.items()
        if len(states) == count
    )
    return sorted(whole, key=lambda each: (each.clock, each.offset))


def _about(headers: Headers) -> tuple[int, int, int, str, str] | None:
    offset, clock, count, version, digest = (
        header(headers, name) for name in (OFFSET, CLOCK, STATES, METHOD, DIGEST)
    )
    try:
        return int(offset or ""), int(clock or ""), int(count or ""), version or "", digest or ""
    except ValueError:
        return None

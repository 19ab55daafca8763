"""Forgetting a partition's state, and what the next owner makes of it."""

import pytest

from allywatch.errors import AllywatchError
from allywatch.stream.log import Fenced
from allywatch.stream.position import ATTEMPT_KEY, POSITION_KEY, Position, decode_position
from allywatch.stream.rebuild import forget
from memory_log import MemoryLog

P = 1


def a_log(records: int = 5) -> MemoryLog:
    log = MemoryLog()
    for _ in range(records):
        log.append("region-inputs", P, b"x")
    for key in (b"POL", b"LVA", POSITION_KEY, ATTEMPT_KEY):
        log.append("region-state", P, b"rubbish", key)
    log.append("region-state", P, None, b"LVA")
    return log


def last(log: MemoryLog) -> dict[bytes | None, bytes | None]:
    return {record.key: record.value for record in log.committed("region-state", P)}


async def test_every_key_gets_a_tombstone_and_the_log_is_applied_from_its_start() -> None:
    log = a_log()
    done = await forget(log, "name", P, accept_loss=False)
    assert set(last(log).values()) == {None}
    assert (done.forgotten, done.start, done.end) == (3, 0, 5)


async def test_a_log_without_its_beginning_is_refused_and_nothing_is_written() -> None:
    log = a_log()
    log.begins["region-inputs", P] = 2
    before = last(log)
    with pytest.raises(AllywatchError, match="--accept-loss"):
        await forget(log, "name", P, accept_loss=False)
    assert last(log) == before


async def test_with_the_loss_accepted_the_position_is_the_start_of_the_log() -> None:
    log = a_log()
    log.begins["region-inputs", P] = 2
    done = await forget(log, "name", P, accept_loss=True)
    stored = last(log)[POSITION_KEY]
    assert stored is not None
    assert decode_position(stored, P) == Position("id-of-region-inputs", 2)
    assert done.start == 2


async def test_a_running_owner_is_fenced() -> None:
    log = a_log()
    owner = log.writer(P, "name")
    await owner.start()
    await forget(log, "name", P, accept_loss=False)
    with pytest.raises(Fenced):
        await owner.commit([])

"""When a partition is pictured, and what a picture holds."""

from datetime import timedelta

import pytest

from allywatch.engine import PARTITION_KEY, RegionEngine, Replay, replay
from allywatch.engine.snapshot import begins_day, complete
from allywatch.records import Output, Record
from allywatch_schemas import Message
from allywatch_schemas.topics import REGION_SNAPSHOTS
from builders import NOON, a_retraction, a_tick
from fakes import InputLog
from playing import ENGINE, METHOD, PLACES, STORM, later, news

TAKING = RegionEngine(METHOD, PLACES, {"LVA", "EST", "BALTIC_STATES"}, 0, snapshots=True)
DAY = 86_400_000


def play(*messages: Message) -> Replay:
    return replay(InputLog().records(messages), TAKING)


def pictures(result: Replay) -> list[Output]:
    return [each for each in result.outputs if each.topic == REGION_SNAPSHOTS.name]


def read(outputs: list[Output]) -> list[Record]:
    return [Record(o.topic, 0, n, o.key, o.value, o.headers) for n, o in enumerate(outputs)]


@pytest.mark.parametrize(
    ("before", "after", "begins"),
    [(None, None, False), (None, 5, True), (5, 6, False), (DAY - 1, DAY, True), (5, 9 * DAY, True)],
)
def test_a_day_begins_with_its_first_tick(before: int | None, after: int | None, begins: bool) -> None:
    assert begins_day(before, after) is begins


def test_a_picture_holds_every_state_after_the_tick_and_says_when_that_was() -> None:
    before = [a_tick(), news(*STORM), a_retraction(doc_id="a"), later(hours=1)]
    result = play(*before, later(hours=12))
    first, second = complete(read(pictures(result)))
    assert (first.offset, second.offset) == (0, len(before))
    assert second.clock == round((NOON + timedelta(hours=12)).timestamp() * 1000)
    assert second.method == (METHOD.version, METHOD.digest)
    assert second.states == result.encoded(TAKING)
    assert PARTITION_KEY in second.states


def test_within_a_day_and_without_ticks_no_picture_is_taken() -> None:
    taken = complete(read(pictures(play(a_tick(), news(*STORM), later(hours=11), later(hours=3)))))
    assert [each.offset for each in taken] == [0]


def test_an_engine_that_was_not_asked_takes_none() -> None:
    records = InputLog().records([a_tick(), later(hours=12)])
    assert pictures(replay(records, ENGINE)) == []


def test_the_same_picture_twice_is_one_and_part_of_one_is_none() -> None:
    records = read(pictures(play(a_tick(), later(hours=12))))
    assert len(complete(records + records)) == 2
    assert len(complete(records[1:])) == 1
    assert complete([Record(REGION_SNAPSHOTS.name, 0, 0, b"LVA", b"{}", ())]) == []

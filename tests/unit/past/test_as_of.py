"""What was known at a moment, rebuilt from a log in memory."""

from datetime import datetime, timedelta

import pytest

from allywatch.engine import PARTITION_KEY
from allywatch.engine.snapshot import complete
from allywatch.past.asking import as_of
from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.past.published import told
from allywatch.past.rebuild import Rebuilt
from allywatch_schemas import RegionRisk
from builders import NOON
from past_lab import BOOK, P, PastLab, a_story

NOW = NOON + timedelta(days=10)
MIDNIGHT = datetime.fromisoformat("2026-03-03T00:00Z")


async def look(lab: PastLab, asked: datetime | int, region: str = "LVA") -> Rebuilt:
    return await as_of(lab.log, [BOOK], region, asked, NOW)


async def refusal(lab: PastLab, asked: datetime | int, region: str = "LVA") -> tuple[Hindrance, str]:
    with pytest.raises(CannotRebuild) as refused:
        await look(lab, asked, region)
    return refused.value.reason, str(refused.value)


async def test_a_score_that_was_published_is_rebuilt_byte_for_byte() -> None:
    lab = await a_story()
    published = lab.published("region-risk")
    assert len(published) > 15
    for record in published[::4]:
        offset = RegionRisk.read(record.value or b"").sequence.offset
        rebuilt = await look(lab, offset)
        again = rebuilt.told.score("LVA")
        assert again is not None
        assert told(again) == told(record)
        assert rebuilt.comparison.holds


async def test_a_time_gives_what_was_published_last_by_the_clock() -> None:
    lab = await a_story()
    asked = NOON + timedelta(hours=30, minutes=10)
    due = [r for r in lab.published("region-risk") if RegionRisk.read(r.value or b"").time <= asked][-1]
    again = (await look(lab, asked)).told.score("LVA")
    assert again is not None
    assert told(again) == told(due)


async def test_the_last_moment_is_the_state_as_it_is_stored() -> None:
    lab = await a_story()
    rebuilt = await look(lab, NOON + timedelta(days=9))
    stored = lab.stored()
    states = {key: rebuilt.last.engine.encode_state(key, each) for key, each in rebuilt.last.states.items()}
    assert states == {key: value for key, value in stored.items() if key in states}
    assert PARTITION_KEY in states


async def test_from_a_snapshot_or_from_the_start_of_the_log_it_is_the_same_state() -> None:
    lab = await a_story()
    asked = NOON + timedelta(days=2)
    with_snapshots = await look(lab, asked)
    lab.log.truncate("region-snapshots", P, 0)
    without = await look(lab, asked)
    encode = lab.engine.encode_state
    assert {k: encode(k, s) for k, s in with_snapshots.last.states.items()} == {
        k: encode(k, s) for k, s in without.last.states.items()
    }
    assert with_snapshots.comparison.same < without.comparison.same


async def test_a_snapshot_at_the_first_tick_of_each_day() -> None:
    lab = await a_story()
    taken = complete(lab.log.committed("region-snapshots", P))
    assert [each.clock for each in taken] == [
        round(time.timestamp() * 1000)
        for time in (NOON, MIDNIGHT, MIDNIGHT + timedelta(days=1), MIDNIGHT + timedelta(days=2))
    ]
    assert {each.method for each in taken} == {(BOOK.method.version, BOOK.method.digest)}


async def test_what_retention_left_is_served_through_snapshots_and_older_is_refused() -> None:
    lab = await a_story()
    before = await look(lab, MIDNIGHT + timedelta(days=1, hours=7))
    taken = complete(lab.log.committed("region-snapshots", P))
    lab.cut(taken[2].offset - 5)
    after = await look(lab, MIDNIGHT + timedelta(days=1, hours=7))
    assert after.last.states == before.last.states
    reason, text = await refusal(lab, MIDNIGHT + timedelta(days=1, minutes=-1))
    assert reason is Hindrance.OLDER_THAN_RETENTION
    assert text.endswith("The earliest moment that can be rebuilt is 2026-03-04T00:00:00Z.")
    await look(lab, datetime.fromisoformat("2026-03-04T00:00:00Z"))


async def test_without_a_snapshot_in_reach_the_next_midnight_is_named() -> None:
    lab = await a_story()
    lab.cut(complete(lab.log.committed("region-snapshots", P))[-1].offset + 1)
    reason, text = await refusal(lab, NOW)
    assert reason is Hindrance.OLDER_THAN_RETENTION
    assert "next midnight" in text


async def test_a_snapshot_that_lost_a_record_is_none() -> None:
    lab = await a_story()
    records = lab.log.committed("region-snapshots", P)
    whole = complete(records)
    assert [each.offset for each in complete(records[1:])] == [each.offset for each in whole[1:]]


async def test_a_snapshot_of_another_log_is_no_start() -> None:
    story, later = await a_story(1), await a_story(3)
    for record in later.log.committed("region-snapshots", P):
        headers = tuple(
            (name, b"20" if name == "allywatch-offset" else value) for name, value in record.headers
        )
        story.log.append("region-snapshots", P, record.value, record.key, headers)
    rebuilt = await look(story, NOON + timedelta(hours=20))
    assert rebuilt.comparison.holds


async def test_the_future_is_refused() -> None:
    lab = await a_story(1)
    reason, text = await refusal(lab, NOW + timedelta(seconds=1))
    assert (reason, text) == (
        Hindrance.IN_THE_FUTURE,
        "2026-03-12T12:00:01Z is in the future: it is 2026-03-12T12:00:00Z.",
    )
    assert (await refusal(lab, 10_000))[0] is Hindrance.IN_THE_FUTURE


async def test_a_time_before_the_first_tick_is_refused_with_that_tick() -> None:
    lab = await a_story(1)
    reason, text = await refusal(lab, NOON - timedelta(seconds=1))
    assert reason is Hindrance.BEFORE_THE_BEGINNING
    assert "2026-03-02T12:00:00Z" in text


async def test_an_unknown_region_is_refused() -> None:
    assert (await refusal(PastLab(), NOON, "ATLANTIS"))[0] is Hindrance.UNKNOWN_REGION


async def test_a_log_that_nobody_scored_has_no_past() -> None:
    assert (await refusal(PastLab(), NOON))[0] is Hindrance.BEFORE_THE_BEGINNING


async def test_a_log_made_anew_is_refused_with_both_topic_ids() -> None:
    lab = await a_story(1)
    lab.log.topic_ids["region-inputs"] = "another"
    reason, text = await refusal(lab, NOON)
    assert reason is Hindrance.LOG_MADE_ANEW
    assert "id-of-region-inputs" in text
    assert "another" in text

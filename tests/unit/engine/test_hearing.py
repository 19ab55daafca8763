"""A quiet feed is not a calm region: what is usually brought, what is missing, and what that means."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.engine import Replay
from allywatch.engine.encoding import encode
from allywatch.engine.hearing import MAX_FEEDS, OTHER, count
from allywatch.engine.state import FEEDS_KEY, FeedVolumes
from allywatch.errors import StopWorker
from allywatch.risk.coverage import Feeds, Hearing, Volume, coarse, turn
from allywatch_schemas import CoverageState, EvidenceBatch, Message
from allywatch_schemas import RegionState as Rests
from allywatch_schemas.evidence import FeedCount
from builders import NOON, a_batch, a_coverage, a_range
from playing import ENGINE, alerts, later, latvia, news, play, risks, shared

OK, DEGRADED, SILENT = CoverageState

FEEDS = {"wire": 600, "paper": 300, "letter": 100}
"""Records a day."""

MONTH = 28


def a_day_of(feeds: Mapping[str, int], start: int) -> EvidenceBatch:
    """What feeds bring on a day; it says nothing of any region."""
    counts = tuple(FeedCount(feed=feed, records=records) for feed, records in feeds.items() if records)
    end = start + sum(feeds.values()) + 1
    return a_batch(
        id=f"day-{start}", ranges=(a_range(start=start, end=end, feeds=counts),), documents=(), items=()
    )


def days(start: int, end: int, brings: Callable[[int], Mapping[str, int]]) -> list[Message]:
    """The log of these days; the clock moves by days."""
    out: list[Message] = []
    for day in range(start, end):
        out += [later(days=day), a_day_of(brings(day), 2_000 * day)]
    return [*out, later(days=end)]


def heard(*, but: str = "", end: int = MONTH) -> Replay:
    """A month of news, and on its last two days without some feeds."""
    missing = but.split()
    return play(
        *days(
            0,
            end,
            lambda day: FEEDS if day < end - 2 else {f: n for f, n in FEEDS.items() if f not in missing},
        )
    )


def volumes(result: Replay) -> FeedVolumes:
    state = result.states[FEEDS_KEY]
    assert isinstance(state, FeedVolumes)
    return state


def test_while_all_feeds_bring_what_they_usually_bring_nothing_is_said() -> None:
    result = heard()
    assert shared(result).feeds == Feeds()
    assert set(volumes(result).volumes) == set(FEEDS)
    assert volumes(result).volumes["wire"].hearing == Hearing(OK, 6, coarse(600_000), 600)


def test_every_region_is_unknown_when_most_of_the_news_is_missing() -> None:
    result = heard(but="wire")
    assert shared(result).feeds == Feeds(SILENT, 600, ("wire",))
    assert {each.state for each in (risks(result)[-1], risks(result, "EST")[-1])} == {Rests.UNKNOWN}


def test_a_smaller_feed_makes_less_of_a_difference() -> None:
    result = heard(but="paper")
    assert shared(result).feeds.state is DEGRADED
    assert risks(result)[-1].state is not Rests.UNKNOWN
    assert risks(result)[-1].coverage is DEGRADED
    assert shared(heard(but="letter")).feeds.state is OK


def test_what_comes_again_ends_it() -> None:
    silent = heard(but="wire")
    back = play(*days(MONTH, MONTH + 2, lambda _: FEEDS), after=silent)
    assert shared(back).feeds == Feeds()


def test_when_the_whole_world_is_silent_every_region_is_unknown_and_recovers() -> None:
    silent = heard(but="wire paper letter")
    assert shared(silent).feeds.lost == 1_000
    back = play(*days(MONTH, MONTH + 2, lambda _: FEEDS), after=silent)
    assert risks(back)[-1].state is not Rests.UNKNOWN


def test_word_on_a_known_feed_counts_as_much_as_the_feed_usually_brings() -> None:
    said = {"state": SILENT, "window_end": NOON + timedelta(days=MONTH)}
    for feed, state in (("letter", OK), ("paper", DEGRADED), ("wire", SILENT)):
        result = play(a_coverage(feed=feed, **said), after=heard())
        assert shared(result).feeds.state is state


def test_word_on_a_feed_that_never_brought_anything_counts_if_it_says_what_was_expected() -> None:
    said = {"state": SILENT, "feed": "new", "window_end": NOON + timedelta(days=MONTH)}
    assert shared(play(a_coverage(**said, expected=0), after=heard())).feeds.state is OK
    assert shared(play(a_coverage(**said, expected=7), after=heard())).feeds.state is SILENT


def a_month_of_latvia(last: int) -> Replay:
    """Fifty documents on Latvia a day, and on the last three days so many."""
    out: list[Message] = []
    for day in range(MONTH):
        number = 50 if day < MONTH - 3 else last
        docs = [f"{day}/{n}" for n in range(number)]
        out += [later(days=day), news(*docs, start=1_000 * day, intensity=0.01)]
    return play(*out, later(days=MONTH))


def test_a_region_of_which_nothing_comes_any_more_is_unknown_and_no_other_is() -> None:
    result = a_month_of_latvia(last=0)
    assert latvia(result).volume.hearing == Hearing(SILENT, 6, coarse(50_000), 0)  # type: ignore[union-attr]
    assert risks(result)[-1].state is Rests.UNKNOWN
    assert risks(result, "EST")[-1].state is not Rests.UNKNOWN


def test_a_region_that_is_spoken_of_as_usual_is_heard() -> None:
    result = a_month_of_latvia(last=50)
    assert latvia(result).volume.hearing.state is OK  # type: ignore[union-attr]
    assert len(encode(latvia(result))) - len(encode(replace(latvia(result), volume=None))) < 1_000


def test_a_document_that_comes_twice_is_heard_once_and_history_is_not_heard() -> None:
    result = play(later(), news("a", "b"), news("a", start=10), news("old", start=20, backfill=True))
    assert latvia(result).taken == 2


def test_profiles_of_feeds_come_back_as_they_were() -> None:
    result = heard(but="paper")
    stored = encode(result.states[FEEDS_KEY])
    assert ENGINE.decode_state(FEEDS_KEY, stored) == result.states[FEEDS_KEY]
    assert len(stored) < 1_000 * len(FEEDS)


def test_damaged_profiles_of_feeds_are_learnt_anew_and_stop_nobody() -> None:
    assert ENGINE.recover_state(FEEDS_KEY, b"{", ValueError("damaged")) == FeedVolumes()
    with pytest.raises(StopWorker):
        ENGINE.recover_state(b"\0partition", b"{", ValueError("damaged"))


def test_of_a_range_that_is_partly_known_feeds_count_in_proportion() -> None:
    source = a_range(start=0, end=10, feeds=(FeedCount(feed="wire", records=7),))
    assert count({}, source, 10) == {"wire": 7}
    assert count({"wire": 1}, source, 5) == {"wire": 4}


def test_more_feeds_than_there_is_room_for_are_counted_together() -> None:
    brought = {f"feed-{n}": 1 for n in range(MAX_FEEDS)}
    source = a_range(
        start=0, end=3, feeds=(FeedCount(feed="late", records=2), FeedCount(feed="feed-0", records=1))
    )
    after = count(brought, source, 3)
    assert (after[OTHER], after["feed-0"], "late" in after) == (2, 2, False)


def test_a_feed_that_brings_nothing_for_good_is_forgotten() -> None:
    gone = play(*days(0, 240, lambda day: FEEDS if day < 28 else {"wire": 600}))
    assert set(volumes(gone).volumes) == {"wire"}


def test_large_numbers_survive_being_stored() -> None:
    volume = Volume(0)
    for hour in range(400):
        volume = turn(volume, hour, 1 << 40, hour + 1)
    state = FeedVolumes({"flood": volume})
    assert ENGINE.decode_state(FEEDS_KEY, encode(state)) == state


def test_silence_opens_an_alert_that_says_what_is_missing_and_ends_when_it_is_heard() -> None:
    silent = heard(but="wire")
    opened = alerts(silent, "unheard")
    assert {each.region for each in opened} == {"LVA", "EST", "BALTIC_STATES"}
    cited = opened[0].evidence[0]
    assert (cited.origin, cited.points) == ("coverage", 0)
    assert cited.title == "Silent: wire, 60 % of what usually comes."
    back = play(*days(MONTH, MONTH + 3, lambda _: FEEDS), after=silent)
    ended = alerts(back, "unheard")[-1]
    assert not ended.open
    assert ended.evidence[0].title == "What usually comes is heard."


def test_a_note_says_why_a_region_is_unknown() -> None:
    assert "Silent: wire, 60 % of what usually comes." in risks(heard(but="wire"))[-1].note


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(FEEDS)), st.integers(1, 50)), min_size=1, max_size=8),
    st.randoms(),
)
def test_the_order_of_batches_within_an_hour_does_not_matter(
    brought: list[tuple[str, int]], random: Random
) -> None:
    states = []
    for order in (brought, random.sample(brought, len(brought))):
        batches, start = [], 0
        for feed, records in order:
            batches.append(a_day_of({feed: records}, start))
            start += records + 1
        result = play(later(), *batches, later(hours=1), later(hours=2))
        states.append((volumes(result), shared(result).feeds))
    assert states[0] == states[1]

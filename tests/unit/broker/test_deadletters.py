from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.broker.deadletters import DeadLetter, Filter, Progress, original_topic, parse_since, put_back
from allywatch.errors import AllywatchError, RejectReason
from allywatch.records import REDRIVEN, Record, Rejection, dead_letter

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_letter(
    topic: str = "region-inputs",
    partition: int = 2,
    offset: int = 7,
    key: bytes | None = b"TWN",
    value: bytes | None = b'{"title": "exercise"}',
    reason: RejectReason = RejectReason.INVALID,
    detail: str = "title: too long",
    region: str | None = None,
    headers: tuple[tuple[str, bytes], ...] = (("ce_id", b"a1"),),
    at: int = 0,
) -> DeadLetter:
    """As a worker would have written it, at this offset of the dead-letter topic."""
    record = Record(topic, partition, offset, key, value, headers)
    output = dead_letter(record, Rejection(reason, detail, region), "score-1")
    return DeadLetter(Record(output.topic, partition, at, output.key, output.value, output.headers), NOW)


def test_what_is_put_back_is_the_original_and_says_that_it_was_redriven() -> None:
    output, partition = put_back(a_letter(at=40))
    assert (output.topic, partition) == ("region-inputs", 2)
    assert (output.key, output.value) == (b"TWN", b'{"title": "exercise"}')
    assert output.headers == (("ce_id", b"a1"), (REDRIVEN, b"region-inputs-dlq:2:40"))


def test_a_second_redrive_says_only_where_it_came_from_last() -> None:
    twice, _ = put_back(a_letter(headers=((REDRIVEN, b"region-inputs-dlq:0:1"),), at=9))
    assert twice.headers == ((REDRIVEN, b"region-inputs-dlq:2:9"),)


def test_null_keys_and_values_and_foreign_headers_survive() -> None:
    output, _ = put_back(a_letter(key=None, headers=(("x", b"\xff"), ("x", b"2"))))
    assert (output.key, output.value) == (None, b'{"title": "exercise"}')
    assert put_back(a_letter(value=None))[0].value is None
    assert output.headers[:-1] == (("x", b"\xff"), ("x", b"2"))


@pytest.mark.parametrize("topic", ["news-articles", "diplomatic-events"])
def test_source_records_find_their_partition_by_key(topic: str) -> None:
    assert put_back(a_letter(topic))[1] is None


def test_a_letter_that_does_not_say_its_partition_goes_to_its_own() -> None:
    bare = DeadLetter(Record("region-inputs-dlq", 3, 1, None, b"x"), NOW)
    assert put_back(bare)[1] == 3


@pytest.mark.parametrize("topic", ["region-state", "region-risk", "region-alerts"])
def test_what_nothing_reads_again_cannot_be_put_back(topic: str) -> None:
    assert "region-inputs" in (a_letter(topic).hindrance or "")


def test_a_row_of_a_file_cannot_be_put_back() -> None:
    assert "allywatch ingest" in (a_letter("news-articles", partition=-1).hindrance or "")
    assert a_letter("news-articles", partition=0).hindrance is None


def test_what_the_topic_would_refuse_again_cannot_be_put_back() -> None:
    assert "larger" in (a_letter("news-articles", value=b"x" * 1_100_000).hindrance or "")
    assert a_letter("news-articles", value=b"x" * 1_000_000).hindrance is None


def test_letters_of_one_record_have_one_origin() -> None:
    assert a_letter(region="TWN", at=1).origin == a_letter(region="JPN", at=2).origin
    assert a_letter(offset=7).origin != a_letter(offset=8).origin
    bare = [DeadLetter(Record("region-inputs-dlq", 3, at, None, b"x"), NOW) for at in (1, 2)]
    assert bare[0].origin != bare[1].origin


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (Filter(), True),
        (Filter(reason="invalid"), True),
        (Filter(reason="not_json"), False),
        (Filter(since=NOW), True),
        (Filter(since=NOW + timedelta(seconds=1)), False),
        (Filter(partition=2), True),
        (Filter(partition=1), False),
        (Filter(region="TWN"), True),
        (Filter(region="JPN"), False),
        (Filter(text="EXERCISE"), True),
        (Filter(text="too LONG"), True),
        (Filter(text="absent"), False),
        (Filter(reason="invalid", partition=1), False),
    ],
)
def test_every_condition_of_a_filter_must_hold(wanted: Filter, meant: bool) -> None:
    assert wanted.matches(a_letter()) is meant


def test_a_region_is_found_by_header_too() -> None:
    assert Filter(region="JPN").matches(a_letter(key=None, region="JPN"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("15m", NOW - timedelta(minutes=15)),
        ("3d", NOW - timedelta(days=3)),
        ("2026-05-01T10:00", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("2026-05-01T10:00Z", datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_since_is_a_time_or_how_long_ago(text: str, moment: datetime) -> None:
    assert parse_since(text, NOW) == moment


def test_since_that_is_no_time_shows_what_to_write() -> None:
    with pytest.raises(AllywatchError, match="Write 15m"):
        parse_since("yesterday-ish", NOW)


@pytest.mark.parametrize("name", ["news-articles", "news-articles-dlq"])
def test_a_topic_can_be_named_by_either_name(name: str) -> None:
    assert original_topic(name) == "news-articles"


OFFSETS = st.lists(st.integers(0, 200), unique=True, max_size=60).map(sorted)


@given(OFFSETS, st.data())
def test_progress_remembers_exactly_what_was_put_back(offsets: list[int], data: st.DataObject) -> None:
    done = data.draw(st.sets(st.sampled_from(offsets))) if offsets else set()
    progress = Progress.after(offsets, done)
    again = Progress.parse(progress.position, progress.note)
    assert again == progress
    assert {offset for offset in offsets if offset in again} == done
    assert not any(offset in again for offset in range(max(offsets, default=0) + 1, 400))


def test_offsets_without_a_letter_do_not_break_a_range() -> None:
    assert Progress.after([1, 3, 5, 7, 9], {1, 3, 7, 9}) == Progress(5, ((7, 10),))


def test_a_choice_too_scattered_to_be_remembered_is_refused() -> None:
    with pytest.raises(AllywatchError, match="too scattered"):
        Progress.after(range(10_000), set(range(1, 10_000, 2)))

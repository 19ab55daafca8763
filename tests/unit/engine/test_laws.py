"""What holds for every history."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.engine import RegionEngine, RegionState, load_method, replay
from allywatch.engine.state import State
from allywatch.records import Record
from allywatch.risk.ledger import short_key
from allywatch_schemas import Alert, EvidenceBatch, Message, RegionRisk, Track
from allywatch_schemas.codec import decode
from builders import (
    NOON,
    a_batch,
    a_document,
    a_range,
    a_retraction,
    a_source,
    a_superseded,
    a_tick,
    an_evidence,
)
from fakes import FakePlaces, InputLog

PLACES = FakePlaces()
REGIONS = ("BALTIC_STATES", "EST", "LVA")
ENGINE = RegionEngine(load_method(PLACES), PLACES, REGIONS, 0)

LAW = settings(max_examples=30, deadline=None)
"""A history is a hundred records: machines differ, and time is not what these laws are about."""

Told = tuple[int, int, int, str, float, float, int, Track]
"""document, origin, version, region, sign, intensity, age in hours, track"""

ITEMS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.integers(0, 12),
        st.integers(1, 3),
        st.sampled_from(REGIONS),
        st.sampled_from([-1.0, 0.5, 1.0]),
        st.floats(0, 1),
        st.integers(0, 500),
        st.sampled_from(Track),
    ),
    max_size=14,
    unique_by=lambda item: item[0],
)


def a_story(items: list[Told], start: int = 0, **changes: Any) -> EvidenceBatch:
    return a_batch(
        ranges=(a_range(start=start, end=start + max(1, len(items))),),
        superseded=tuple(a_superseded(doc_id=f"doc-{d}", version=v) for d, _, v, *_ in items if v > 1),
        documents=tuple(
            a_document(doc_id=f"doc-{d}", fingerprint=f"origin-{o}", version=v, offset=start + n)
            for n, (d, o, v, *_) in enumerate(items)
        ),
        items=tuple(
            an_evidence(
                id=f"{d}/{v}/{region}",
                doc_id=f"doc-{d}",
                region=region,
                sign=sign,
                intensity=intensity,
                modality="asserted",
                event_time=NOON - timedelta(hours=age),
                track=track,
            )
            for d, _, v, region, sign, intensity, age, track in items
        ),
        **changes,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Ticks, evidence and retractions as one log."""
    messages: list[Message] = [a_tick()]
    start, hours = 0, 0
    for _ in range(draw(st.integers(1, 8))):
        items = draw(ITEMS)
        messages.append(a_story(items, start))
        start += len(items)
        hours += draw(st.integers(0, 40))
        messages.append(a_tick(time=NOON + timedelta(hours=hours)))
        if draw(st.booleans()):
            messages.append(a_retraction(doc_id=f"doc-{draw(st.integers(0, 30))}"))
    return InputLog().records(messages)


def encoded(states: dict[bytes, State]) -> dict[bytes, bytes]:
    return {key: ENGINE.encode_state(key, state) for key, state in states.items()}


@LAW
@given(ITEMS, st.randoms())
def test_any_order_of_evidence_in_a_batch_gives_the_same_bytes(items: list[Told], random: Random) -> None:
    shuffled = random.sample(items, len(items))
    one, other = (
        replay(InputLog().records([a_tick(), a_story(order)]), ENGINE).encoded(ENGINE)
        for order in (items, shuffled)
    )
    assert one == other


@LAW
@given(ITEMS, st.randoms())
def test_any_order_of_batches_between_two_ticks_gives_the_same_evidence(
    items: list[Told], random: Random
) -> None:
    """Alerts may differ: what opened and fell again within those seconds did so in one order only."""
    ledgers = []
    for order in (items, random.sample(items, len(items))):
        batches = [a_story([item], start) for start, item in enumerate(order)]
        states = replay(InputLog().records([a_tick(), *batches]), ENGINE).states
        ledgers.append(
            [state.ledger for _, state in sorted(states.items()) if isinstance(state, RegionState)]
        )
    assert ledgers[0] == ledgers[1]


@LAW
@given(histories())
def test_every_record_twice_is_as_good_as_once(records: list[Record]) -> None:
    """A record delivered twice has one offset: the second finds nothing left to change."""
    once = replay(records, ENGINE)
    twice = replay([copy for record in records for copy in (record, record)], ENGINE)
    assert twice.encoded(ENGINE) == once.encoded(ENGINE)
    assert twice.outputs == once.outputs


@LAW
@given(histories(), st.data())
def test_a_replay_from_any_point_equals_the_whole(records: list[Record], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(records)))
    whole = replay(records, ENGINE)
    first = replay(records[:cut], ENGINE)
    stored = {key: ENGINE.decode_state(key, value) for key, value in first.encoded(ENGINE).items()}
    second = replay(records[cut:], ENGINE, stored)
    assert second.encoded(ENGINE) == whole.encoded(ENGINE)
    assert (*first.outputs, *second.outputs) == whole.outputs


@LAW
@given(histories())
def test_a_stored_state_comes_back_as_it_was(records: list[Record]) -> None:
    for key, state in replay(records, ENGINE).states.items():
        assert ENGINE.decode_state(key, ENGINE.encode_state(key, state)) == state


@LAW
@given(histories())
def test_revisions_have_no_gap_and_contributions_sum_to_pressure_and_score(records: list[Record]) -> None:
    last: dict[str, int] = {}
    result = replay(records, ENGINE)
    assert result.rejections == ()
    for output in result.outputs:
        message = decode(output.value, output.headers)
        if isinstance(message, Alert):
            assert message.revision == last.get(message.episode, 0) + 1
            last[message.episode] = message.revision
        elif isinstance(message, RegionRisk):
            assert sum(each.points for each in message.contributions) == message.pressure
            assert sum(each.score_tenths for each in message.contributions) == round(message.score * 10)


_LETTERS = str.maketrans("-_", "00")


def test_the_busiest_region_stays_within_forty_kilobytes_and_its_alerts_far_below_the_limit() -> None:
    """A year and a half of many long stories, in a script of three bytes a letter, each with copies."""
    random, messages, start = Random(7), list[Message](), 0
    for day in range(0, 540, 2):
        now = NOON + timedelta(days=day)
        busy = 10 if day > 500 else 2
        docs = [
            (f"{day}-{n}-{copy}", f"{day:05}-{n:02}" + "f" * 55)
            for n in range(busy)
            for copy in range(busy // 2)
        ]
        documents = tuple(
            a_document(
                doc_id=doc,
                fingerprint=origin,
                near=tuple(short_key(f"{doc}{key}").lower().translate(_LETTERS) for key in range(16)),
                offset=start + n,
                title="標題" * 100,
                url=f"https://{doc}.example/" + "p" * 120,
                source=a_source(id=f"{doc}.example", name="新聞" * 30),
            )
            for n, (doc, origin) in enumerate(docs)
        )
        items = tuple(
            an_evidence(
                id=f"{doc}-{track}" + "e" * 40,
                doc_id=doc,
                track=track,
                intensity=random.random(),
                modality="asserted",
                quote="引文" * 200,
                event_time=now - timedelta(hours=random.randrange(45)),
            )
            for doc, _ in docs
            for track in Track
        )
        batch = a_batch(
            ranges=(a_range(start=start, end=start + len(docs)),), documents=documents, items=items
        )
        messages += [a_tick(time=now), batch]
        start += len(docs)
    result = replay(InputLog().records(messages), ENGINE, transaction=None)
    assert len(ENGINE.encode_state(b"LVA", result.states[b"LVA"])) <= 40_960
    assert max(len(output.value or b"") for output in result.outputs) < 30_000

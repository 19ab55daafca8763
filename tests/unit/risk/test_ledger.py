from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk import pressure
from allywatch.risk.baseline import at_end_of, of_history
from allywatch.risk.decay import Decay
from allywatch.risk.draft import Draft, newest
from allywatch.risk.ledger import MAX_COPIES, MAX_ORIGINS, Copy, Ledger, marks_of, short_key

DECAY = Decay.of((24, 48, 48))
HOUR = 490_000

Put = tuple[str, Copy]

LAW = settings(max_examples=60, deadline=None)


def a_copy(doc: str, points: int = 500_000, *, version: int = 1, hour: int = HOUR, track: int = 0) -> Copy:
    return Copy(key=short_key(doc), version=version, entries=((track, hour, points),), certainty=800)


def a_ledger(*puts: Put, base: Ledger | None = None, hour: int | None = HOUR) -> Ledger:
    draft = Draft(base or Ledger(), DECAY, hour)
    for fingerprint, copy in puts:
        if not draft.knows(copy.key, copy.version, marks_of(fingerprint)):
            draft.put(fingerprint, copy)
    draft.fold_excess()
    return draft.done()


def without(ledger: Ledger, doc: str, below: int | None = None, hour: int = HOUR) -> Ledger:
    draft = Draft(ledger, DECAY, hour)
    draft.withdraw(short_key(doc), below)
    return draft.done()


def total(ledger: Ledger, hour: int = HOUR) -> int:
    live = sum(sum(origin.lead.now(DECAY, hour)) for origin in ledger.origins.values())
    return live + sum(pressure.of_sums(ledger, DECAY, hour))


def puts(max_size: int, origins: int) -> st.SearchStrategy[list[Put]]:
    return st.lists(
        st.tuples(
            st.integers(0, origins - 1).map("origin-{}".format),
            st.builds(
                a_copy,
                st.integers(0, 40).map("doc-{}".format),
                st.integers(1, 10**6),
                hour=st.integers(HOUR - 400, HOUR),
                track=st.integers(0, 2),
            ),
        ),
        max_size=max_size,
        unique_by=lambda put: put[1].key,
    )


def test_ten_copies_of_one_wire_count_once() -> None:
    once = a_ledger(("wire", a_copy("a")))
    ten = a_ledger(*(("wire", a_copy(f"copy-{n}")) for n in range(10)))
    assert total(ten) == total(once)
    assert ten.origins["wire"].documents == 10
    assert len(ten.origins["wire"].copies) == MAX_COPIES


def test_the_strongest_copy_speaks_for_an_origin() -> None:
    ledger = a_ledger(("wire", a_copy("short", 100_000)), ("wire", a_copy("long", 900_000)))
    assert total(ledger) == 900_000


def test_a_higher_version_replaces_what_the_lower_gave() -> None:
    ledger = a_ledger(("v1", a_copy("a", 900_000)), ("v2", a_copy("a", 100_000, version=2)))
    assert total(ledger) == 100_000
    assert list(ledger.origins) == ["v2"]


def test_a_lower_version_that_comes_late_changes_nothing() -> None:
    ledger = a_ledger(("v2", a_copy("a", 100_000, version=2)))
    assert a_ledger(("v1", a_copy("a", 900_000)), base=ledger) is ledger


@LAW
@given(puts(12, MAX_ORIGINS), st.randoms())
def test_the_order_of_evidence_does_not_matter(evidence: list[Put], random: Random) -> None:
    shuffled = random.sample(evidence, len(evidence))
    assert a_ledger(*shuffled) == a_ledger(*evidence)


@LAW
@given(puts(12, 6))
def test_evidence_twice_changes_nothing(evidence: list[Put]) -> None:
    once = a_ledger(*evidence)
    assert a_ledger(*evidence, base=once) is once


@LAW
@given(puts(3 * MAX_ORIGINS, 3 * MAX_ORIGINS))
def test_folding_moves_no_fresh_pressure(evidence: list[Put]) -> None:
    fresh = [(f"own-{c.key}", Copy(c.key, 1, ((0, HOUR, c.weight),))) for _, c in evidence]
    assert total(a_ledger(*fresh)) == sum(copy.weight for _, copy in fresh)


@LAW
@given(puts(3 * MAX_ORIGINS, 3 * MAX_ORIGINS))
def test_folding_moves_old_pressure_by_rounding_alone(evidence: list[Put]) -> None:
    own = [(f"own-{copy.key}", copy) for _, copy in evidence]
    exact = sum(sum(copy.now(DECAY, HOUR)) for _, copy in own)
    assert abs(total(a_ledger(*own)) - exact) <= 2 * len(own)


@LAW
@given(puts(8, 4), st.integers(0, 3))
def test_a_withdrawal_leaves_no_trace_of_what_it_took(evidence: list[Put], origin: int) -> None:
    fingerprint = f"origin-{origin}"
    room = [put for put in evidence if put[0] != fingerprint] + [(fingerprint, a_copy("kept", 70_000))]
    before = a_ledger(*room)
    assert without(a_ledger((fingerprint, a_copy("wrong")), base=before), "wrong") == before


def test_withdrawing_the_lead_lets_the_next_copy_speak() -> None:
    ledger = a_ledger(("wire", a_copy("strong", 900_000)), ("wire", a_copy("weak", 100_000)))
    assert total(without(ledger, "strong")) == 100_000


def test_withdrawing_a_folded_document_is_reported_as_inexact() -> None:
    crowd = a_ledger(*((f"origin-{n}", a_copy(f"doc-{n}", 1_000_000 + n)) for n in range(MAX_ORIGINS + 1)))
    after = without(crowd, "doc-0")
    assert after.inexact == 1
    assert total(after) == total(crowd)


def test_a_copy_of_a_folded_origin_does_not_count_again() -> None:
    crowd = a_ledger(*((f"origin-{n}", a_copy(f"doc-{n}", 1_000_000 + n)) for n in range(MAX_ORIGINS + 1)))
    assert "origin-0" not in crowd.origins
    assert a_ledger(("origin-0", a_copy("late copy")), base=crowd) is crowd


def test_superseding_spares_the_version_that_counts() -> None:
    ledger = a_ledger(("v2", a_copy("a", version=2)))
    assert without(ledger, "a", below=2) is ledger
    assert without(ledger, "a", below=3).origins == {}


def test_the_clock_turns_hours_into_days_without_moving_pressure() -> None:
    crowd = a_ledger(*((f"origin-{n}", a_copy(f"doc-{n}", 10**6 + n)) for n in range(MAX_ORIGINS + 5)))
    later = HOUR + 60
    draft = Draft(crowd, DECAY, later)
    draft.roll()
    rolled = draft.done()
    assert not any(rolled.hours)
    assert any(rolled.days)
    assert abs(total(rolled, later) - total(crowd, later)) <= 2


def test_faded_origins_are_folded() -> None:
    ledger = a_ledger(("faint", a_copy("a", 500)), ("loud", a_copy("b")))
    draft = Draft(ledger, DECAY, HOUR)
    draft.fold_faded()
    assert list(draft.done().origins) == ["loud"]


def test_backfill_moves_the_past_and_not_the_pressure() -> None:
    draft = Draft(Ledger(), DECAY, HOUR)
    draft.backfill("old", marks_of("old"), a_copy("old", hour=HOUR - 24 * 40).entries)
    ledger = draft.done()
    day = HOUR // 24
    assert total(ledger) == 0
    assert max(of_history(ledger, DECAY, day - 50, day)) > 0


@LAW
@given(puts(10, 10))
def test_daily_pressure_is_what_was_read_at_the_end_of_that_day(evidence: list[Put]) -> None:
    own = [(f"own-{copy.key}", copy) for _, copy in evidence]
    ledger = a_ledger(*own)
    day = HOUR // 24 - 5
    past = [put for put in own if put[1].entries[0][1] < 24 * (day + 1)]
    read = total(a_ledger(*past, hour=24 * (day + 1)), 24 * (day + 1))
    assert abs(at_end_of(ledger, DECAY, day) - read) <= 20 * (len(evidence) + 1)


@LAW
@given(puts(40, 40), st.randoms())
def test_what_is_forgotten_does_not_depend_on_order(evidence: list[Put], random: Random) -> None:
    hours = {copy.key: copy.entries[0][1] // 24 for _, copy in evidence}
    shuffled = dict(random.sample(list(hours.items()), len(hours)))
    for count in range(1, len(hours)):
        kept = newest(hours, count)
        assert kept == newest(shuffled, count)
        assert 0 < len(kept) <= count
        assert min(kept.values()) >= max(hour for key, hour in hours.items() if key not in kept)


def test_of_an_hour_that_is_too_full_some_are_remembered() -> None:
    assert newest({"c": 5, "a": 5, "b": 5, "old": 4}, 2) == {"a": 5, "b": 5}
    assert newest({"a": 5, "c": 4, "b": 4}, 2) == {"a": 5}

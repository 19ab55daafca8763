"""Copies of one text are one origin, in whatever order they come and however they are found out."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.decay import Decay
from allywatch.risk.draft import MARKS_FOLDED, Draft
from allywatch.risk.ledger import (
    MAX_MARKS,
    MAX_ORIGINS,
    Copy,
    Ledger,
    index_of,
    mark_of,
    marks_of,
    short_key,
)

DECAY = Decay.of((24, 48, 48))
HOUR = 490_000

LAW = settings(max_examples=80, deadline=None)

Put = tuple[str, Copy, tuple[str, ...]]


def a_put(doc: str, *near: str, text: str | None = None, points: int = 500_000, published: int = 0) -> Put:
    fingerprint = text or f"text-{doc}"
    copy = Copy(key=short_key(doc), version=1, entries=((0, HOUR, points),), published=published)
    return fingerprint, copy, marks_of(fingerprint, near)


def put(ledger: Ledger, *puts: Put) -> Ledger:
    draft = Draft(ledger, DECAY, HOUR)
    for fingerprint, copy, marks in puts:
        if not draft.knows(copy.key, copy.version, marks):
            draft.put(fingerprint, copy, marks)
    draft.fold_excess()
    return draft.done()


def withdrawn(ledger: Ledger, *docs: str) -> Ledger:
    draft = Draft(ledger, DECAY, HOUR)
    for doc in docs:
        draft.withdraw(short_key(doc))
    return draft.done()


def total(ledger: Ledger) -> int:
    live = sum(origin.lead.weight for origin in ledger.origins.values())
    return live + sum(sum(by_hour.values()) for by_hour in ledger.hours)


PUTS = st.lists(
    st.builds(
        lambda doc, text, near, points, published: a_put(
            f"doc-{doc}", *near, text=f"text-{text}", points=points, published=published
        ),
        st.integers(0, 99),
        st.integers(0, 9),
        st.lists(st.integers(0, 12).map("near-{}".format), max_size=2, unique=True),
        st.integers(1, 10**6),
        st.integers(0, 4),
    ),
    max_size=11,
    unique_by=lambda each: each[1].key,
)
"""So many documents, texts and near keys that all copies and marks of an origin are kept."""


@LAW
@given(PUTS, st.randoms())
def test_any_order_gives_the_same_origins(evidence: list[Put], random: Random) -> None:
    shuffled = random.sample(evidence, len(evidence))
    assert put(Ledger(), *shuffled) == put(Ledger(), *evidence)


@LAW
@given(PUTS, st.randoms())
def test_any_order_over_several_batches_gives_the_same_origins(evidence: list[Put], random: Random) -> None:
    one_by_one = Ledger()
    for each in random.sample(evidence, len(evidence)):
        one_by_one = put(one_by_one, each)
    assert one_by_one == put(Ledger(), *evidence)


@LAW
@given(PUTS)
def test_evidence_twice_changes_nothing(evidence: list[Put]) -> None:
    once = put(Ledger(), *evidence)
    assert put(once, *evidence) is once


@LAW
@given(PUTS, st.lists(st.integers(0, 99).map("doc-{}".format)))
def test_the_index_is_what_the_origins_say(evidence: list[Put], gone: list[str]) -> None:
    ledger = withdrawn(put(Ledger(), *evidence), *gone)
    assert ledger.index == index_of(ledger.origins)


def test_what_is_remembered_of_the_ranks_is_what_the_origins_weigh() -> None:
    ledger = put(Ledger(), *(a_put(f"doc-{n}", points=100 + n) for n in range(MAX_ORIGINS + 3)))
    ledger = put(ledger, a_put("doc-20", points=50), a_put("doc-21", points=10**6))
    ledger = withdrawn(ledger, "doc-7")
    weights = sorted((origin.lead.weight, name) for name, origin in ledger.origins.items())
    assert ledger.ranks == (HOUR, tuple(weights))


@LAW
@given(PUTS)
def test_no_two_origins_share_a_mark(evidence: list[Put]) -> None:
    marks = [mark for origin in put(Ledger(), *evidence).origins.values() for mark in origin.marks]
    assert len(marks) == len(set(marks))


@LAW
@given(PUTS)
def test_an_origin_counts_as_its_strongest_copy(evidence: list[Put]) -> None:
    ledger = put(Ledger(), *evidence)
    strongest: dict[str, int] = {}
    for _, copy, _ in evidence:
        name = ledger.index[copy.key]
        strongest[name] = max(strongest.get(name, 0), copy.weight)
    assert {name: origin.lead.weight for name, origin in ledger.origins.items()} == strongest


def test_documents_that_share_a_near_key_are_copies() -> None:
    ledger = put(Ledger(), a_put("a", "wire", points=300), a_put("b", "wire", points=200))
    (origin,) = ledger.origins.values()
    assert origin.documents == 2
    assert total(ledger) == 300


def test_a_document_that_is_like_two_makes_them_one() -> None:
    apart = put(Ledger(), a_put("a", "one", points=300), a_put("b", "other", points=200))
    assert len(apart.origins) == 2
    joined = put(apart, a_put("bridge", "one", "other", points=100))
    (origin,) = joined.origins.values()
    assert [copy.weight for copy in origin.copies] == [300, 200, 100]
    assert total(joined) == 300


def test_a_withdrawal_does_not_undo_what_it_showed() -> None:
    """A retraction takes a document's words back; that two others print one text stays true."""
    joined = put(Ledger(), a_put("a", "one"), a_put("b", "other"), a_put("bridge", "one", "other"))
    after = withdrawn(joined, "bridge")
    assert len(after.origins) == 1
    assert withdrawn(after, "a", "b").origins == {}


def test_an_origin_is_named_after_its_first_copy_and_found_under_older_names() -> None:
    ledger = put(Ledger(), a_put("late", "wire", text="late", published=20))
    assert list(ledger.origins) == ["late"]
    ledger = put(ledger, a_put("early", "wire", text="early", published=10))
    assert list(ledger.origins) == ["early"]
    assert ledger.current("late") == ledger.current("early") == "early"
    assert ledger.current("unknown") is None


def test_a_near_copy_of_what_was_folded_does_not_count_again() -> None:
    crowd = [a_put(f"doc-{n}", points=10**6 + n) for n in range(MAX_ORIGINS)]
    near = tuple(f"near-{n}" for n in range(MARKS_FOLDED))
    ledger = put(Ledger(), *crowd, a_put("faint", *near, points=10))
    assert total(put(ledger, a_put("copy", near[0], points=20))) == total(ledger)


def test_weak_evidence_counts_the_same_whether_or_not_it_was_ever_kept() -> None:
    crowd = [a_put(f"doc-{n}", points=10**6 + n) for n in range(MAX_ORIGINS)]
    fingerprint, copy, marks = a_put("faint", points=10)
    kept_first = put(put(Ledger(), (fingerprint, copy, marks)), *crowd)
    draft = Draft(put(Ledger(), *crowd), DECAY, HOUR)
    assert draft.crowded_out(copy.key, fingerprint, marks, copy.entries)
    draft.fold(copy.key, marks, copy.entries)
    assert draft.done() == kept_first


def test_what_is_strong_or_a_copy_of_the_kept_is_not_crowded_out() -> None:
    crowd = [a_put(f"doc-{n}", f"near-{n}", points=10**6 + n) for n in range(MAX_ORIGINS)]
    draft = Draft(put(Ledger(), *crowd), DECAY, HOUR)
    for doc, near, points, out in (
        ("new", "x", 10, True),
        ("new", "x", 10**7, False),
        ("new", "near-3", 10, False),
    ):
        fingerprint, copy, marks = a_put(doc, near, points=points)
        assert draft.crowded_out(copy.key, fingerprint, marks, copy.entries) is out


def test_the_marks_of_an_origin_have_a_bound_and_the_first_ones_stay() -> None:
    ledger = put(Ledger(), a_put("first", "wire"))
    for n in range(MAX_MARKS):
        ledger = put(ledger, a_put(f"doc-{n}", "wire", f"own-{n}", text="one text"))
    (origin,) = ledger.origins.values()
    assert len(origin.marks) == MAX_MARKS
    assert mark_of("text-first") in origin.marks


def test_an_origin_that_took_its_name_when_it_was_full_of_marks_is_not_lost() -> None:
    full = a_put("first", *(f"near-{n}" for n in range(MAX_MARKS)), points=900, published=20)
    earlier = a_put("earlier", "near-0", text="earlier", points=100, published=10)
    again = a_put("again", text="earlier", points=50, published=30)
    (origin,) = put(Ledger(), full, earlier, again).origins.values()
    assert [copy.weight for copy in origin.copies] == [900, 100, 50]

"""The phrase book: what it finds, and what it does not accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.classes import Root, load_phrases, parse_phrases
from allywatch.classes.phrases import REACH, Frame, Hit, PhraseBook, digest_of
from allywatch.errors import ConfigError

BOOK = PhraseBook(
    {
        Root.ACCUSE: ("accuse",),
        Root.AGREE: ("agree to", "in principle"),
        Root.COERCE: ("impose … sanctions",),
        Root.SUPPORT: ("memorandum of understanding",),
    }
)


def found(text: str) -> list[Hit]:
    from allywatch.classes.words import tokens

    return BOOK.hits([token.symbol for token in tokens(text)])


def test_inflection_does_not_matter() -> None:
    assert found("they accused him") == [Hit(1, 1, "ACCUSE")]


def test_words_in_a_row_must_follow_at_once() -> None:
    assert found("it agreed to go") == [Hit(1, 2, "AGREE")]
    assert not found("it agreed not to go")


def test_three_words_in_a_row() -> None:
    assert found("a memorandum of understanding") == [Hit(1, 3, "SUPPORT")]


def test_other_words_may_stand_in_a_gap_up_to_its_reach() -> None:
    assert found("imposing sanctions")
    assert found("imposing " + "very " * REACH + "sanctions")
    assert not found("imposing " + "very " * (REACH + 1) + "sanctions")


@given(st.lists(st.sampled_from(["accus", "agre", "to", "impos", "sanction", "x"]), max_size=30))
def test_hits_stand_in_order_and_inside(symbols: list[str]) -> None:
    hits = BOOK.hits(symbols)
    assert [hit.at for hit in hits] == sorted(hit.at for hit in hits)
    assert all(0 <= hit.at < len(symbols) for hit in hits)


def test_the_shipped_book_names_every_class_and_frame() -> None:
    book = load_phrases()
    assert set(book.acts) == set(Root)
    assert set(book.frames) == set(Frame)


def test_a_phrase_that_cannot_be_found_is_refused_with_its_line() -> None:
    text = 'version: "1"\nacts:\n  AID: [aid, give … aid … to them]\nframes:\n  asks: [ask]\n'
    with pytest.raises(ConfigError, match=r"verbs.yaml:3.*one to three words"):
        parse_phrases(text, "verbs.yaml")


def test_a_changed_phrase_changes_the_digest() -> None:
    book = load_phrases()
    other = book.model_copy(update={"acts": book.acts | {Root.AID: ("aid",)}})
    assert digest_of(book) == digest_of(load_phrases()) != digest_of(other)

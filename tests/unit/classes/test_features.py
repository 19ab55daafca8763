"""What the model sees of a sentence."""

from hypothesis import given
from hypothesis import strategies as st

from allywatch.classes import MarkedSentence, from_tags, load_phrases
from allywatch.classes.features import FeatureReader

READER = FeatureReader(load_phrases())


def names(tagged: str) -> set[str]:
    return set(READER.names(from_tags(tagged)))


def test_who_is_named_does_not_show_in_runs_of_words() -> None:
    norland = names("<s>Norland</s> has accused <t>Sundholm</t> of spying.")
    other = names("<s>the Republic of Ost</s> has accused <t>President Ulla Berg</t> of spying.")
    assert {one for one in norland ^ other if one[:2] not in ("S:", "T:", "Sh", "Th")} == set()
    assert "<S> have accus" in norland


def test_words_between_are_told_from_words_behind() -> None:
    found = names("<s>Norland</s> accused <t>Sundholm</t> of spying")
    assert {"b:accus", "a:of", "n:spy", "order:st"} <= found
    assert "a:accus" not in found


def test_passive_sentences_have_the_other_order() -> None:
    found = names("<t>Sundholm</t> was accused by <s>Norland</s>")
    assert {"order:ts", "r:accus", "r:accus by"} <= found


def test_an_intended_act_is_told_from_an_act() -> None:
    assert "F:intends>COERCE" in names("<s>Norland</s> will impose sanctions on <t>Sundholm</t>")
    assert "F:intends>COERCE" not in names("<s>Norland</s> imposed sanctions on <t>Sundholm</t>")


def test_the_first_act_behind_the_source_stands_out() -> None:
    found = names("After the attack <s>Norland</s> condemned <t>Sundholm</t>")
    assert "D:ASSAULT" in found
    assert "D1st:ACCUSE" in found
    assert "D1st:ASSAULT" not in found


def test_without_marks_nothing_is_said_of_places() -> None:
    assert not [
        one for one in names("Norland accused Sundholm of spying") if one.startswith(("order:", "b:"))
    ]


SPANS = st.none() | st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(st.text(max_size=60), SPANS, SPANS)
def test_any_sentence_with_any_spans_is_read(
    text: str, source: tuple[int, int] | None, target: tuple[int, int] | None
) -> None:
    sentence = MarkedSentence(text, source, target)
    assert READER.names(sentence) == READER.names(sentence)


def test_a_sentence_without_end_is_read_to_a_bound() -> None:
    assert len(READER.names(MarkedSentence("attack " * 100_000))) < 3_000

"""Tags in, spans out."""

from hypothesis import given
from hypothesis import strategies as st

from allywatch.classes import MarkedSentence, from_tags, unmarked

WORDS = st.text(alphabet="ab ü.,", max_size=8)


def test_spans_are_of_the_text_without_tags() -> None:
    sentence = from_tags("On Monday <s>Norland</s> accused <t>the Sund Republic</t> of spying.")
    assert sentence.text == "On Monday Norland accused the Sund Republic of spying."
    assert sentence.source is not None
    assert sentence.target is not None
    assert sentence.text[slice(*sentence.source)] == "Norland"
    assert sentence.text[slice(*sentence.target)] == "the Sund Republic"


def test_a_target_within_the_source_keeps_both() -> None:
    sentence = from_tags("<s><t>Norland</t>'s army</s> mutinied.")
    assert (sentence.source, sentence.target) == ((0, 14), (0, 7))


def test_the_first_of_several_sources_counts() -> None:
    assert from_tags("<s>A</s> and <s>B</s>").source == (0, 1)


def test_a_tag_never_closed_marks_nothing() -> None:
    assert from_tags("<s>A met <t>B</t>") == MarkedSentence("A met B", None, (6, 7))


@given(WORDS, WORDS, WORDS, WORDS, WORDS)
def test_marks_are_found_wherever_they_stand(a: str, s: str, b: str, t: str, c: str) -> None:
    tagged = f"{a}<s>{s}</s>{b}<t>{t}</t>{c}"
    assert from_tags(tagged) == MarkedSentence(
        a + s + b + t + c, (len(a), len(a + s)), (len(a + s + b), len(a + s + b + t))
    )


@given(st.text(alphabet="<>/st a"))
def test_any_text_is_accepted(text: str) -> None:
    sentence = from_tags(text)
    assert sentence.text == unmarked(text)
    for span in (sentence.source, sentence.target):
        assert span is None or 0 <= span[0] <= span[1] <= len(sentence.text)

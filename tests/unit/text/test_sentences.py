import pytest

from allywatch.text.sentences import Place, split


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text, 0)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The U.S. will stay. It said so.", 2),
        ("Troops of the U.S. Army left.", 1),
        ("They came from the U.S. The rest stayed.", 2),
        ("Gen. A. B. Example spoke to Mr. Sample. Both left.", 2),
        ("“We stay.” The minister left.", 2),
        ("It cost 3.5 million. No. 10 agreed.", 2),
        ("他们来了。他们走了！真的？", 3),
        ("彼は言った。「残る。」そして去った。", 3),
        ("قال الوزير ذلك. هل بقي؟ نعم.", 3),
        ("Він сказав. Вони пішли.", 2),
        ("One; two: three", 1),
        ("Wait… They left!", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_list_items_know_their_lead() -> None:
    text = "It would:\n- hurt A.\n- help B.\nAnd so on."
    found = split(text, 0)
    assert [s.place for s in found] == [Place.HEADING, Place.ITEM, Place.ITEM, Place.HEADING] or [
        s.lead for s in found
    ] == [None, 0, 0, None]
    assert [s.lead for s in found] == [None, 0, 0, None]
    assert sentences(text)[1] == "hurt A."


def test_hard_wrapped_lines_are_one_sentence() -> None:
    text = (
        "The invented ministry said on Monday that the brigade in the\n"
        "north would remain where it is for the whole of the winter, and\n"
        "that nobody should read anything into the visit of its general.\n"
    )
    assert len(sentences(text)) == 1


def test_a_title_is_one_sentence() -> None:
    title = "Stay. Or go?"
    found = split(title + "\n\nBody text.", len(title))
    assert (found[0].place, found[0].end) == (Place.TITLE, len(title))

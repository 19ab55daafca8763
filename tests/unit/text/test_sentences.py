import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.text.abbreviations import parse_sentences
from allywatch.text.sentences import MOST_SENTENCES, Place, split


def sentences(text: str, language: str | None = None) -> list[str]:
    return [text[s.start : s.end] for s in split(text, 0, language)]


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


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "“Why?” he asked. Nobody knew.", "“Why?” he asked."),
        ("en", "He said no. Moscow refused.", "He said no."),
        ("en", "It stayed until 5 p.m. Monday. Then it left.", "It stayed until 5 p.m. Monday."),
        ("en", "Lt. Col. J. R. Sample of Springfield, Ill. Airport staff left.", None),
        ("en", "It shrank by 3.5 per cent. Growth came back.", "It shrank by 3.5 per cent."),
        ("en", "They withdrew.The rest stayed.", "They withdrew."),
        ("en", "See news.example.com or e.g. Page 2. More follows.", "See news.example.com or e.g. Page 2."),
        ("uk", "У 2014 р. Росія прийшла. Це було давно.", "У 2014 р. Росія прийшла."),
        ("ru", "В 2014 г. Россия пришла. Погибли 5 тыс. человек.", "В 2014 г. Россия пришла."),
        ("pl", "Był tam m.in. Jan i gen. Przykład. Potem wyszli.", "Był tam m.in. Jan i gen. Przykład."),
        ("de", "Am 3. Oktober kam z. B. Dr. Muster. Er blieb.", "Am 3. Oktober kam z. B. Dr. Muster."),
        ("fr", "M. Exemple est venu av. J.-C. Personne ne sait.", None),
        ("es", "EE. UU. retiró tropas. Nadie lo dijo.", "EE. UU. retiró tropas."),
        ("lt", "2022 m. vasario 24 d. Rusija atėjo. Buvo šalta.", "2022 m. vasario 24 d. Rusija atėjo."),
        ("lv", "2022. gada 24. februārī u.c. Pēc tam klusums.", "2022. gada 24. februārī u.c."),
        ("et", "Kol. Näide tuli kl. 5. Siis läks ta ära.", "Kol. Näide tuli kl. 5."),
        ("vi", "Ông đến TP. Hồ Chí Minh. Sau đó ông về.", "Ông đến TP. Hồ Chí Minh."),
        ("ko", "미국은 떠났다.한국은 남았다.", "미국은 떠났다."),
        ("ja", "彼は「残る。」と述べた。そして去った。", "彼は「残る。」と述べた。"),
        ("zh", "他说：“我们留下。”然后走了。", "他说：“我们留下。”"),
        ("ar", "قال د. مثال ذلك. ثم ذهب.", "قال د. مثال ذلك."),
    ],
)
def test_a_dot_of_an_abbreviation_ends_no_sentence(language: str, text: str, first: str | None) -> None:
    found = sentences(text, language)
    assert found[0] == (text if first is None else first)
    assert len(found) == (1 if first is None else 2)


def test_bullets_within_a_paragraph_are_items_of_its_lead() -> None:
    found = split("A pullback would: • hurt A • help B", 0)
    assert [s.lead for s in found] == [None, 0, 0]
    assert found[1].place is found[2].place is Place.ITEM


def test_a_blank_line_ends_a_sentence_of_a_hard_wrapped_text() -> None:
    line = "The invented ministry said on Monday that the brigade in the\n"
    assert len(sentences(line + "\n" + line)) == 2


def test_a_text_of_nothing_but_ends_has_bounded_sentences() -> None:
    assert len(sentences("Go. " * 50_000)) <= MOST_SENTENCES


@given(st.text(alphabet="aB3 .!?…\n•-:“”。」(1)", max_size=80), st.sampled_from(["en", "de", None]))
def test_sentences_are_in_order_trimmed_and_do_not_overlap(text: str, language: str | None) -> None:
    last = 0
    for number, sentence in enumerate(split(text, 0, language)):
        assert last <= sentence.start < sentence.end <= len(text)
        assert sentence.lead is None or sentence.lead < number
        words = text[sentence.start : sentence.end]
        assert words == words.strip()
        last = sentence.end


def test_an_abbreviation_with_its_last_dot_is_refused() -> None:
    with pytest.raises(Exception, match="before_names"):
        parse_sentences(
            "{before_names: {en: ['mr.']}, shortened: {}, before_numbers: {},"
            " after_numbers: {}, starters: {}}",
            "sentences.yaml",
        )


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

"""Whether two articles print one text, and whose report it is. All texts are invented."""

from random import Random

import pytest

from allywatch.text import ImprintReader
from allywatch_schemas import Source
from builders import an_article

READER = ImprintReader()

_SYLLABLES = ("ba", "den", "ko", "li", "mar", "nu", "ost", "pra", "rin", "sel", "tov", "ul")


def a_word(random: Random) -> str:
    """Of an invented language in which short words are frequent."""
    return "".join(random.choice(_SYLLABLES) for _ in range(random.choice((1, 1, 2, 2, 3))))


def a_story(seed: int, sentences: int = 25) -> str:
    """An exercise of so many sentences of a dozen words, different for every seed."""
    random = Random(seed)
    return " ".join(" ".join(a_word(random) for _ in range(12)).capitalize() + "." for _ in range(sentences))


def edited(text: str, share: float, seed: int) -> str:
    """With so many of its words exchanged."""
    random, words = Random(seed), text.split()
    for index in random.sample(range(len(words)), round(share * len(words))):
        words[index] = a_word(random) + "en"
    return " ".join(words)


def near(body: str, *places: str, **changes: object) -> set[str]:
    article = an_article(body=body, **changes)
    return set(READER.read(article).near(places or ("LVA",)))


STORY = a_story(1)


@pytest.mark.parametrize("length", [3, 5, 8, 25, 60])
def test_a_varied_last_line_leaves_a_copy(length: int) -> None:
    body = a_story(7, length)
    copies = [near(f"{body} Outlet number {n} adds a line of its own.") for n in range(1_000)]
    assert all(copy & near(body) for copy in copies)


@pytest.mark.parametrize("length", [3, 5, 8, 25, 60])
def test_one_word_in_ten_exchanged_leaves_a_copy_in_nineteen_cases_of_twenty(length: int) -> None:
    body = a_story(7, length)
    found = sum(bool(near(edited(body, 0.1, seed)) & near(body)) for seed in range(200))
    assert found >= 190


def test_a_sentence_before_or_after_leaves_a_copy() -> None:
    extra = "An outlet of this exercise explains at some length why all of this matters to its readers."
    assert near(f"{extra} {STORY}") & near(STORY)
    assert near(f"{STORY} {extra}") & near(STORY)


def test_the_headline_is_no_part_of_it() -> None:
    assert near(STORY, title="Quite another headline") == near(STORY, title="A headline")


def test_wires_are_cut_from_the_end() -> None:
    assert near(STORY[: len(STORY) // 2]) & near(STORY)
    assert near(" ".join(STORY.split()[:30])) & near(STORY)


def test_other_stories_share_nothing() -> None:
    keys = [near(a_story(seed)) for seed in range(60)]
    pairs = [one & other for at, one in enumerate(keys) for other in keys[:at]]
    assert sum(map(bool, pairs)) <= len(pairs) // 100


FLASH = (
    "Exercise: the foreign ministry of a neighbour warned {0} on Monday of consequences if {0} hosts the "
    "manoeuvre, and recalled its envoy for talks. An invented spokesman said that the embassy in {0} stays "
    "open, but that visas for citizens of {0} take longer from next week."
)


def test_one_template_about_two_countries_is_two_stories() -> None:
    assert not near(FLASH.format("Latvia"), "LVA") & near(FLASH.format("Estonia"), "EST")
    assert near(FLASH.format("Latvia") + " More soon.", "LVA") & near(FLASH.format("Latvia"), "LVA")


def test_a_few_words_have_no_near_keys() -> None:
    assert near("An invented minister spoke.") == set()
    assert near("") == set()


def test_scripts_without_spaces_have_them() -> None:
    body = "演習の大臣は月曜日に架空の首都で記者団に対し旅団が当面駐留を続けると述べた。" * 4
    assert near(body + "続報あり。") & near(body)


def imprint(body: str, source: str = "herald.example") -> tuple[str | None, tuple[str, ...]]:
    read = READER.read(an_article(body=body, source=Source(id=source, name="A paper")))
    return read.family, read.cites


@pytest.mark.parametrize(
    ("body", "family"),
    [
        ("RIGA, March 2 (Reuters) - An invented minister spoke.", "reuters"),
        ("RIGA (AP) — An invented minister spoke.", "ap"),
        ("By AFP\n\nAn invented minister spoke.", "afp"),
        ("An invented minister spoke, Reuters reported.", "reuters"),
        ("An invented minister spoke, according to the Yonhap news agency.", "yonhap"),
        ("An invented minister told Kyodo News that nothing had changed.", "kyodo"),
        ("Wie die Nachrichtenagentur dpa berichtet, sprach ein erfundener Minister.", "dpa"),
        ("Laut AFP sprach ein erfundener Minister.", "afp"),
        ("Un ministre fictif a parlé, selon l'AFP.", "afp"),
        ("Jak podaje PAP, fikcyjny minister przemówił.", "pap"),
        ("Про це повідомляє Укрінформ з посиланням на вигаданого міністра.", "ukrinform"),
        ("Об этом сообщает ТАСС со ссылкой на вымышленного министра.", "tass"),
        ("Un ministro ficticio habló, según EFE.", "efe"),
    ],
)
def test_who_is_cited_is_read_in_seven_languages(body: str, family: str) -> None:
    assert imprint(body + " " + STORY)[1] == (family,)


def test_a_credit_says_whose_the_whole_text_is() -> None:
    body = f"MINSK, March 2 (Reuters) - An invented minister spoke. {STORY} TASS reported more. {STORY}"
    assert imprint(body)[1] == ("reuters",)


def test_several_may_be_cited() -> None:
    assert imprint(f"{STORY} TASS reported one thing, Reuters reported another. {STORY}")[1] == (
        "reuters",
        "tass",
    )


@pytest.mark.parametrize("body", ["The Reuters building stands empty.", "An APPLE a day.", "AP tests begin."])
def test_a_name_alone_cites_nobody(body: str) -> None:
    assert imprint(f"{STORY} {body} {STORY}")[1] == ()


@pytest.mark.parametrize(
    ("source", "family"),
    [
        ("uk.reuters.com", "reuters"),
        ("www.delfi.lv", "ekspress-grupp"),
        ("delfi.ee", "ekspress-grupp"),
        ("herald.example", None),
        ("notreuters.com", None),
    ],
)
def test_sister_sites_are_one_house(source: str, family: str | None) -> None:
    assert imprint(STORY, source)[0] == family

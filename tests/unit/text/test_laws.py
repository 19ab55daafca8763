"""Laws of reading, and input made to hurt."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.regions import load_registry
from allywatch.text import ArticleReader, fingerprint
from allywatch.text.findings import MOST_ITEMS
from allywatch_schemas import Evidence, MediaType, Modality, NewsArticle
from builders import an_article

READER = ArticleReader(load_registry())

NOISE = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "\n\n",
        "\u200b",
        "\ufeff",
        "&nbsp;",
        "<b>",
        "</b>",
        "<br/>",
        "“",
        "»",
        "- ",
        "U.S. ",
        "😀",
        "\u0301",
        "&amp; ",
    ]
)
PIECES = st.sampled_from(
    [
        "The United States may withdraw its brigade from Latvia.",
        "Such a pullback would certainly:",
        "\n- Embolden Russia in Estonia and Poland.",
        "Russian warplanes attacked Ukraine on Monday.",
        "China threatens Taiwan, Japan, and the Philippines.",
        "Россия атаковала Украину.",
        "美国可能停止对台湾的援助。",
        "هاجمت روسيا أوكرانيا.",
        "Nothing happened elsewhere.",
        "Subscribe to The Baltic Herald",
    ]
)
BODIES = st.lists(st.tuples(PIECES, NOISE), max_size=12).map(lambda parts: "".join(a + b for a, b in parts))
MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<li>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<",
            ">",
            "&lt;",
            "&#x41;",
            "&",
            "Russia attacked <i>Ukraine</i>.",
        ]
    ),
    max_size=30,
).map("".join)


def holds_the_law(article: NewsArticle) -> bool:
    text = article.title + "\n\n" + article.body
    items = READER.read(article)
    return len(items) <= MOST_ITEMS and all(
        item.span is not None and item.quote == text[item.span[0] : item.span[1]] and item.quote.strip()
        for item in items
    )


@settings(max_examples=150, deadline=None)
@given(title=BODIES.map(lambda t: t[:300]), body=BODIES, media_type=st.sampled_from(MediaType))
def test_a_quote_is_its_span_of_the_text_as_published(title: str, body: str, media_type: MediaType) -> None:
    assert holds_the_law(an_article(title=title, body=body, media_type=media_type))


@settings(max_examples=150, deadline=None)
@given(body=st.text(max_size=400) | MARKUP, media_type=st.sampled_from(MediaType))
def test_no_text_raises(body: str, media_type: MediaType) -> None:
    article = an_article(title="Russia attacked Ukraine", body=body, media_type=media_type)
    assert holds_the_law(article)
    assert len(fingerprint(article)) == 32


PLACES = st.sampled_from(
    [("Poland", "POL"), ("Estonia", "EST"), ("Japan", "JPN"), ("Ukraine", "UKR"), ("Taiwan", "TWN")]
)


@given(one=PLACES, other=PLACES)
def test_another_country_in_the_same_words_moves_that_country(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    words = (
        "The United States may withdraw its troops from {}. "
        "A pullback would leave allies in {} feeling vulnerable."
    )
    first, second = (
        READER.read(an_article(title="", body=words.format(name, name))) for name, _ in (one, other)
    )
    assert [(i.mechanism, i.modality) for i in first] == [(i.mechanism, i.modality) for i in second]
    assert {i.region for i in first} == {one[1]}
    assert {i.region for i in second} == {other[1]}


SWAPS = [("Poland", "POL", "Estonia", "EST", "Russia"), ("Taiwan", "TWN", "the Philippines", "PHL", "China")]
SAYINGS = [
    "{foe} threatened {place} with war.",
    "The United States suspended military aid to {place}.",
    "The United States reaffirmed its commitment to {place}.",
    "{foe} banned imports of fruit from {place}.",
    "A retreat would embolden {foe} and leave {place} vulnerable.",
]


def read_body(body: str) -> list[Evidence]:
    return READER.read(an_article(title="", body=body))


@pytest.mark.parametrize("swap", SWAPS)
@pytest.mark.parametrize("saying", SAYINGS)
def test_swapping_two_countries_swaps_the_evidence(swap: tuple[str, ...], saying: str) -> None:
    one, code, other, other_code, foe = swap
    first, second = (read_body(saying.format(place=place, foe=foe)) for place in (one, other))
    assert {i.region for i in first} == {code}
    assert {i.region for i in second} == {other_code}
    assert [(i.mechanism, i.modality, i.sign, i.adversary) for i in first] == [
        (i.mechanism, i.modality, i.sign, i.adversary) for i in second
    ]


@pytest.mark.parametrize(
    ("active", "passive"),
    [
        ("{foe} attacked {place}.", "{place} was attacked by {foe}."),
        ("{foe} threatened {place}.", "{place} was threatened by {foe}."),
        ("{foe} accused {place} of lying.", "{place} was accused of lying by {foe}."),
    ],
)
@pytest.mark.parametrize(("place", "foe"), [("Poland", "Russia"), ("Taiwan", "China"), ("Israel", "Iran")])
def test_the_passive_keeps_source_and_target(active: str, passive: str, place: str, foe: str) -> None:
    one, other = (read_body(words.format(place=place, foe=foe)) for words in (active, passive))
    assert one
    assert [(i.region, i.actor, i.target, i.mechanism) for i in one] == [
        (i.region, i.actor, i.target, i.mechanism) for i in other
    ]


@given(saying=st.sampled_from(SAYINGS), times=st.integers(2, 5))
def test_saying_it_again_in_the_same_words_says_nothing_new(saying: str, times: int) -> None:
    words = saying.format(place="Taiwan", foe="China")
    once, again = read_body(words), read_body(" ".join([words] * times))
    assert {(i.region, i.mechanism, i.sign, i.modality) for i in again} == {
        (i.region, i.mechanism, i.sign, i.modality) for i in once
    }


@pytest.mark.parametrize(
    ("frame", "modality"),
    [
        ("{}", Modality.ASSERTED),
        ("Officials denied that {}", Modality.DENIED),
        ("If {}", Modality.CONDITIONAL),
        ("Reportedly {}", Modality.SPECULATIVE),
        ("Bloggers claim {}", Modality.QUOTED_CLAIM),
    ],
)
@pytest.mark.parametrize("place", ["Poland", "Estonia", "Japan"])
def test_the_words_around_a_clause_change_its_modality(frame: str, modality: Modality, place: str) -> None:
    clause = f"the United States has withdrawn its troops from {place}, this exercise says."
    (item,) = READER.read(an_article(title="", body=frame.format(clause)))
    assert item.modality is modality


BOMBS = [
    "Russia attacked Ukraine. " * 400_000,
    "Ukraine " * 1_000_000,
    "attack" * 200_000 + " Ukraine Russia",
    "Russia attacked Ukraine and " * 50_000,
    "<div>" * 400_000,
    "<!--" * 400_000,
    "<" * 2_000_000,
    "&" * 1_000_000,
    "<script>" * 200_000 + "Russia attacked Ukraine",
    "Russia\u200b " * 300_000 + "attacked Ukraine",
    "The U.S. " * 200_000,
    "“" * 500_000 + "Russia attacked Ukraine",
    "\ufffd Russia attacked Ukraine. " * 1_000,
    "A" * 300 + " " + "Ab" * 300,
    "Russia attacked Ukraine." + " " * 100_000 + "•",
    "(" + "A" * 100_000,
    "Russia attacked Ukraine in the U.S., " * 20_000,
    "\n" * 1_000_000,
    "\n- " * 300_000,
    "cut aid " * 100_000 + " United States Ukraine",
    "İ" * 300_000 + " Russia attacked Ukraine",
    " " * 2_000_000,
]


@pytest.mark.parametrize("bomb", range(len(BOMBS)))
@pytest.mark.parametrize("media_type", list(MediaType))
def test_text_made_to_hurt_takes_bounded_time(bomb: int, media_type: MediaType) -> None:
    article = NewsArticle.model_construct(
        **an_article(title="").model_dump(exclude={"body", "media_type"}) | {"source": an_article().source},
        body=BOMBS[bomb],
        media_type=media_type,
    )
    started = time.process_time()
    items = READER.read(article)
    fingerprint(article)
    assert time.process_time() - started < 6
    assert len(items) <= MOST_ITEMS

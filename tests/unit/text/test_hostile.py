"""Text made to hurt, and text that hides what it says."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.text import ArticleReader, CleanText, clean, fingerprint
from allywatch.text.clean import LONGEST_BODY
from allywatch.text.findings import MOST_ITEMS
from allywatch_schemas import MediaType, NewsArticle
from bench.bombs import bombs
from builders import an_article

BOMBS = {name: (media_type, body) for name, media_type, body in bombs()}
SECONDS = 2
"""Forty times what `make bench` asks for: machines that run tests are slow and shared."""


def a_bomb(body: str, media_type: MediaType) -> NewsArticle:
    """Not checked, and so of any length."""
    plain = an_article(title="Russia")
    return NewsArticle.model_construct(**dict(plain) | {"body": body, "media_type": media_type})


@pytest.fixture(scope="module", autouse=True)
def _warm(reader: ArticleReader) -> None:
    """What is loaded when a first page is met takes its second before the clock runs."""
    reader.read(an_article(body="<html><body><p>Russia may attack.", media_type=MediaType.HTML))


@pytest.mark.parametrize("name", BOMBS)
def test_a_text_made_to_hurt_takes_bounded_time(reader: ArticleReader, name: str) -> None:
    media_type, body = BOMBS[name]
    article = a_bomb(body, media_type)
    began = time.process_time()
    items = reader.read(article)
    assert time.process_time() - began < SECONDS
    assert len(items) <= MOST_ITEMS
    assert len(fingerprint(article)) == 32


@pytest.mark.parametrize("media_type", list(MediaType))
def test_ten_megabytes_take_no_longer(reader: ArticleReader, media_type: MediaType) -> None:
    article = a_bomb("<p>Russia attacked Ukraine. " * 400_000, media_type)
    began = time.process_time()
    reader.read(article)
    assert time.process_time() - began < SECONDS
    assert len(clean(article).text) <= 1.1 * LONGEST_BODY


HIDDEN = [
    "Rus\u200bsian warp\u00adlanes attac\u2060ked Ukr\u200daine.",
    "Rus\u202esian war\u2066planes\u2069 attacked Ukraine.",
    "Russi\u0430n warplanes attacked Ukr\u0430ine.",
    "Ｒｕｓｓｉａｎ warplanes attacked Ｕｋｒａｉｎｅ.",
    "Russian\xa0warplanes attacked\u2003Ukraine.",
    "R\ufe0fussian warplanes attacked U\u0336kraine.",
]


@pytest.mark.parametrize("media_type", list(MediaType))
@pytest.mark.parametrize("body", HIDDEN)
def test_letters_that_nobody_sees_hide_nothing(
    reader: ArticleReader, body: str, media_type: MediaType
) -> None:
    (item,) = reader.read(an_article(title="", body=body, media_type=media_type))
    assert item.region == "UKR"
    assert item.span is not None
    assert item.quote == ("\n\n" + body)[slice(*item.span)]


@pytest.mark.parametrize(
    "body",
    [
        "<p style='display: none'>Russian warplanes attacked Ukraine.</p>",
        "<div hidden>Russian warplanes attacked <b>Ukraine</b>.</div>",
        "<!-- Russian warplanes attacked Ukraine. -->",
        "<script>Russian warplanes attacked Ukraine.</script>",
        "<a title='Russian warplanes attacked Ukraine.'>More</a>",
        "<p data-x='<b>Russian warplanes attacked Ukraine.</b>'>More</p>",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(reader: ArticleReader, body: str) -> None:
    assert reader.read(an_article(title="", body=body, media_type=MediaType.HTML)) == []


ODD = st.sampled_from(
    ["\u200b", "\u0301", "ﬁ", "\xad", "\u202e", "\r", "\0", "\xa0", "ｶﾞ", "\u1112\u1161", "İ", "ß", "ﷺ"]
)  # fmt: skip
MARKUP = st.sampled_from(
    ["<p>", "</p>", "<li>", "<nav>", "</nav>", "<b", ">", '="', "'", "<!--", "-->", "&shy;", "&#x301;"]
)  # fmt: skip
WORDS = st.sampled_from(["Russia ", "attacked ", "Ukraine", ". ", "e", " ", "\n"])
TEXTS = st.lists(ODD | MARKUP | WORDS | st.characters(exclude_categories=["Cs"]), max_size=40).map("".join)


def _is_mapped(page: CleanText) -> bool:
    last = 0
    for position in range(len(page.text)):
        start, end = page.to_original(position, position + 1)
        if not last <= start <= end <= len(page.original):
            return False
        last = start
    return True


@settings(max_examples=300, deadline=None)
@given(title=TEXTS, body=TEXTS, media_type=st.sampled_from(MediaType))
def test_every_character_has_its_place_whatever_the_text(
    title: str, body: str, media_type: MediaType
) -> None:
    page = clean(an_article(title=title, body=body, media_type=media_type))
    assert page.original == title + "\n\n" + body
    assert 0 <= page.title_end <= len(page.text)
    assert _is_mapped(page)

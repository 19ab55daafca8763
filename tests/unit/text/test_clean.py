from hypothesis import given
from hypothesis import strategies as st

from allywatch.text import ArticleReader
from allywatch.text.clean import clean
from allywatch_schemas import MediaType
from builders import an_article


def an_html_article(body: str) -> str:
    return clean(an_article(title="T", body=body, media_type=MediaType.HTML)).text


def test_plain_text_is_left_as_it_is() -> None:
    page = clean(an_article(title="A title", body="A body.\nAnother line."))
    assert page.text == page.original == "A title\n\nA body.\nAnother line."
    assert page.pieces == ()


def test_markup_goes_and_blocks_become_lines() -> None:
    assert an_html_article("<p>One</p><ul><li>Two</li></ul>") == "T\n\nOne\n- Two"


def test_scripts_menus_and_comments_are_not_read() -> None:
    body = "<nav>Menu</nav>a<script>var x</script>b<!-- c -->d<style>e</style>"
    assert an_html_article(body) == "T\n\nabd"


def test_entities_are_read_and_keep_their_place() -> None:
    page = clean(an_article(title="T", body="a &amp; b", media_type=MediaType.HTML))
    assert page.text == "T\n\na & b"
    start = page.text.index("&")
    first, last = page.to_original(start, start + 1)
    assert page.original[first:last] == "&amp;"


def test_invisible_characters_do_not_hide_a_name() -> None:
    page = clean(an_article(title="T", body="Ukra\u200bine"))
    assert page.text.endswith("Ukraine")
    first, last = page.to_original(page.text.index("Ukraine"), len(page.text))
    assert page.original[first:last] == "Ukra\u200bine"


@given(st.text(alphabet="ab<>/&;p \n\u200b", max_size=60))
def test_every_character_maps_back_to_where_it_stood(body: str) -> None:
    page = clean(an_article(title="T", body=body, media_type=MediaType.HTML))
    last = 0
    for position, character in enumerate(page.text):
        start, end = page.to_original(position, position + 1)
        assert last <= start <= end <= len(page.original)
        last = start
        if end - start == 1 and character not in "\n ":
            assert page.original[start] == character


def test_a_quote_from_markup_holds_no_tags(reader: ArticleReader) -> None:
    body = "<p>On Monday <b>Russian warplanes attacked Ukraine</b> again &amp; again.</p>"
    (item,) = reader.read(an_article(title="", body=body, media_type=MediaType.HTML))
    assert item.quote == "Russian warplanes attacked Ukraine"

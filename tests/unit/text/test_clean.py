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


def test_composed_and_decomposed_letters_are_one_and_map_back() -> None:
    body = "Vie\u0302\u0323t Nam, Украї\u0301на, ﬁrst"
    page = clean(an_article(title="T", body=body))
    assert page.text == "T\n\nViệt Nam, Україна, first"
    first, last = page.to_original(page.text.index("Việt"), page.text.index(" Nam"))
    assert page.original[first:last] == "Vie\u0302\u0323t"


def test_every_end_of_a_line_and_kind_of_space_is_one_character_in_its_place() -> None:
    page = clean(an_article(title="T", body="a\r\nb\u2028c\xa0d\u3000e"))
    assert page.text == "T\n\na \nb\nc d e"
    assert page.pieces == ()


def a_page(article: str, around: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><body>{around}<main><article>{article}</article></main>{around}</body></html>"
    )


PARAGRAPH = (
    "The invented ministry said on Monday that the brigade would stay where it is, and that nobody should "
    "read anything into the visit of its general to the north of the country last week."
)


def test_of_a_page_only_the_article_is_read() -> None:
    links = "".join(f"<li><a href='/{n}'>Russia attacks Ukraine {n}</a></li>" for n in range(9))
    around = (
        f"<div class='related'><h3>More</h3><ul>{links}</ul></div><div id='comments'><p>Russia!</p></div>"
    )
    text = an_html_article(a_page(f"<h1>Visit</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}.</p>", around))
    assert PARAGRAPH in text
    assert PARAGRAPH[::-1] in text
    assert "Russia" not in text


def test_a_page_in_which_no_article_is_found_is_read_whole() -> None:
    assert an_html_article("<html><body><div>Short.</div></body></html>") == "T\n\nShort."


def test_a_fragment_of_a_feed_is_read_whole() -> None:
    fragment = "<p>One</p><div class='comments'><p>Two</p></div>"
    assert an_html_article(fragment) == "T\n\nOne\nTwo"


def test_a_page_wrapped_in_a_form_is_read() -> None:
    assert PARAGRAPH in an_html_article(f"<form><p>{PARAGRAPH}</p></form>")


def test_a_menu_that_is_never_closed_hides_no_article() -> None:
    assert PARAGRAPH in an_html_article(f"<nav><li>Menu<main><p>{PARAGRAPH}</p></main>")


def test_lines_of_the_source_are_no_lines_of_the_text() -> None:
    assert (
        an_html_article("<p>United\n      States  of <b> America</b></p>") == "T\n\nUnited States of America"
    )


def test_an_end_of_a_tag_within_a_value_is_no_end() -> None:
    assert an_html_article("""<a title="a > b" href='<p>'>link</a> and <i>text""") == "T\n\nlink and text"

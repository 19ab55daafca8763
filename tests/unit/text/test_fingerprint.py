from allywatch.text import fingerprint
from allywatch_schemas import MediaType, NewsArticle, Source
from builders import an_article

BODY = "An invented minister spoke in Riga on Monday. He said that the brigade stays for now."


def test_copies_of_a_wire_are_one_text() -> None:
    wire = an_article(title="Minister: brigade stays", body=f"RIGA, March 2 (Exercise Wire) - {BODY}")
    copy = an_article(
        id="other",
        title="In Latvia, a brigade may stay",
        body=f"By Anna Example\n\n{BODY.upper()}\n\nSubscribe now\nSource: The Morning Exercise",
        source=Source(id="morning.example", name="The Morning Exercise"),
    )
    marked_up = an_article(
        id="third", body=f"<p>{BODY}</p><footer>About us</footer>", media_type=MediaType.HTML
    )
    assert fingerprint(wire) == fingerprint(copy) == fingerprint(marked_up)


def test_other_words_are_another_text() -> None:
    assert fingerprint(an_article(body=BODY)) != fingerprint(an_article(body=BODY.replace("stays", "leaves")))


def test_without_a_body_the_title_counts() -> None:
    def headline(title: str, id: str) -> NewsArticle:
        return an_article(id=id, title=title, body="")

    assert fingerprint(headline("Brigade stays", "a")) == fingerprint(headline("BRIGADE STAYS!", "b"))
    assert fingerprint(headline("Brigade stays", "a")) != fingerprint(headline("Brigade goes", "a"))


def test_empty_articles_are_no_copies_of_each_other() -> None:
    assert fingerprint(an_article(id="a", title="", body="")) != fingerprint(
        an_article(id="b", title="", body="")
    )


def test_it_fits_the_contract() -> None:
    assert len(fingerprint(an_article())) == 32
    assert int(fingerprint(an_article()), 16) >= 0

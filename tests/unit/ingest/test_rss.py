from datetime import UTC, datetime, timedelta

import pytest

from allywatch.errors import Reject, RejectReason
from allywatch.ingest import rss
from allywatch.ingest.items import BadFile, Skip
from allywatch.ingest.journal import Remembered
from allywatch_schemas import MediaType, NewsArticle, Source

from .exports import a_feed, an_item

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOW = NOON + timedelta(hours=8)
HERALD = rss.Publisher("herald", Source(id="herald.example", name="The Herald"))


def read(body: bytes, remembered: Remembered | None = None) -> tuple[NewsArticle | Skip, Remembered]:
    channel = rss.parse(body, "exercise")
    return rss.read(channel.entries[0], channel, HERALD, remembered, NOW)


def article(body: bytes, remembered: Remembered | None = None) -> NewsArticle:
    found, _ = read(body, remembered)
    assert isinstance(found, NewsArticle)
    return found


def test_an_entry_is_an_article() -> None:
    found = article(a_feed(an_item(text="&lt;p&gt;Calm.&lt;/p&gt;")))

    assert (found.title, found.body, found.media_type) == ("Exercise", "<p>Calm.</p>", MediaType.HTML)
    assert (found.published_at, found.language, found.version) == (NOON, "en", 1)
    assert (found.source, found.feed) == (HERALD.source, "herald")


def test_atom_and_rdf_are_read_too() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title><entry><id>urn:x:1</id><title>A</title>'
        b"<published>2026-03-02T12:00:00Z</published><updated>2026-03-02T12:00:10Z</updated></entry></feed>"
    )
    rdf = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>H</title></channel>'
        b'<item rdf:about="https://h.example/1"><title>R</title><link>https://h.example/1</link>'
        b"<dc:date>2026-03-02T12:00:00Z</dc:date></item></rdf:RDF>"
    )

    assert article(atom).version == 11  # ten seconds after it was published
    assert article(atom).published_at == NOON + timedelta(seconds=10)
    assert (article(rdf).title, article(rdf).published_at) == ("R", NOON)


def test_ids_are_the_same_again_and_independent_of_an_edit_counter() -> None:
    plain = article(a_feed(an_item("https://herald.example/1"))).id

    assert article(a_feed(an_item("https://herald.example/1"))).id == plain
    assert article(a_feed(an_item("https://herald.example/1#3"))).id == plain
    assert article(a_feed(an_item("https://herald.example/2"))).id != plain


def test_a_guid_that_is_no_uri_is_unique_within_its_source_only() -> None:
    channel = rss.parse(a_feed(an_item("17")), "exercise")
    other = rss.Publisher("b", Source(id="other.example", name="Other"))

    assert rss.id_of(channel.entries[0], HERALD) != rss.id_of(channel.entries[0], other)


def test_an_unchanged_entry_is_not_sent_again() -> None:
    _, remembered = read(a_feed(an_item()))

    assert isinstance(read(a_feed(an_item()), remembered)[0], Skip)


def test_changed_content_is_one_version_higher() -> None:
    _, remembered = read(a_feed(an_item()))
    changed, after = read(a_feed(an_item(text="Not calm.")), remembered)

    assert isinstance(changed, NewsArticle)
    assert changed.version == after.version == 2


def test_an_entry_without_a_date_has_the_feeds_or_else_the_time_it_was_first_seen() -> None:
    bare = "<item><guid>https://h.example/1</guid><title>Exercise</title></item>"
    dated = "<lastBuildDate>Mon, 02 Mar 2026 12:00:00 GMT</lastBuildDate>" + bare

    assert article(a_feed(dated)).published_at == NOON
    assert article(a_feed(bare)).published_at == NOW
    seen = Remembered(1, "other", NOON)
    assert article(a_feed(bare), seen).published_at == NOON


def test_a_link_that_a_page_must_not_show_is_dropped() -> None:
    assert article(a_feed(an_item(more="<link>javascript:alert(1)</link>"))).url is None
    assert article(a_feed(an_item(more="<link>https://h.example/1</link>"))).url == "https://h.example/1"


def test_a_language_that_is_none_costs_no_entry() -> None:
    assert (
        article(a_feed(an_item(), language="the King's English, as spoken in our editorial office")).language
        is None
    )


def test_an_entry_with_nothing_in_it_is_rejected() -> None:
    with pytest.raises(Reject) as caught:
        read(a_feed("<item><guid>x</guid></item>"))
    assert caught.value.reason is RejectReason.INVALID


def test_an_entry_that_cannot_be_known_again_is_rejected() -> None:
    channel = rss.parse(a_feed("<item><description>Text</description></item>"), "exercise")
    with pytest.raises(Reject, match="nothing to know it by"):
        rss.id_of(channel.entries[0], HERALD)


def test_the_bytes_of_an_entry_are_kept() -> None:
    item = an_item()

    assert rss.parse(a_feed(item, an_item("2")), "exercise").entries[0].raw == item.encode()


def test_damaged_xml_is_read_as_far_as_it_goes() -> None:
    body = a_feed(an_item(), an_item("2")).replace(b"</channel>", b"<unclosed & broken>")

    assert len(rss.parse(body, "exercise").entries) == 2


@pytest.mark.parametrize("body", [b"", b"<html><body>Not found</body></html>", b"\x00\x01\x02", b'{"a": 1}'])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(BadFile, match="not a feed"):
        rss.parse(body, "exercise")


def test_a_billion_laughs_are_not_told() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]>'.encode()
    body = bomb + a_feed(an_item(text="&l9;")).removeprefix(b'<?xml version="1.0"?>')

    channel = rss.parse(body, "exercise")

    assert sum(len(str(entry.fields)) for entry in channel.entries) < 10_000


def test_an_outside_entity_is_not_fetched() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + a_feed(
        an_item(text="&x;")
    ).removeprefix(b'<?xml version="1.0"?>')

    assert "root:" not in str(rss.parse(body, "exercise").entries)


def test_a_charset_of_the_transport_is_honoured() -> None:
    latin = a_feed(an_item(text="Zürich")).decode().encode("latin-1").replace(b'<?xml version="1.0"?>', b"")

    entry = rss.parse(latin, "exercise", "application/rss+xml; charset=iso-8859-1").entries[0]

    assert entry.fields["summary"] == "Zürich"


def test_a_flood_of_entries_is_refused() -> None:
    with pytest.raises(BadFile, match="more than"):
        rss.parse(a_feed("<item>" * 200_000), "exercise")

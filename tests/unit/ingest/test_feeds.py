from datetime import UTC, datetime
from pathlib import Path

import pytest

from allywatch.errors import ConfigError, Reject
from allywatch.ingest import rss
from allywatch.ingest.feeds import Feed, load_feeds
from allywatch.ingest.fetch import Answer
from allywatch.ingest.items import Skip
from allywatch.ingest.journal import FeedMemory, Journal
from allywatch.ingest.polling import feed_portion
from allywatch_schemas import NewsArticle

from .exports import a_feed, an_item

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
HERALD = Feed(id="herald", url="https://herald.example/rss", source="The Herald")


def test_the_shipped_list_is_valid() -> None:
    assert len(load_feeds()) >= 10


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("feeds:\n  - {id: a, url: 'ftp://x', source: X}\n", 2, "http"),
        ("feeds:\n  - {id: A B, url: 'https://x.example', source: X}\n", 2, "pattern"),
        ("feeds:\n  - id: a\n    url: https://x.example\n    surce: X\n", 4, "surce"),
        ("feeds: []\n", 1, "at least 1"),
        ("feeds:\n  - {id: a, url: 'https://x.example', source: X, every_minutes: 0}\n", 2, "greater"),
    ],
)
def test_an_error_in_a_list_names_line_and_fix(tmp_path: Path, text: str, line: int, why: str) -> None:
    (tmp_path / "feeds.yaml").write_text(text)
    with pytest.raises((ConfigError, ExceptionGroup)) as caught:
        load_feeds(tmp_path / "feeds.yaml")
    errors = caught.value.exceptions if isinstance(caught.value, ExceptionGroup) else [caught.value]
    said = [str(error) for error in errors]
    assert any(f"feeds.yaml:{line}: " in text and why in text and "Fix: " in text for text in said), said


def test_two_feeds_of_one_id_are_refused(tmp_path: Path) -> None:
    feed = "  - {id: a, url: 'https://x.example', source: X}\n"
    (tmp_path / "feeds.yaml").write_text(f"feeds:\n{feed}{feed}")
    with pytest.raises(ConfigError, match="given twice"):
        load_feeds(tmp_path / "feeds.yaml")


def poll(memory: FeedMemory, body: bytes, *, acknowledged: int | None = None) -> list[object]:
    channel = rss.parse(body, "herald")
    portion = feed_portion(HERALD, channel, memory, Answer(body, etag='"1"'), NOW)
    found: list[object] = []
    for item in portion.items:
        try:
            found.append(item.read())
        except Reject as reject:
            found.append(reject)
    whole = acknowledged is None
    portion.commit(len(found) if acknowledged is None else acknowledged, whole)
    return found


def test_only_what_is_new_or_changed_is_sent() -> None:
    memory = FeedMemory()
    poll(memory, a_feed(an_item("https://h.example/1"), an_item("https://h.example/2")))
    one, two, three = poll(
        memory,
        a_feed(
            an_item("https://h.example/1"),
            an_item("https://h.example/2", text="New."),
            an_item("https://h.example/3"),
        ),
    )

    assert isinstance(one, Skip)
    assert isinstance(two, NewsArticle)
    assert isinstance(three, NewsArticle)
    assert (two.version, three.version) == (2, 1)


def test_what_was_not_acknowledged_is_sent_again_and_asked_for_again() -> None:
    memory = FeedMemory()
    body = a_feed(an_item("https://h.example/1"), an_item("https://h.example/2"))
    poll(memory, body, acknowledged=1)

    assert memory.etag is None
    assert [type(found) for found in poll(memory, body)] == [Skip, NewsArticle]
    assert memory.etag == '"1"'


def test_a_bad_entry_is_rejected_once() -> None:
    memory = FeedMemory()
    body = a_feed("<item><guid>x</guid></item>")

    assert isinstance(poll(memory, body)[0], Reject)
    assert isinstance(poll(memory, body)[0], Skip)


def test_the_memory_survives_in_the_journal(tmp_path: Path) -> None:
    with Journal(tmp_path / "rss.json") as journal:
        poll(journal.feed("herald"), a_feed(an_item()))
        journal.save()
    with Journal(tmp_path / "rss.json") as journal:
        assert isinstance(poll(journal.feed("herald"), a_feed(an_item()))[0], Skip)

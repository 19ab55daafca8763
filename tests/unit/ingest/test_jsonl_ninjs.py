import json
from typing import Any

import pytest

from allywatch.errors import Reject, RejectReason
from allywatch.ingest import jsonl, ninjs
from allywatch.ingest.items import BadFile, Skip, SkipReason
from allywatch_schemas import DiplomaticEvent, MediaType, NewsArticle, Retraction
from builders import a_retraction, an_article, an_event

from .exports import a_ninjs, rows


def a_line(message: Any, **more: Any) -> bytes:
    return json.dumps(json.loads(message.write()) | more).encode()


def test_a_line_is_read_by_its_shape() -> None:
    article, event = an_article(), an_event()

    assert jsonl.parse(a_line(article)) == article
    assert jsonl.parse(a_line(event)) == event
    assert isinstance(jsonl.parse(a_line(a_retraction())), Retraction)


@pytest.mark.parametrize("kind", ["diplomatic-event", "org.allywatch.diplomatic-event.v1"])
def test_a_type_decides(kind: str) -> None:
    assert jsonl.parse(a_line(an_event(), type=kind)) == an_event()


def test_a_canceled_article_is_a_retraction() -> None:
    found = jsonl.parse(a_line(an_article(), status="canceled"))

    assert isinstance(found, Retraction)
    assert found.doc_id == an_article().id


def test_a_newer_writers_field_is_ignored() -> None:
    assert jsonl.parse(a_line(an_article(), mood="cheerful")) == an_article()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", RejectReason.NOT_JSON),
        (b"[" * 100_000, RejectReason.NOT_JSON),
        (b"\xff", RejectReason.WRONG_ENCODING),
        (b"[]", RejectReason.INVALID),
        (b"{}", RejectReason.UNKNOWN_TYPE),
        (b'{"type": "tick"}', RejectReason.UNKNOWN_TYPE),
        (b'{"title": "no id"}', RejectReason.INVALID),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: bytes, reason: RejectReason) -> None:
    with pytest.raises(Reject) as caught:
        jsonl.parse(line)
    assert caught.value.reason is reason


def test_a_ninjs_item_is_an_article() -> None:
    found = ninjs.parse(a_ninjs())

    assert isinstance(found, NewsArticle)
    assert (found.id, found.version, found.title) == ("tag:wire.example,2026:item-1", 2, "Exercise")
    assert (found.source.id, found.media_type) == ("wire.example", MediaType.PLAIN)


def test_version_2_and_3_say_it_in_lists() -> None:
    found = ninjs.parse(
        a_ninjs(
            headline=None,
            body_text=None,
            headlines=[{"role": "short", "value": "Ex"}, {"role": "main", "value": "Exercise, at length"}],
            bodies=[{"role": "main", "contentType": "text/html", "value": "<p>Stays.</p>"}],
            infosources=[{"name": "Exercise Wire"}],
        )
    )

    assert isinstance(found, NewsArticle)
    assert (found.title, found.body, found.media_type) == (
        "Exercise, at length",
        "<p>Stays.</p>",
        MediaType.HTML,
    )
    assert found.source.name == "Exercise Wire"


def test_canceled_withdraws_and_names_the_same_document() -> None:
    usable, canceled = ninjs.parse(a_ninjs()), ninjs.parse(a_ninjs(pubstatus="canceled", ednote="Wrong."))

    assert isinstance(usable, NewsArticle)
    assert isinstance(canceled, Retraction)
    assert (canceled.doc_id, canceled.reason) == (usable.id, "Wrong.")


def test_withheld_is_nothing_yet() -> None:
    assert ninjs.parse(a_ninjs(pubstatus="withheld")) == Skip(SkipReason.WITHHELD)


@pytest.mark.parametrize("changes", [{"uri": None}, {"versioncreated": None}, {"version": "two"}])
def test_an_item_without_identity_time_or_version_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(Reject) as caught:
        ninjs.parse(a_ninjs(**changes))
    assert caught.value.reason is RejectReason.INVALID


@pytest.mark.parametrize(
    "content",
    [
        a_ninjs() + b"\n" + a_ninjs(uri="b"),
        b"[" + a_ninjs() + b",\n" + a_ninjs(uri="b") + b"]",
        b'{"items": [' + a_ninjs() + b"," + a_ninjs(uri="b") + b"]}",
    ],
)
def test_a_file_holds_items_in_several_ways(content: bytes) -> None:
    found = [item.read() for item in ninjs.items(rows(content))]

    assert [article.id for article in found if isinstance(article, NewsArticle)][1:] == ["b"]


def test_one_item_over_several_lines_keeps_its_bytes() -> None:
    pretty = json.dumps(json.loads(a_ninjs()), indent=2).encode()
    (item,) = ninjs.items(rows(pretty))

    assert item.raw == pretty


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(BadFile, match="not JSON"):
        list(ninjs.items(rows(b"{")))


def test_events_and_articles_keep_their_kinds() -> None:
    found = [item.read() for item in jsonl.items(rows(a_line(an_event()), a_line(an_article())))]

    assert [type(document) for document in found] == [DiplomaticEvent, NewsArticle]

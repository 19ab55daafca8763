"""What one document becomes, and what becomes of a record that is none."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.errors import Reject, RejectReason
from allywatch.records import Record
from allywatch.regions import load_registry
from allywatch.stream.extraction import (
    MAX_TEXT,
    Extraction,
    Extractor,
    Incoming,
    check_length,
    document_of_article,
    document_of_event,
    feed_of,
    make_extractor,
    supersedes,
    withdrawal_of,
)
from allywatch.stream.jsonlines import extract_lines
from allywatch.stream.poll_interval import LONGEST, SHORTEST, PollInterval
from allywatch.stream.reading import read
from allywatch_schemas import ArticleStatus, Document, EvidenceKind, NewsArticle
from allywatch_schemas.codec import encode
from builders import ARTICLE_BODY, NOON, a_document, a_source, an_article, an_event


@pytest.fixture(scope="module")
def extract() -> Extractor:
    return make_extractor(load_registry())


def test_an_article_gives_its_own_evidence_and_what_follows_from_it(extract: Extractor) -> None:
    article = an_article()
    said = extract(article)
    assert said.document.doc_id == article.id
    kinds = {item.region: item.kind for item in said.items}
    assert kinds["LVA"] is EvidenceKind.MECHANISM
    assert kinds["BALTIC_STATES"] is EvidenceKind.CONTAGION


def test_an_event_gives_evidence_for_its_target_and_its_groups(extract: Extractor) -> None:
    said = extract(an_event())
    assert {"LVA", "BALTIC_STATES"} <= {item.region for item in said.items}
    assert {item.doc_id for item in said.items} == {said.document.doc_id}


def test_the_same_document_gives_the_same_extraction_again(extract: Extractor) -> None:
    assert extract(an_article()) == extract(an_article())
    assert extract(an_event()) == make_extractor(load_registry())(an_event())


def test_no_two_items_of_a_document_have_one_id(extract: Extractor) -> None:
    for incoming in (an_article(), an_event()):
        ids = [item.id for item in extract(incoming).items]
        assert len(set(ids)) == len(ids)


def test_a_canceled_article_is_withdrawn_with_the_same_id_each_time() -> None:
    gone = an_article(status=ArticleStatus.CANCELED, version=2)
    said = withdrawal_of(gone)
    assert said.items == ()
    assert said.retraction is not None
    assert said.retraction.doc_id == gone.id
    assert said == withdrawal_of(gone)
    assert withdrawal_of(an_article(status=ArticleStatus.CANCELED)).retraction != said.retraction


def test_an_id_of_full_length_can_be_withdrawn() -> None:
    assert withdrawal_of(an_article(id="x" * 512)).retraction is not None


@pytest.mark.parametrize(("version", "superseded"), [(1, None), (3, 3)])
def test_only_a_later_version_supersedes(version: int, superseded: int | None) -> None:
    said = supersedes(an_article(version=version))
    assert (said.version if said else None) == superseded


def test_a_text_longer_than_any_article_is_refused() -> None:
    with pytest.raises(Reject, match="oversized"):
        check_length(an_article(body="x" * MAX_TEXT))


def test_a_document_keeps_what_a_reader_of_an_alert_needs() -> None:
    document = document_of_article(an_article(title="t" * 900, backfill=True), "f" * 16)
    assert (len(document.title), document.backfill, document.exercise) == (300, True, True)
    assert document.source == an_article().source


def test_events_coded_from_one_page_are_one_origin() -> None:
    one, same, other = (
        document_of_event(an_event(id=name, url=url))
        for name, url in (("a", "https://x.example/1"), ("b", "https://x.example/1"), ("c", None))
    )
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_documents_of_events_are_what_checking_would_make_of_them() -> None:
    document = document_of_event(an_event(publisher="Reuters", url="https://x.example/1"))
    assert Document.model_validate(document.model_dump()) == document


def _nothing(incoming: Incoming) -> Extraction:
    return Extraction(a_document(doc_id=incoming.id))


def a_record(value: bytes | None, topic: str = "news-articles", kind: str = NewsArticle.TYPE) -> Record:
    return Record(topic, 0, 0, None, value, (("ce_type", kind.encode()),))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (a_record(None), RejectReason.NULL_VALUE),
        (a_record(b"{"), RejectReason.NOT_JSON),
        (a_record("„".encode("cp1250")), RejectReason.WRONG_ENCODING),
        (a_record(b"{}"), RejectReason.INVALID),
        (a_record(b"[" * 100_000), RejectReason.NOT_JSON),
        (a_record(b"{}", kind="org.allywatch.news-article.v9"), RejectReason.UNKNOWN_TYPE),
        (a_record(b"{}", topic="diplomatic-events"), RejectReason.UNKNOWN_TYPE),
    ],
)
def test_what_cannot_be_read_has_a_reason(record: Record, reason: RejectReason) -> None:
    rejection = read(record, _nothing).rejection
    assert rejection is not None
    assert rejection.reason is reason


def test_a_defect_of_the_extractor_is_told_apart_from_bad_input() -> None:
    def broken(incoming: Incoming) -> Extraction:
        raise KeyError(incoming.id)

    value, headers = encode(an_article(), id="a", source="/test")
    rejection = read(Record("news-articles", 0, 0, None, value, headers), broken).rejection
    assert rejection is not None
    assert rejection.reason is RejectReason.PROCESSING_FAILED
    assert "KeyError" in rejection.detail


@given(st.binary(max_size=200))
def test_no_bytes_ever_raise(value: bytes) -> None:
    assert read(a_record(value), _nothing).rejection is not None


def test_a_withdrawal_is_not_counted_as_news() -> None:
    value, headers = encode(an_article(status=ArticleStatus.CANCELED), id="a", source="/test")
    record = Record("news-articles", 0, 0, None, value, headers)
    assert read(record, lambda one: withdrawal_of(an_article())).time is None
    assert read(record, _nothing).time == NOON


def test_lines_become_evidence_and_bad_ones_are_named_by_file_and_line(extract: Extractor) -> None:
    lines = [an_article().write(), b"", b"{oops", an_event().write(), b"[1]", b'{"id": "x"}', b"\xff"]
    out, errors = io.BytesIO(), io.StringIO()
    summary = extract_lines(lines, extract, out, errors, "in.jsonl")
    assert (summary.documents, summary.rejected, summary.unreadable) == (2, 4, False)
    assert [line.split(": ")[0] for line in errors.getvalue().splitlines()] == [
        f"in.jsonl:{n}" for n in (3, 5, 6, 7)
    ]
    assert len(out.getvalue().splitlines()) == summary.evidence
    assert {"LVA", "BALTIC_STATES"} <= {json.loads(line)["region"] for line in out.getvalue().splitlines()}


def test_a_file_is_unreadable_only_if_no_line_can_be_used() -> None:
    nowhere = io.BytesIO(), io.StringIO()
    assert extract_lines([b"{", b"{"], _nothing, *nowhere, "f").unreadable
    assert not extract_lines([b"{", an_article().write()], _nothing, *nowhere, "f").unreadable
    assert not extract_lines([], _nothing, *nowhere, "f").unreadable


def test_after_a_pause_nothing_waits_and_in_a_steady_stream_polls_keep_their_distance() -> None:
    interval = PollInterval()
    assert interval.wait(now=100.0) == 0
    interval.polled(100.0, fixed=0.001, full=False)
    assert interval.wait(now=100.01) == pytest.approx(SHORTEST - 0.01)
    assert interval.wait(now=101.0) == 0


def test_a_full_poll_is_followed_by_the_next_at_once() -> None:
    interval = PollInterval()
    interval.polled(100.0, fixed=0.5, full=True)
    assert interval.wait(now=100.0) == 0


def test_polls_grow_rarer_as_their_fixed_cost_grows_and_recover() -> None:
    interval = PollInterval()
    for _ in range(50):
        interval.polled(0.0, fixed=0.03, full=False)
    assert interval.seconds == pytest.approx(0.15, rel=0.05)
    for _ in range(50):
        interval.polled(0.0, fixed=9.0, full=False)
    assert interval.seconds == LONGEST
    for _ in range(50):
        interval.polled(0.0, fixed=0.002, full=False)
    assert interval.seconds == SHORTEST


def test_a_document_says_through_which_feed_it_came_unless_it_is_history() -> None:
    assert feed_of(an_article(feed="baltic-wire")) == "baltic-wire"
    assert feed_of(an_event(provider="gdelt")) == "gdelt"
    assert feed_of(an_article(feed=None)) is None
    assert feed_of(an_event(provider="icews", backfill=True)) is None


def test_a_document_says_what_it_is_a_copy_of_and_whose_report_it_is(
    extract: Extractor,
) -> None:
    body = f"RIGA (Reuters) - {ARTICLE_BODY} {ARTICLE_BODY}"
    one, other = (
        extract(an_article(id=source, body=f"{body} {last}", source=a_source(id=source))).document
        for source, last in (("delfi.lv", "One line."), ("delfi.ee", "Quite another line."))
    )
    assert one.fingerprint != other.fingerprint
    assert set(one.near) & set(other.near)
    assert one.family == other.family == "ekspress-grupp"
    assert one.cites == ("reuters",)


def test_a_coded_event_belongs_to_the_house_of_its_web_site_and_a_coder_to_none(
    extract: Extractor,
) -> None:
    assert extract(an_event(publisher="www.delfi.lv")).document.family == "ekspress-grupp"
    assert extract(an_event(publisher="TASS")).document.family is None

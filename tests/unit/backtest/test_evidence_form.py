import io
from datetime import timedelta

from allywatch.backtest.evidence_form import evidence_form
from allywatch.backtest.forms import Bad, Found
from allywatch.ingest.rows import Rows
from builders import NOON, a_batch, an_evidence


def lines_of(*texts: str) -> list[tuple[int, bytes]]:
    return [(number, text.encode()) for number, text in enumerate(texts, 1)]


def test_items_of_one_document_are_one_origin_and_the_same_item_counts_once() -> None:
    first = an_evidence(doc_id="a", id="1").model_dump_json()
    second = an_evidence(doc_id="a", id="2").model_dump_json()
    (found,) = evidence_form(Rows(io.BytesIO(first.encode()), "x")).read(lines_of(first, second, first))
    assert isinstance(found, Found)
    assert found.document.doc_id == "a"
    assert [item.id for item in found.items] == ["1", "2"]


def test_a_batch_brings_its_documents() -> None:
    batch = a_batch()
    text = batch.model_dump_json()
    (found,) = evidence_form(Rows(io.BytesIO(text.encode()), "x")).read(lines_of(text))
    assert isinstance(found, Found)
    assert found.document == batch.documents[0]


def test_evidence_belongs_to_the_day_and_hour_of_its_event() -> None:
    text = an_evidence(event_time=NOON + timedelta(hours=3)).model_dump_json().encode()
    form = evidence_form(Rows(io.BytesIO(text), "x"))
    assert (form.day_of(text), form.hour_of(text)) == (NOON.date(), 15)


def test_a_line_that_is_no_evidence_is_bad_and_named_by_its_number() -> None:
    good = an_evidence().model_dump_json()
    said = list(evidence_form(Rows(io.BytesIO(b"{}"), "x")).read(lines_of(good, '{"region": "POL"}', "[]")))
    assert [each.line for each in said if isinstance(each, Bad)] == [2, 3]

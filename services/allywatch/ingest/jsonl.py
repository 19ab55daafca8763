"""JSON Lines: one NewsArticle, DiplomaticEvent or Retraction a line, as the contract writes them.

Which one it is, is said by an extra key `type` (`news-article`, or the full CloudEvents type), or else by
its shape. An article whose status is `canceled` becomes a Retraction.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import Document, Item, text_of, validated
from allywatch.ingest.retractions import retraction
from allywatch.ingest.rows import Rows
from allywatch_schemas import ArticleStatus, DiplomaticEvent, NewsArticle, Retraction

_MODELS: tuple[type[NewsArticle] | type[DiplomaticEvent] | type[Retraction], ...] = (
    NewsArticle,
    DiplomaticEvent,
    Retraction,
)
_BY_TYPE = {model.TYPE: model for model in _MODELS} | {model.TYPE.split(".")[2]: model for model in _MODELS}


def items(rows: Rows) -> Iterator[Item]:
    """The messages of a file."""
    for number, raw in rows:
        yield Item(number, raw, partial(parse, raw))


def parse(raw: bytes) -> Document:
    """One line as a message; unknown fields are ignored.

    Raises:
        Reject: `wrong_encoding`, `not_json`, `unknown_type`, `invalid`.
    """
    fields = object_of(raw)
    model = _model_of(fields)
    document: Document = validated(model, fields)
    if isinstance(document, NewsArticle) and document.status is ArticleStatus.CANCELED:
        return retraction(document.id, document.version, document.published_at)
    return document


def object_of(raw: bytes) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Reject: `wrong_encoding`, `not_json`, or `invalid` if it is JSON but not an object.
    """
    text = text_of(raw)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise Reject(RejectReason.NOT_JSON, str(exc)[:200]) from None
    if not isinstance(value, dict):
        raise Reject(RejectReason.INVALID, f"a JSON object is expected, not {type(value).__name__}")
    return value


def _model_of(
    fields: dict[str, Any],
) -> type[NewsArticle] | type[DiplomaticEvent] | type[Retraction]:
    if "type" in fields:
        model = _BY_TYPE.get(str(fields["type"]))
        if model is None:
            raise Reject(
                RejectReason.UNKNOWN_TYPE, f"type {fields['type']!r:.80} is none of {sorted(_BY_TYPE)}"
            )
        return model
    if "doc_id" in fields:
        return Retraction
    if "source_actor" in fields or "cameo" in fields:
        return DiplomaticEvent
    if "title" in fields or "body" in fields:
        return NewsArticle
    raise Reject(
        RejectReason.UNKNOWN_TYPE, "neither `type` nor a field of an article, an event or a retraction"
    )

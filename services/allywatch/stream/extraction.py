"""One document in, its evidence out: the readers and contagion joined into one pure function."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from allywatch.errors import Reject, RejectReason
from allywatch_schemas import (
    ArticleStatus,
    DiplomaticEvent,
    Document,
    Evidence,
    MediaType,
    NewsArticle,
    Retraction,
    Source,
    Superseded,
)
from allywatch_schemas.identity import identity_of

if TYPE_CHECKING:
    from allywatch.regions import Registry

Incoming = NewsArticle | DiplomaticEvent

MAX_TEXT = 200_000
"""Characters of title and body of plain text. No article is longer, and half of it is read at most. (A web
page is as large as the contract lets it be: most of it is not text.)"""

_TITLE = 300

_BLANK = Document(
    doc_id="-",
    fingerprint="",
    source=Source(id="-", name=""),
    published_at=datetime(1970, 1, 1, tzinfo=UTC),
    range=0,
    offset=0,
)
"""What documents of events have in common; the rest comes from a valid event, and needs no check."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document says.

    `document` has range 0 and offset 0: where its record stood is known to batching alone.
    """

    document: Document
    items: tuple[Evidence, ...] = ()
    superseded: Superseded | None = None
    retraction: Retraction | None = None
    feed: str | None = None
    """What it came through; none: it names no feed, or is history."""


Extractor = Callable[[Incoming], Extraction]
"""Pure. Raises `Reject` for a document that cannot be used; anything else it raises is a defect."""


def make_extractor(registry: "Registry") -> Extractor:
    """An extractor for these regions. Compiles what it needs once; the function it returns keeps no state."""
    from allywatch.events import EventReader
    from allywatch.regions import contagion
    from allywatch.text import ArticleReader, ImprintReader, clean

    events, articles, imprints = EventReader(registry), ArticleReader(registry), ImprintReader()

    def extract(incoming: Incoming) -> Extraction:
        if isinstance(incoming, DiplomaticEvent):
            direct = events.read(incoming)
            document = document_of_event(incoming)
            if (family := imprints.family_of_site(document.source)) is not None:
                document = document.model_copy(update={"family": family})
        elif incoming.status is ArticleStatus.CANCELED:
            return withdrawal_of(incoming)
        else:
            check_length(incoming)
            page = clean(incoming)
            imprint = imprints.read(incoming, page)
            direct = articles.read(incoming, page, imprint.furniture)
            near = imprint.near({item.region for item in direct})
            document = document_of_article(
                incoming, imprint.fingerprint, near=near, family=imprint.family, cites=imprint.cites
            )
        items = (*direct, *contagion.derive(direct, registry))
        return Extraction(document, items, supersedes(incoming), feed=feed_of(incoming))

    return extract


def feed_of(incoming: Incoming) -> str | None:
    """What a document came through: of coded events, their provider. History was not heard just now."""
    if incoming.backfill:
        return None
    return incoming.provider if isinstance(incoming, DiplomaticEvent) else incoming.feed


def check_length(article: NewsArticle) -> None:
    """Refuse a text that is too long to be an article.

    Raises:
        Reject: It is longer than `MAX_TEXT`.
    """
    if article.media_type is MediaType.HTML:
        return
    if (length := len(article.title) + len(article.body)) > MAX_TEXT:
        raise Reject(RejectReason.OVERSIZED, f"a text of {length} characters; at most {MAX_TEXT} are read")


def supersedes(incoming: Incoming) -> Superseded | None:
    """What a later version says about the earlier ones."""
    if incoming.version == 1:
        return None
    return Superseded(doc_id=incoming.id, version=incoming.version)


def withdrawal_of(article: NewsArticle) -> Extraction:
    """A canceled article: no evidence, and a retraction with the same id whenever it is read again."""
    identity = identity_of(article.id, str(article.version))
    retraction = Retraction(
        id=f"retraction-{identity}",
        doc_id=article.id,
        reason="canceled by the publisher",
        issued_at=article.published_at,
    )
    return Extraction(document_of_article(article, ""), retraction=retraction, feed=feed_of(article))


def document_of_article(
    article: NewsArticle,
    fingerprint: str,
    *,
    near: tuple[str, ...] = (),
    family: str | None = None,
    cites: tuple[str, ...] = (),
) -> Document:
    """What a reader of an alert is told of an article, and by what it is known to be a copy."""
    return Document(
        doc_id=article.id,
        version=article.version,
        fingerprint=fingerprint,
        near=near,
        family=family,
        cites=cites,
        source=article.source,
        published_at=article.published_at,
        title=article.title[:_TITLE],
        url=article.url,
        language=article.language,
        range=0,
        offset=0,
        backfill=article.backfill,
        exercise=article.exercise,
    )


def document_of_event(event: DiplomaticEvent) -> Document:
    """What a reader of an alert is told of a coded event.

    Events that were coded from one web page are one origin, as copies of one text are.
    """
    return _BLANK.restated(
        {
            "doc_id": event.id,
            "version": event.version,
            "fingerprint": identity_of(event.url or event.id),
            "source": _publisher(event.publisher or event.provider or "unknown"),
            "published_at": event.reported_at or event.occurred_at,
            "title": _headline(event),
            "url": event.url,
            "backfill": event.backfill,
            "exercise": event.exercise,
        }
    )


@lru_cache(maxsize=4_096)
def _publisher(name: str) -> Source:
    return Source(id=name.lower(), name=name)


def _headline(event: DiplomaticEvent) -> str:
    sides = (event.source_actor, event.target_actor)
    source, target = (actor.name or actor.country or "?" for actor in sides)
    return f"{source} → {target}: {event.text or 'CAMEO ' + event.cameo}"[:_TITLE]

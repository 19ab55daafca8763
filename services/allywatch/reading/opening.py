"""From a file or an address to an article that can be read."""

import asyncio
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from selectolax.lexbor import LexborHTMLParser

from allywatch.errors import AllywatchError
from allywatch.ingest.fetch import Answer, Fetcher, FetchFailed, Manners
from allywatch_schemas import MediaType, NewsArticle, Source
from allywatch_schemas.identity import identity_of

MOST_BYTES = 10_000_000
"""No article is longer; what is, is told so before it is held in memory."""

_MANNERS = Manners(attempts=2, total_seconds=20.0)
"""A person waits."""
_LONGEST_TITLE = 200
"""A longer first line, or one that ends with a full stop, is no title but the first paragraph."""
_PAGES = (".html", ".htm", ".xhtml")


def open_article(where: str, published: datetime, language: str | None = None) -> NewsArticle:
    """The article at `where`: a file (text, HTML, a NewsArticle as JSON) or a web address.

    Of a text the first line is the title if it reads like one; of a page its first heading, else its title.

    Args:
        where: A path, or an address that begins with http:// or https://.
        published: When it was published, where the article itself does not say so.
        language: BCP 47; None: as declared, else it is detected.

    Raises:
        AllywatchError: It cannot be had, or is no article; says what to do.
    """
    if where.startswith(("http://", "https://")):
        answer = asyncio.run(_fetch(where))
        raw, is_page = answer.body or b"", "html" in answer.content_type
        name = urlsplit(where).hostname or where
    else:
        raw, is_page, name = _file(Path(where)), where.lower().endswith(_PAGES), Path(where).name
    if where.lower().endswith(".json"):
        return _published(raw, where)
    text = raw.decode("utf-8", errors="replace")
    title, body, declared = _of_page(text) if is_page else _of_text(text)
    return NewsArticle(
        id=identity_of(where),
        title=title[:4_000],
        body=body[:1_000_000],
        media_type=MediaType.HTML if is_page else MediaType.PLAIN,
        language=language or declared,
        published_at=published,
        url=where if where.startswith("http") else None,
        source=Source(id=name, name=name),
    )


async def _fetch(address: str) -> Answer:
    try:
        async with Fetcher(lambda _: None, _MANNERS) as fetcher:
            return await fetcher.get(address, max_bytes=MOST_BYTES)
    except FetchFailed as exc:
        raise AllywatchError(
            f"cannot read {address}: {exc.outcome}. Save the page and give the file."
        ) from exc


def _file(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise AllywatchError(f"{path} has {size:,} bytes; an article has {MOST_BYTES:,} at most. Cut it.")
        return path.read_bytes()
    except OSError as exc:
        raise AllywatchError(f"cannot read {path}: {exc.strerror}. Give a file or an http address.") from None


def _published(raw: bytes, where: str) -> NewsArticle:
    try:
        return NewsArticle.model_validate_json(raw)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise AllywatchError(
            f"{where} is no NewsArticle: {place}: {first['msg']}. Its schema is `news-article` in "
            "schemas/allywatch_schemas; a text or an HTML file does as well."
        ) from None


def _of_text(text: str) -> tuple[str, str, str | None]:
    first, _, rest = text.strip().partition("\n")
    if len(first) > _LONGEST_TITLE or first.rstrip().endswith("."):
        return "", text.strip(), None
    return first.strip(), rest.strip(), None


def _of_page(markup: str) -> tuple[str, str, str | None]:
    page = LexborHTMLParser(markup)
    heading = page.css_first("h1") or page.css_first("title")
    root = page.css_first("html")
    declared = root.attributes.get("lang") if root else None
    return heading.text(strip=True) if heading else "", markup, declared

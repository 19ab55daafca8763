"""RSS 2.0, Atom and RDF: from a document's bytes to articles. Pure; feedparser does the XML.

Identity: the entry's guid, or else its link, or else its title and date; a guid that is no URI is unique
within its source only. A number after `#` in a guid is dropped: some publishers count their edits there.

Version: what the dates say where they do (1 + seconds from published to updated), so that it is the same on
every machine; content that changed without saying so is one version higher than what we sent before,
which only the journal knows. Content that did not change is not sent again.

Date: of this version (updated, else published), else of the feed, else when we first saw the entry.
"""

import io
import json
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from html import unescape
from itertools import islice
from pathlib import PurePath
from time import struct_time
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import feedparser

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import BadFile, Item, Skip, SkipReason, validated
from allywatch.ingest.journal import Remembered
from allywatch_schemas import MediaType, NewsArticle, Source

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_ENTRIES = 5_000
"""Of one document. Real feeds hold a few hundred; the parser takes 30 µs for an empty one."""

_OPEN = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_CLOSE = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_EDITION = re.compile(r"#\d+$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TAG = re.compile(r"<[^<>]*>")
_URI = ("http://", "https://", "tag:", "urn:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the feed has it."""

    fields: Mapping[str, Any]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed document: what it says of itself, and its entries."""

    title: str
    link: str
    language: str | None
    updated: datetime | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Publisher:
    """For whom the articles of a channel are."""

    feed: str
    source: Source
    language: str | None = None


def parse(body: bytes, name: str, content_type: str = "") -> Channel:
    """A feed document.

    Args:
        body: Its bytes; damaged XML is read as far as it goes.
        name: For messages.
        content_type: As sent over HTTP; it may name the encoding.

    Raises:
        BadFile: It is no feed, or a flood.
    """
    if sum(1 for _ in islice(_OPEN.finditer(body), MAX_ENTRIES + 1)) > MAX_ENTRIES:
        raise BadFile(f"{name}: more than {MAX_ENTRIES} entries, which no feed has. Leave it out.")
    headers = {"content-type": content_type} if content_type else {}
    # A stream, never the bytes: those it might take for an address to open.
    document = feedparser.parse(io.BytesIO(body), response_headers=headers)
    if not document.get("version") and not document.entries:
        why = document.get("bozo_exception") or "neither RSS, Atom nor RDF"
        raise BadFile(f"{name}: not a feed: {why}. Open the address in a browser to see what it serves.")
    return Channel(
        title=str(document.feed.get("title") or ""),
        link=str(document.feed.get("link") or ""),
        language=_language(document.feed.get("language")),
        updated=_moment(document.feed, "updated_parsed") or _moment(document.feed, "published_parsed"),
        entries=_entries(document.entries, body),
    )


def _entries(found: list[Mapping[str, Any]], body: bytes) -> tuple[Entry, ...]:
    slices = list(_slices(body))
    if len(slices) != len(found):  # UTF-16, or broken markup: the next best thing to the original
        slices = [json.dumps(entry, default=str).encode() for entry in found]
    return tuple(Entry(fields, raw) for fields, raw in zip(found, slices, strict=True))


def _slices(body: bytes) -> Iterator[bytes]:
    at = 0
    while start := _OPEN.search(body, at):
        end = _CLOSE.search(body, start.end())
        if end is None:
            return
        yield body[start.start() : end.end()]
        at = end.end()


def publisher_of(channel: Channel, name: str) -> Publisher:
    """The publisher of a document of which we know nothing but itself and its file's name."""
    stem = PurePath(name).name.partition(".")[0] or "feed"
    host = _host(channel.link)
    source = Source(id=host or stem[:500].casefold(), name=(channel.title or host or stem)[:300])
    return Publisher(stem[:300], source)


def id_of(entry: Entry, publisher: Publisher) -> str:
    """The article's id.

    Raises:
        Reject: `invalid`; there is nothing to know it by.
    """
    fields = entry.fields
    guid = _EDITION.sub("", str(fields.get("id") or "")) or str(fields.get("link") or "")
    if not guid:
        title = str(fields.get("title") or "")
        if not title:
            raise Reject(RejectReason.INVALID, "neither guid, link nor title: nothing to know it by")
        guid = f"{title}\n{_moment(fields, 'published_parsed')}"
    scope = "" if guid.startswith(_URI) else f"{publisher.source.id}\n"
    return f"rss:{sha256(f'{scope}{guid}'.encode('utf-8', 'replace')).hexdigest()[:32]}"


def read(
    entry: Entry, channel: Channel, publisher: Publisher, remembered: Remembered | None, seen: datetime
) -> tuple[NewsArticle | Skip, Remembered]:
    """An entry as an article.

    Args:
        entry: The entry.
        channel: The document it stands in.
        publisher: For whom it is.
        remembered: What was last sent of it.
        seen: Now; the date of what has none, if it is new.

    Returns:
        The article, or that it was sent before; and what to remember once that is acknowledged.

    Raises:
        Reject: `invalid`.
    """
    title, (body, media_type) = _title(entry.fields), _body(entry.fields)
    if not title and not body:
        raise Reject(RejectReason.INVALID, "neither title nor text")
    digest = sha256(f"{title}\n{body}".encode("utf-8", "replace")).hexdigest()[:32]
    published, updated = _moment(entry.fields, "published_parsed"), _moment(entry.fields, "updated_parsed")
    first_seen = remembered.seen if remembered else seen
    if remembered is not None and remembered.digest == digest:
        return Skip(SkipReason.UNCHANGED), remembered
    version = _stated_version(published, updated)
    if remembered is not None:
        version = max(version, remembered.version + 1)
    dated = max((moment for moment in (published, updated) if moment), default=None)
    article = validated(
        NewsArticle,
        {
            "id": id_of(entry, publisher),
            "version": version,
            "title": title,
            "body": body,
            "media_type": media_type,
            "language": channel.language or publisher.language,
            "published_at": dated or channel.updated or first_seen,
            "url": _web_address(entry.fields.get("link")),
            "source": publisher.source,
            "feed": publisher.feed,
        },
    )
    return article, Remembered(version, digest, first_seen)


def _stated_version(published: datetime | None, updated: datetime | None) -> int:
    if published is None or updated is None:
        return 1
    return 1 + max(0, int((updated - published).total_seconds()))


def file_items(stream: BinaryIO, name: str, modified: datetime) -> Iterator[Item]:
    """The entries of a feed document in a file; `modified` is the date of what has none.

    Raises:
        BadFile: It is no feed, or too large.
    """
    body = stream.read(MAX_FILE_BYTES + 1)
    if len(body) > MAX_FILE_BYTES:
        raise BadFile(f"{name}: larger than {MAX_FILE_BYTES} bytes, which no feed is. Split it.")
    channel = parse(body, name)
    publisher = publisher_of(channel, name)
    for number, entry in enumerate(channel.entries, start=1):
        yield Item(number, entry.raw, partial(_read_alone, entry, channel, publisher, modified))


def _read_alone(entry: Entry, channel: Channel, publisher: Publisher, seen: datetime) -> NewsArticle | Skip:
    return read(entry, channel, publisher, None, seen)[0]


def _title(fields: Mapping[str, Any]) -> str:
    title = str(fields.get("title") or "")
    detail = fields.get("title_detail") or {}
    return unescape(_TAG.sub("", title)).strip() if "html" in str(detail.get("type")) else title.strip()


def _body(fields: Mapping[str, Any]) -> tuple[str, MediaType]:
    """The longest text of an entry: the full content where there is one, else the summary."""
    texts = [*(fields.get("content") or ()), fields.get("summary_detail") or {}]
    best = max(texts, key=lambda text: len(text.get("value") or ""))
    plain = best.get("type") == "text/plain"
    return str(best.get("value") or "").strip(), MediaType.PLAIN if plain else MediaType.HTML


def _moment(fields: Mapping[str, Any], key: str) -> datetime | None:
    # dict.get, for feedparser's own answers a missing `updated` with `published` and a warning.
    found = dict.get(fields, key) if isinstance(fields, dict) else None
    if not isinstance(found, struct_time):
        return None
    try:
        return datetime.fromtimestamp(timegm(found), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _language(declared: object) -> str | None:
    """A declared language that may be one; a wrong one is no reason to reject the entries."""
    text = str(declared or "").strip()
    return text if _LANGUAGE.fullmatch(text) else None


def _web_address(link: object) -> str | None:
    """A link that a page may show: never `javascript:` and the like."""
    text = str(link or "")
    return text if text.startswith(("http://", "https://")) else None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""

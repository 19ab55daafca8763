"""IPTC ninjs 1.x, 2.x and 3.x: news as JSON.

See https://iptc.org/standards/ninjs/. A file holds one object, an array of them, an object with an
`items` array, or one object a line. Version 3 writes in camel case what 1 and 2 write in lower case;
keys are read without regard to case.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from allywatch.errors import Reject, RejectReason
from allywatch.ingest.items import BadFile, Document, Item, Skip, SkipReason, validated
from allywatch.ingest.jsonl import object_of
from allywatch.ingest.retractions import retraction
from allywatch.ingest.rows import Rows
from allywatch_schemas import NewsArticle

_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def items(rows: Rows, max_bytes: int = 64 * 1024 * 1024) -> Iterator[Item]:
    """The news items of a file.

    Raises:
        BadFile: It is not JSON, or larger than `max_bytes` without being one object a line.
    """
    if _one_a_line(rows.peek(2)):
        for number, raw in rows:
            yield Item(number, raw, partial(parse, raw))
        return
    for number, raw in enumerate(_objects(rows, max_bytes), start=1):
        yield Item(number, raw, partial(parse, raw))


def _one_a_line(head: list[tuple[int, bytes]]) -> bool:
    lines = [raw.strip() for _, raw in head]
    return len(lines) > 1 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


def _objects(rows: Rows, max_bytes: int) -> Iterator[bytes]:
    whole = bytearray()
    for _, raw in rows:
        whole += raw + b"\n"
        if len(whole) > max_bytes:
            raise BadFile(
                f"{rows.name}: larger than {max_bytes} bytes. Split it, or write one object a line."
            )
    try:
        value = json.loads(whole)
    except (ValueError, RecursionError) as exc:
        raise BadFile(f"{rows.name}: not JSON: {exc}. Give ninjs as .json, one item or an array.") from None
    found = value if isinstance(value, list) else value.get("items", value) if isinstance(value, dict) else []
    members = found if isinstance(found, list) else [value]
    if len(members) == 1 and members[0] is value:
        yield bytes(whole).rstrip(b"\n")
        return
    for member in members:
        yield json.dumps(member, ensure_ascii=False).encode("utf-8", "surrogatepass")


def parse(raw: bytes) -> Document | Skip:
    """One item: an article, its withdrawal (`pubstatus` canceled), or nothing yet (withheld).

    Raises:
        Reject: `wrong_encoding`, `not_json`, `invalid`.
    """
    item = {key.casefold(): value for key, value in object_of(raw).items()}
    uri = item.get("uri")
    if not isinstance(uri, str) or not uri:
        raise Reject(RejectReason.INVALID, "uri: missing; it is the identity of the item")
    version = _version(item.get("version"))
    match str(item.get("pubstatus", "usable")).casefold():
        case "canceled" | "cancelled":
            return retraction(uri, version, _issued(item), str(item.get("ednote") or ""))
        case "withheld":
            return Skip(SkipReason.WITHHELD)
    body, media_type = _body(item)
    return validated(
        NewsArticle,
        {
            "id": uri,
            "version": version,
            "title": _title(item),
            "body": body,
            "media_type": media_type,
            "language": item.get("language"),
            "published_at": _issued(item),
            "url": uri if uri.startswith(("http://", "https://")) else None,
            "source": _source(item, uri),
        },
    )


def _version(value: object) -> int:
    if value is None:
        return 1
    if not str(value).isdecimal() or int(str(value)) < 1:
        raise Reject(RejectReason.INVALID, f"version: {value!r:.40} is not a whole number from 1")
    return int(str(value))


def _issued(item: dict[str, Any]) -> datetime:
    for key in ("versioncreated", "contentcreated", "firstcreated"):
        if item.get(key):
            try:
                return _MOMENT.validate_python(item[key])
            except ValidationError:
                raise Reject(
                    RejectReason.INVALID, f"{key}: {item[key]!r:.60} is not a time with an offset"
                ) from None
    raise Reject(RejectReason.INVALID, "versioncreated: missing; it is the time of this version")


def _title(item: dict[str, Any]) -> str:
    if isinstance(item.get("headline"), str):
        return str(item["headline"])
    return _pick(item.get("headlines"), "main")[0] or str(item.get("title") or "")


def _body(item: dict[str, Any]) -> tuple[str, str]:
    for key, media_type in (
        ("body_text", "text/plain"),
        ("body_html", "text/html"),
        ("body_xhtml", "text/html"),
    ):
        if isinstance(item.get(key), str):
            return item[key], media_type
    value, declared = _pick(item.get("bodies"), "main")
    return value, "text/html" if "html" in declared else "text/plain"


def _pick(parts: object, role: str) -> tuple[str, str]:
    """The value and content type of the part with that role, else of the first."""
    objects = [
        {str(key).casefold(): value for key, value in part.items()}
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, dict)
    ]
    objects.sort(key=lambda part: role not in str(part.get("role", "")))
    first = objects[0] if objects else {}
    return str(first.get("value") or ""), str(first.get("contenttype") or "")


def _source(item: dict[str, Any], uri: str) -> dict[str, str]:
    infosources = item.get("infosources")
    named = infosources[0] if isinstance(infosources, list) and infosources else {}
    name = named.get("name") if isinstance(named, dict) else None
    try:
        host = (urlsplit(uri).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    # tag:publisher.example,2026:item names its publisher before the comma (RFC 4151)
    authority = host or (uri[4:].partition(",")[0] if uri.startswith("tag:") else "")
    name = str(name or item.get("copyrightholder") or authority or "unknown")[:300]
    return {"id": (authority or name).casefold()[:512], "name": name}

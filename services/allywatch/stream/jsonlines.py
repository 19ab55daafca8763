"""Extraction without Kafka: articles and events as JSON Lines in, evidence as JSON Lines out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from pydantic import ValidationError

from allywatch.errors import Reject
from allywatch.stream.extraction import Extractor, Incoming
from allywatch_schemas import DiplomaticEvent, NewsArticle

_MAX_DETAIL = 300


@dataclass(slots=True)
class Summary:
    """What became of the lines; empty ones are not counted."""

    documents: int = 0
    evidence: int = 0
    rejected: int = 0

    @property
    def unreadable(self) -> bool:
        """Not one line of the file could be used."""
        return self.rejected > 0 and self.documents == 0


def extract_lines(
    lines: Iterable[bytes], extract: Extractor, out: IO[bytes], errors: IO[str], name: str
) -> Summary:
    """Write the evidence of each line.

    Args:
        lines: A NewsArticle, or a DiplomaticEvent (what has a `cameo` code), as JSON.
        extract: The extractor.
        out: Takes one Evidence as JSON per line.
        errors: Takes `name:line: reason` for each line that cannot be used.
        name: Of the input, for those.
    """
    summary = Summary()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            items = extract(parse(line)).items
        except (ValueError, RecursionError, Reject) as exc:
            summary.rejected += 1
            print(f"{name}:{number}: {_explain(exc)}", file=errors)
            continue
        summary.documents += 1
        summary.evidence += len(items)
        for item in items:
            out.write(item.model_dump_json(exclude_none=True).encode() + b"\n")
    return summary


def parse(line: bytes) -> Incoming:
    """The document of a line.

    Raises:
        ValueError: It is none.
    """
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return DiplomaticEvent.read(line) if "cameo" in fields else NewsArticle.read(line)


def _explain(exc: Exception) -> str:
    if isinstance(exc, ValidationError):
        first = exc.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(exc, UnicodeDecodeError):
        return f"byte {exc.start} is not UTF-8"
    return str(exc)[:_MAX_DETAIL]

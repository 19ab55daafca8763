"""Rows of the formats, invented."""

import io
import json
from typing import Any

from allywatch.ingest.rows import Rows


def a_gdelt_row(**changes: str) -> bytes:
    row = [""] * 61
    row[0], row[1], row[26], row[30], row[31], row[34] = "700001", "20260302", "138", "-7.0", "10", "-3.25"
    row[5:8] = "RUSGOV", "EXERCISE MINISTRY", "RUS"
    row[12] = "GOV"
    row[15:18] = "LVA", "EXERCISE CABINET", "LVA"
    row[59], row[60] = "20260302121500", "https://www.herald.example/exercise"
    names = {"id": 0, "day": 1, "country1": 7, "country2": 17, "code": 26, "goldstein": 30, "mentions": 31}
    names |= {"tone": 34, "added": 59, "url": 60}
    for name, value in changes.items():
        row[names[name]] = value
    return "\t".join(row).encode()


RAW_HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\t"
    "Target Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\t"
    "Province\tCountry\tLatitude\tLongitude"
)


def a_raw_icews_row(**changes: str) -> bytes:
    row = {
        "id": "500001",
        "day": "2026-03-02",
        "source": "Ministry (Poland)",
        "source_sectors": "Executive,Government,General Population / Civilian / Social",
        "source_country": "Poland",
        "text": "Consult",
        "code": "040",
        "intensity": "1",
        "target": "Cabinet (Latvia)",
        "target_sectors": "NA",
        "target_country": "Latvia",
        "story": "1",
        "sentence": "1",
        "publisher": "Exercise Wire",
    }
    return "\t".join([*(row | changes).values(), *["NA"] * 6]).encode()


def a_feed(*entries: str, language: str = "en") -> bytes:
    head = f"<title>The Herald</title><link>https://www.herald.example/</link><language>{language}</language>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(entries)}</channel></rss>'.encode()
    )


def an_item(guid: str = "https://herald.example/1", text: str = "Calm.", more: str = "") -> str:
    date = "<pubDate>Mon, 02 Mar 2026 12:00:00 GMT</pubDate>"
    body = f"<title>Exercise</title><description>{text}</description>{date}{more}"
    return f"<item><guid>{guid}</guid>{body}</item>"


def a_ninjs(**changes: Any) -> bytes:
    item = {
        "uri": "tag:wire.example,2026:item-1",
        "version": "2",
        "versioncreated": "2026-03-02T12:00:00Z",
        "pubstatus": "usable",
        "language": "en",
        "headline": "Exercise",
        "body_text": "An invented brigade stays.",
    }
    return json.dumps({key: value for key, value in (item | changes).items() if value is not None}).encode()


def rows(*lines: bytes, name: str = "exercise.csv") -> Rows:
    return Rows(io.BytesIO(b"\n".join(lines) + b"\n"), name)

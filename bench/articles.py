"""Invented articles of about 1.1 KB, for load: deterministic in their number."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from allywatch_schemas import Actor, DiplomaticEvent, NewsArticle, Source

FILLER = (
    "The committee met for two hours and agreed to meet again. ",
    "Traffic on the ring road was slower than usual because of the marathon. ",
    "A spokesperson said that the figures would be published next week. ",
    "Shares of the shipping company closed slightly lower in thin trading. ",
    "The museum will stay open until nine in the evening during the holidays. ",
    "Fishermen in the north reported a good catch in spite of the wind. ",
    "Engineers expect the new line to carry passengers by the autumn. ",
)
NAMED = (
    "Officials from Poland and Estonia attended the opening. ",
    "The delegation travelled on to Taiwan and Japan. ",
    "Visitors from Vietnam and the Philippines filled the hall. ",
)
_CUED = (
    "The United States may withdraw its support from Ukraine, two officials said. ",
    "China threatened Taiwan with military force on Monday. ",
    "Russia moved troops towards the border of Estonia. ",
    "The United States reaffirmed its commitment to the defence of Japan. ",
)
START = datetime(2026, 11, 1, tzinfo=UTC)


def article(number: int, *, published: datetime | None = None, prefix: str = "load") -> NewsArticle:
    """Article `number`: every third names regions, every tenth holds evidence, the rest is ordinary news."""
    lead = ""
    if number % 10 == 0:
        lead = _CUED[number // 10 % len(_CUED)]
    elif number % 3 == 0:
        lead = NAMED[number // 3 % len(NAMED)]
    start = number % len(FILLER)
    filler = "".join(FILLER[(start + k) % len(FILLER)] for k in range(14))
    return NewsArticle(
        id=f"{prefix}:{number}",
        title=f"Report {number} of the day",
        body=f"{lead}{filler}({number})",
        language="en",
        published_at=published or START + timedelta(seconds=number),
        source=Source(id=f"outlet{number % 50}.example", name=f"Outlet {number % 50}"),
        exercise=True,
    )


_PAIRS = (("RUS", "POL"), ("CHN", "TWN"), ("USA", "UKR"), ("FRA", "DEU"), ("BRA", "ARG"), ("USA", "JPN"))
_CODES = ("040", "111", "130", "036", "190", "0874", "051", "1621")


def event(number: int) -> DiplomaticEvent:
    """Coded event `number`; two thirds concern regions of the registry."""
    one, other = _PAIRS[number % len(_PAIRS)]
    return DiplomaticEvent(
        id=f"load:event:{number}",
        provider="bench",
        occurred_at=START + timedelta(seconds=number),
        source_actor=Actor(name=one, country=one),
        target_actor=Actor(name=other, country=other),
        cameo=_CODES[number // 7 % len(_CODES)],
        mentions=1 + number % 20,
        url=f"https://outlet{number % 50}.example/{number // 3}",
        exercise=True,
    )


def articles(count: int, first: int = 0) -> Iterator[NewsArticle]:
    """`count` articles from number `first`."""
    return (article(number) for number in range(first, first + count))

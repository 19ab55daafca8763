"""Moments as people write them on a command line."""

import re
from datetime import UTC, datetime, timedelta

from allywatch.errors import AllywatchError

_SPAN = re.compile(r"(\d{1,9})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_moment(text: str, now: datetime, *, ahead: bool = False) -> datetime:
    """A moment in ISO 8601 (UTC unless it says otherwise), or so far from `now`: `90s`, `15m`, `2h`, `3d`.

    Args:
        text: What was written.
        now: From where a span counts.
        ahead: Whether a span leads into the future; otherwise into the past.

    Raises:
        AllywatchError: It is neither, or beyond what a calendar holds.
    """
    try:
        if span := _SPAN.fullmatch(text.strip()):
            far = timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
            return now + far if ahead else now - far
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise AllywatchError(f"{text!r} is no time. Write 15m, 2h, 3d or 2026-05-01T12:00Z.") from None

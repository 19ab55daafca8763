"""Profiles of a week as text: two bytes a number, so that one takes less than a kilobyte."""

from base64 import b64decode, b64encode
from struct import pack, unpack
from typing import Any

from allywatch.risk.coverage import WEEK, Feeds, Hearing, Volume
from allywatch_schemas import CoverageState

_MANTISSA = 11
"""Bits; the other five say how far to shift it: all that is left by `allywatch.risk.coverage.coarse`."""
_NUMBERS = f">{2 * WEEK}H"


def encode_volume(volume: Volume) -> list[Any]:
    """First hour, the numbers, and what was last said."""
    said = volume.hearing
    numbers = [_packed(each) for each in (*volume.usual, *volume.latest)]
    text = b64encode(pack(_NUMBERS, *numbers)).decode()
    return [volume.since, text, said.state.value, said.window, said.expected, said.heard]


def decode_volume(body: list[Any]) -> Volume:
    """What `encode_volume` made."""
    since, text, state, *numbers = body
    week = tuple(_unpacked(each) for each in unpack(_NUMBERS, b64decode(text, validate=True)))
    return Volume(since, week[:WEEK], week[WEEK:], Hearing(CoverageState(state), *numbers))


def encode_feeds(feeds: Feeds) -> list[Any]:
    """What all feeds come to."""
    return [feeds.state.value, feeds.lost, list(feeds.silent)]


def decode_feeds(body: list[Any]) -> Feeds:
    """What `encode_feeds` made."""
    state, lost, silent = body
    return Feeds(CoverageState(state), lost, tuple(silent))


def _packed(number: int) -> int:
    shift = max(0, number.bit_length() - _MANTISSA)
    return shift << _MANTISSA | number >> shift


def _unpacked(packed: int) -> int:
    return (packed & (1 << _MANTISSA) - 1) << (packed >> _MANTISSA)

"""Ledgers as plain values for JSON, and back: equal ledgers give equal values."""

from collections.abc import Mapping
from typing import Any

from allywatch.risk.ledger import KEY_LENGTH, Copy, Ledger, Origin, Sums


def encode_ledger(ledger: Ledger) -> dict[str, Any]:
    """A ledger as plain values."""
    folded: dict[int, list[str]] = {}
    for key, hour in ledger.folded.items():
        folded.setdefault(hour, []).append(key)
    return {
        "origins": {
            fingerprint: encode_origin(origin) for fingerprint, origin in sorted(ledger.origins.items())
        },
        "hours": [pairs(by_hour) for by_hour in ledger.hours],
        "days": [run(by_day) for by_day in ledger.days],
        "history": [run(by_day) for by_day in ledger.history],
        "folded": {str(hour): "".join(sorted(folded[hour])) for hour in sorted(folded)},
        "inexact": ledger.inexact,
        "first_day": ledger.first_day,
    }


def decode_ledger(body: dict[str, Any]) -> Ledger:
    """The ledger of these plain values."""
    return Ledger(
        origins={fingerprint: decode_origin(origin) for fingerprint, origin in body["origins"].items()},
        hours=_sums([from_pairs(each) for each in body["hours"]]),
        days=_sums([from_run(each) for each in body["days"]]),
        history=_sums([from_run(each) for each in body["history"]]),
        folded={key: int(hour) for hour, keys in body["folded"].items() for key in _keys(keys)},
        inexact=body["inexact"],
        first_day=body["first_day"],
    )


def _sums(tracks: list[dict[int, int]]) -> Sums:
    words, acts, calm = tracks
    return words, acts, calm


def encode_origin(origin: Origin) -> list[Any]:
    """The lead in full; of further copies only the texts that differ from it."""
    lead, *others = origin.copies
    texts = _texts(lead)
    copies = [[*_numbers(lead), *texts]]
    for copy in others:
        own = [text if text != same else None for text, same in zip(_texts(copy), texts, strict=True)]
        copies.append([*_numbers(copy), *own])
    return [copies, "".join(origin.further), origin.since, "".join(origin.marks)]


def _numbers(copy: Copy) -> list[Any]:
    flags = copy.exercise + 2 * copy.clamped
    entries = [number for entry in copy.entries for number in entry]
    return [copy.key, copy.version, entries, copy.certainty, copy.track, copy.published, flags]


def _texts(copy: Copy) -> list[str]:
    return [
        copy.source_id,
        copy.source_name,
        copy.url,
        copy.title,
        copy.quote,
        copy.evidence_id,
        copy.kind,
        copy.mechanism,
        copy.root,
        copy.modality,
        copy.voice,
    ]


def decode_origin(body: list[Any]) -> Origin:
    """The origin of these plain values."""
    rows, further, since, marks = body
    copies: list[Copy] = []
    for key, version, entries, certainty, track, published, flags, *texts in rows:
        same = _texts(copies[0]) if copies else texts
        words = [given if text is None else text for text, given in zip(texts, same, strict=True)]
        triples = tuple(zip(entries[::3], entries[1::3], entries[2::3], strict=True))
        copies.append(
            Copy(
                *(key, version, triples, certainty, track, published),
                *words,
                exercise=bool(flags & 1),  # type: ignore[misc]  # the texts are exactly those of `_texts`
                clamped=bool(flags & 2),
            )
        )
    return Origin(tuple(copies), _keys(further), since, _keys(marks))


def _keys(joined: str) -> tuple[str, ...]:
    return tuple([joined[at : at + KEY_LENGTH] for at in range(0, len(joined), KEY_LENGTH)])


def pairs(values: Mapping[int, int]) -> list[int]:
    """Keys and values in turn, by key."""
    return [number for pair in sorted(values.items()) for number in pair]


def from_pairs(flat: list[int]) -> dict[int, int]:
    """What `pairs` was given."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def run(values: Mapping[int, int]) -> list[int]:
    """First day, then a value for each day: half the size of pairs."""
    if not values:
        return []
    first = min(values)
    return [first, *(values.get(day, 0) for day in range(first, max(values) + 1))]


def from_run(listed: list[int]) -> dict[int, int]:
    """What `run` was given, without zeros."""
    return {day: value for day, value in enumerate(listed[1:], listed[0]) if value} if listed else {}

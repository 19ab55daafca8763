"""States as bytes: canonical JSON of integers and texts, with a version. Equal states give equal bytes.

Every mapping is written in the order of its keys here: the writer used keeps the order it is given.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from allywatch.alerts.lifecycle import Episode, Slot
from allywatch.engine.state import (
    PARTITION_KEY,
    WITHDRAWN_PREFIX,
    Heard,
    PartitionState,
    RegionState,
    State,
    Withdrawals,
)
from allywatch.risk.ledger import Copy, Ledger, Origin, Sums
from allywatch.risk.pressure import Baseline
from allywatch_schemas import AlertState, CoverageState, Severity

VERSION = 1


def encode(state: State) -> bytes:
    """The bytes of a state."""
    if isinstance(state, RegionState):
        body = _region(state)
    elif isinstance(state, PartitionState):
        body = _partition(state)
    else:
        body = {"documents": {key: list(value) for key, value in sorted(state.documents.items())}}
    return to_json({"v": VERSION, **body})


def decode(key: bytes, value: bytes) -> State:
    """The state of these bytes.

    Raises:
        ValueError: They are not a state of this version, or damaged.
    """
    try:
        body = from_json(value)
        if body["v"] != VERSION:
            raise ValueError(f"state version {body['v']}, not {VERSION}")
        if key == PARTITION_KEY:
            return _to_partition(body)
        if key.startswith(WITHDRAWN_PREFIX):
            return Withdrawals({name: (low, hour) for name, (low, hour) in body["documents"].items()})
        return _to_region(body)
    except (KeyError, TypeError, IndexError, AttributeError) as damaged:
        raise ValueError(f"damaged state: {damaged!r}") from damaged


def _region(state: RegionState) -> dict[str, Any]:
    return {
        "ledger": _ledger(state.ledger),
        "baseline": [state.baseline.day, state.baseline.mean, state.baseline.spread, state.baseline.days],
        "born": state.born,
        "hour": state.hour,
        "trail": _pairs(state.trail),
        "slots": {rule: _slot(slot) for rule, slot in sorted(state.slots.items())},
        "leads": {rule: [origin, _origin(lead)] for rule, (origin, lead) in sorted(state.leads.items())},
        "commands": dict(sorted(state.commands.items())),
        "impaired": state.impaired,
        "episode_floor": state.episode_floor,
    }


def _to_region(body: dict[str, Any]) -> RegionState:
    return RegionState(
        ledger=_to_ledger(body["ledger"]),
        baseline=Baseline(*body["baseline"]),
        born=body["born"],
        hour=body["hour"],
        trail=_from_pairs(body["trail"]),
        slots={rule: _to_slot(slot) for rule, slot in body["slots"].items()},
        leads={rule: (origin, _to_origin(lead)) for rule, (origin, lead) in body["leads"].items()},
        commands=body["commands"],
        impaired=body["impaired"],
        episode_floor=body["episode_floor"],
    )


def _ledger(ledger: Ledger) -> dict[str, Any]:
    folded: dict[int, list[str]] = {}
    for key, hour in ledger.folded.items():
        folded.setdefault(hour, []).append(key)
    return {
        "origins": {fingerprint: _origin(origin) for fingerprint, origin in sorted(ledger.origins.items())},
        "hours": [_pairs(by_hour) for by_hour in ledger.hours],
        "days": [_run(by_day) for by_day in ledger.days],
        "history": [_run(by_day) for by_day in ledger.history],
        "folded": {str(hour): "".join(sorted(folded[hour])) for hour in sorted(folded)},
        "inexact": ledger.inexact,
        "first_day": ledger.first_day,
    }


_KEY_LENGTH = 8


def _to_ledger(body: dict[str, Any]) -> Ledger:
    return Ledger(
        origins={fingerprint: _to_origin(origin) for fingerprint, origin in body["origins"].items()},
        hours=_sums([_from_pairs(pairs) for pairs in body["hours"]]),
        days=_sums([_from_run(run) for run in body["days"]]),
        history=_sums([_from_run(run) for run in body["history"]]),
        folded={
            keys[at : at + _KEY_LENGTH]: int(hour)
            for hour, keys in body["folded"].items()
            for at in range(0, len(keys), _KEY_LENGTH)
        },
        inexact=body["inexact"],
        first_day=body["first_day"],
    )


def _sums(tracks: list[dict[int, int]]) -> Sums:
    words, acts, calm = tracks
    return words, acts, calm


def _origin(origin: Origin) -> list[Any]:
    """The lead in full; of further copies only the texts that differ from it."""
    lead, *others = origin.copies
    texts = _texts(lead)
    copies = [[*_numbers(lead), *texts]]
    for copy in others:
        own = [text if text != same else None for text, same in zip(_texts(copy), texts, strict=True)]
        copies.append([*_numbers(copy), *own])
    return [copies, "".join(origin.further)]


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
    ]


def _to_origin(body: list[Any]) -> Origin:
    rows, further = body
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
    keys = tuple(further[at : at + _KEY_LENGTH] for at in range(0, len(further), _KEY_LENGTH))
    return Origin(tuple(copies), keys)


def _slot(slot: Slot) -> list[Any]:
    episode = slot.episode
    story = episode and [
        episode.number,
        episode.revision,
        episode.state.value,
        episode.severity.value,
        episode.started,
        episode.held_since,
        episode.below_since,
        episode.acknowledged,
    ]
    return [story, slot.episodes, slot.armed, slot.muted_until]


def _to_slot(body: list[Any]) -> Slot:
    story, episodes, armed, muted_until = body
    if story is None:
        return Slot(None, episodes, armed, muted_until)
    number, revision, state, severity, *rest = story
    return Slot(
        Episode(number, revision, AlertState(state), Severity(severity), *rest), episodes, armed, muted_until
    )


def _partition(state: PartitionState) -> dict[str, Any]:
    return {
        "clock": state.clock,
        "offset": state.offset,
        "sources": [
            [*source, following, state.counted.get(source, 0)]
            for source, following in sorted(state.watermarks.items())
        ],
        "world_hours": _pairs(state.world_hours),
        "world_days": _run(state.world_days),
        "coverage": {
            feed: [heard.state.value, list(heard.regions), heard.until]
            for feed, heard in sorted(state.coverage.items())
        },
        "method": state.method and list(state.method),
    }


def _to_partition(body: dict[str, Any]) -> PartitionState:
    return PartitionState(
        clock=body["clock"],
        offset=body["offset"],
        watermarks={(topic, id, number): next for topic, id, number, next, _ in body["sources"]},
        counted={(topic, id, number): count for topic, id, number, _, count in body["sources"]},
        world_hours=_from_pairs(body["world_hours"]),
        world_days=_from_run(body["world_days"]),
        coverage={
            feed: Heard(CoverageState(state), tuple(regions), until)
            for feed, (state, regions, until) in body["coverage"].items()
        },
        method=tuple(body["method"]) if body["method"] else None,
    )


def _pairs(values: Mapping[int, int]) -> list[int]:
    return [number for pair in sorted(values.items()) for number in pair]


def _from_pairs(flat: list[int]) -> dict[int, int]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _run(values: Mapping[int, int]) -> list[int]:
    """First day, then a value for each day: half the size of pairs."""
    if not values:
        return []
    first = min(values)
    return [first, *(values.get(day, 0) for day in range(first, max(values) + 1))]


def _from_run(run: list[int]) -> dict[int, int]:
    return {day: value for day, value in enumerate(run[1:], run[0]) if value} if run else {}

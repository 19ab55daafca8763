"""States as bytes: canonical JSON of integers and texts, with a version. Equal states give equal bytes.

Every mapping is written in the order of its keys here: the writer used keeps the order it is given.
"""

from typing import Any

from pydantic_core import from_json, to_json

from allywatch.alerts.episode import Episode, Slot
from allywatch.engine.ledger_encoding import (
    decode_ledger,
    decode_origin,
    encode_ledger,
    encode_origin,
    from_pairs,
    from_run,
    pairs,
    run,
)
from allywatch.engine.state import (
    FEEDS_KEY,
    PARTITION_KEY,
    WITHDRAWN_PREFIX,
    FeedVolumes,
    Heard,
    PartitionState,
    RegionState,
    State,
    Withdrawals,
)
from allywatch.engine.volume_encoding import decode_feeds, decode_volume, encode_feeds, encode_volume
from allywatch.risk.baseline import Baseline, Closed
from allywatch.risk.coverage import ALL_HEARD
from allywatch.risk.ledger import KEY_LENGTH
from allywatch_schemas import AlertState, CoverageState, Severity

VERSION = 2


def encode(state: State) -> bytes:
    """The bytes of a state."""
    if isinstance(state, RegionState):
        body = _region(state)
    elif isinstance(state, PartitionState):
        body = _partition(state)
    elif isinstance(state, FeedVolumes):
        body = {"feeds": {feed: encode_volume(each) for feed, each in sorted(state.volumes.items())}}
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
        if key == FEEDS_KEY:
            return FeedVolumes({feed: decode_volume(each) for feed, each in body["feeds"].items()})
        return _to_region(body)
    except (KeyError, TypeError, IndexError, AttributeError) as damaged:
        raise ValueError(f"damaged state: {damaged!r}") from damaged


def _region(state: RegionState) -> dict[str, Any]:
    return {
        "ledger": encode_ledger(state.ledger),
        "closed": [state.closed.first, *state.closed.tensions],
        "baseline": [state.baseline.day, state.baseline.mean, state.baseline.spread, state.baseline.days],
        "born": state.born,
        "hour": state.hour,
        "trail": pairs(state.trail),
        "slots": {rule: _slot(slot) for rule, slot in sorted(state.slots.items())},
        "leads": {
            rule: [origin, encode_origin(lead)] for rule, (origin, lead) in sorted(state.leads.items())
        },
        "commands": dict(sorted(state.commands.items())),
        "impaired": state.impaired,
        "episode_floor": state.episode_floor,
        "taken": state.taken,
        "volume": state.volume and encode_volume(state.volume),
    }


def _to_region(body: dict[str, Any]) -> RegionState:
    return RegionState(
        ledger=decode_ledger(body["ledger"]),
        closed=Closed(body["closed"][0], tuple(body["closed"][1:])),
        baseline=Baseline(*body["baseline"]),
        born=body["born"],
        hour=body["hour"],
        trail=from_pairs(body["trail"]),
        slots={rule: _to_slot(slot) for rule, slot in body["slots"].items()},
        leads={rule: (origin, decode_origin(lead)) for rule, (origin, lead) in body["leads"].items()},
        commands=body["commands"],
        impaired=body["impaired"],
        episode_floor=body["episode_floor"],
        taken=body.get("taken", 0),
        volume=decode_volume(body["volume"]) if body.get("volume") else None,
    )


def _slot(slot: Slot) -> list[Any]:
    episode = slot.episode
    story = episode and [
        *(episode.number, episode.revision, episode.state.value, episode.severity.value),
        *(episode.started, episode.held_since, episode.below_since),
        episode.acknowledged + 2 * episode.flapping + 4 * episode.told,
        *("".join(keys) for keys in (episode.began, episode.known, episode.roots)),
    ]
    return [
        *(story, slot.episodes, slot.armed, slot.muted_until),
        *(list(slot.opened), slot.last_told, slot.bar),
    ]


def _to_slot(body: list[Any]) -> Slot:
    story, episodes, armed, muted_until, opened, last_told, bar = body
    return Slot(story and _to_episode(story), episodes, armed, muted_until, tuple(opened), last_told, bar)


def _to_episode(story: list[Any]) -> Episode:
    number, revision, state, severity, started, held_since, below_since, flags, *keys = story
    return Episode(
        *(number, revision, AlertState(state), Severity(severity), started, held_since, below_since),
        *(bool(flags & 1), bool(flags & 2), bool(flags & 4)),
        *(_split(joined) for joined in keys),
    )


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined[at : at + KEY_LENGTH] for at in range(0, len(joined), KEY_LENGTH))


def _partition(state: PartitionState) -> dict[str, Any]:
    return {
        "clock": state.clock,
        "offset": state.offset,
        "sources": [
            [*source, following, state.counted.get(source, 0)]
            for source, following in sorted(state.watermarks.items())
        ],
        "world_hours": pairs(state.world_hours),
        "world_days": run(state.world_days),
        "world": state.world,
        "coverage": {
            feed: [heard.state.value, list(heard.regions), heard.until, heard.weighs]
            for feed, heard in sorted(state.coverage.items())
        },
        "brought": dict(sorted(state.brought.items())),
        "feeds": encode_feeds(state.feeds),
        "method": state.method and list(state.method),
    }


def _to_partition(body: dict[str, Any]) -> PartitionState:
    return PartitionState(
        clock=body["clock"],
        offset=body["offset"],
        watermarks={(topic, id, number): next for topic, id, number, next, _ in body["sources"]},
        counted={(topic, id, number): count for topic, id, number, _, count in body["sources"]},
        world_hours=from_pairs(body["world_hours"]),
        world_days=from_run(body["world_days"]),
        world=body["world"],
        coverage={
            feed: Heard(CoverageState(state), tuple(regions), until, *weighs)
            for feed, (state, regions, until, *weighs) in body["coverage"].items()
        },
        brought=body.get("brought", {}),
        feeds=decode_feeds(body["feeds"]) if "feeds" in body else ALL_HEARD,
        method=tuple(body["method"]) if body["method"] else None,
    )

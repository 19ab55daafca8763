"""An engine of three regions, and short ways to tell it things and to read what it says."""

from datetime import timedelta
from typing import Any

from allywatch.engine import (
    PARTITION_KEY,
    PartitionState,
    RegionEngine,
    RegionState,
    Replay,
    load_method,
    replay,
)
from allywatch_schemas import (
    Alert,
    EvidenceBatch,
    Message,
    Modality,
    RegionRisk,
)
from allywatch_schemas.codec import decode
from builders import (
    NOON,
    a_batch,
    a_document,
    a_range,
    a_source,
    a_tick,
    an_evidence,
)
from fakes import FakePlaces, InputLog

PLACES = FakePlaces()
METHOD = load_method(PLACES)
ENGINE = RegionEngine(METHOD, PLACES, {"LVA", "EST", "BALTIC_STATES"}, 0)


def told(result: Replay) -> list[Message]:
    return [decode(output.value, output.headers) for output in result.outputs]


def alerts(result: Replay, rule: str = "") -> list[Alert]:
    return [each for each in told(result) if isinstance(each, Alert) and each.rule.startswith(rule)]


def risks(result: Replay, region: str = "LVA") -> list[RegionRisk]:
    return [each for each in told(result) if isinstance(each, RegionRisk) and each.region == region]


def play(*messages: Message, after: Replay | None = None) -> Replay:
    offset = 0
    if after is not None:
        shared = after.states[PARTITION_KEY]
        assert isinstance(shared, PartitionState)
        offset = (shared.offset or 0) + 1
    records = InputLog(offset=offset).records(messages)
    return replay(records, ENGINE, after.states if after else None)


def news(*docs: str, start: int = 0, **changes: Any) -> EvidenceBatch:
    """One asserted, strong doubt about Latvia per document, each from a paper of its own."""
    given = {"intensity": 1.0, "modality": Modality.ASSERTED, "probability": 1.0} | changes
    about = {
        key: given.pop(key)
        for key in ("version", "backfill", "redriven", "fingerprint", "source")
        if key in given
    }
    return a_batch(
        id=f"batch-{start}",
        ranges=(a_range(start=start, end=start + len(docs)),),
        documents=tuple(
            a_document(
                **{
                    "doc_id": doc,
                    "fingerprint": f"text of {doc}",
                    "source": a_source(id=f"{doc}.example", name=f"The {doc}"),
                    "offset": start + n,
                }
                | about
            )
            for n, doc in enumerate(docs)
        ),
        items=tuple(an_evidence(id=f"evidence of {doc}", doc_id=doc, **given) for doc in docs),
    )


def later(**by: float) -> Any:
    return a_tick(time=NOON + timedelta(**by))


def latvia(result: Replay) -> RegionState:
    state = result.states[b"LVA"]
    assert isinstance(state, RegionState)
    return state


def shared(result: Replay) -> PartitionState:
    state = result.states[PARTITION_KEY]
    assert isinstance(state, PartitionState)
    return state


STORM = ("a", "b", "c", "d", "e", "f")


PAST = [
    news(f"day-{n}", start=n, backfill=True, event_time=NOON - timedelta(days=n), intensity=0.1)
    for n in range(60)
]
"""Sixty days of little news, as history."""

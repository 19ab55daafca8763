"""Evidence batches: what is new by watermark, document and version; each region's share of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from allywatch.engine import hearing
from allywatch.engine.reviewing import Before, Outcome, review
from allywatch.engine.state import DAY_MS, NONE_COUNTS, PartitionState, RegionState, SourceKey, Withdrawals
from allywatch.engine.turn import Turn
from allywatch.engine.view import Surroundings, look
from allywatch.errors import RejectReason
from allywatch.risk import world
from allywatch.risk.decay import Decay
from allywatch.risk.draft import Draft
from allywatch.risk.ledger import DAYS, HOURS, short_key
from allywatch.risk.weighing import CLAMP_MS, HOUR_MS, Cited, copy_of, weigh
from allywatch_schemas import Evidence, EvidenceBatch, SourceRange

MAX_WITHDRAWALS = 1_000
"""Per shard: 64,000 in a partition; the oldest are forgotten first."""

REMEMBER_HOURS = 30 * 24


Share = tuple[Cited, list[Evidence]]
"""What one document says about one region."""


def apply_batch(turn: Turn, batch: EvidenceBatch) -> None:
    """Take up a batch: withdrawals of old versions first, then each region's share."""
    try:
        advanced = _advance(turn.shared, batch.ranges, turn.setting.method.decay)
    except ValueError as bad:
        turn.reject(RejectReason.INVALID, f"totals of batch {batch.id}: {bad}")
        return
    fresh = _fresh_documents(turn, batch)
    turn.shared = advanced
    lowest: dict[str, int | None] = {short_key(each.doc_id): each.version for each in batch.superseded}
    replaced = {
        key: version for key, version in lowest.items() if withdraw(turn, key, version or NONE_COUNTS)
    }
    _share_out(turn, _shares(fresh, batch), replaced, lowest)


def _shares(fresh: Mapping[str, Cited], batch: EvidenceBatch) -> dict[str, list[Share]]:
    """By region: each fresh document with all that it says about it."""
    said: dict[str, dict[str, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    for item in batch.items:
        said[item.region][item.doc_id].append(item)
    return {
        region: own
        for region, documents in said.items()
        if (own := [(fresh[name], items) for name, items in documents.items() if name in fresh])
    }


def _share_out(
    turn: Turn,
    shares: Mapping[str, list[Share]],
    replaced: dict[str, int | None],
    lowest: dict[str, int | None],
) -> None:
    """Regions where an earlier try failed get all that was withdrawn, once the record is put back."""
    touched = set(turn.known(shares))
    if replaced:
        touched |= turn.setting.regions
    missed = turn.missed()
    for name in sorted(touched | missed if lowest else touched):
        own = shares.get(name, [])
        gone = lowest if name in missed else replaced

        def step(
            state: RegionState,
            around: Surroundings,
            own: list[Share] = own,
            gone: dict[str, int | None] = gone,
            mended: bool = name in missed,
        ) -> Outcome:
            return take_up(replace(state, impaired=None) if mended else state, around, own, gone)

        turn.step(name, step)


def take_up(
    state: RegionState, around: Surroundings, shares: list[Share], replaced: dict[str, int | None]
) -> Outcome:
    """One region's share of a batch.

    Args:
        state: The region.
        around: Where and when.
        shares: What is new.
        replaced: Documents that were withdrawn: the lowest version that still counts; None: none does.
    """
    draft = Draft(state.ledger, around.method.decay, around.hour)
    lost = [draft.withdraw(key, version) for key, version in replaced.items()]
    fresh = [_count(draft, share, around) for share in shares]
    draft.fold_excess()
    taken = state.taken + sum(fresh)
    after = replace(state, ledger=draft.done(), taken=taken) if draft.changed else state
    if around.clock is None or around.waits or not (any(lost) or any(fresh)):
        return Outcome(after)
    before = Before(state.ledger, look(state, around)) if any(lost) else None
    return review(after, around, look(after, around), around.clock, before)


def _count(draft: Draft, share: Share, around: Surroundings) -> bool:
    """Count a document unless it is counted already. Whether the pressure may have moved."""
    cited, items = share
    key, marks, document = cited.key, cited.marks, cited.document
    if draft.knows(key, document.version, marks):
        return False
    weighed = weigh(items, around.clock, around.method.scale)
    entries = weighed.entries
    if not entries:
        return False
    if document.backfill:
        draft.backfill(key, marks, entries)
        return False
    if draft.crowded_out(key, document.fingerprint, marks, entries):
        draft.fold(key, marks, entries)
    else:
        draft.put(document.fingerprint, copy_of(cited, weighed, around.method.scale), marks)
    return True


def withdraw(turn: Turn, document: str, version: int = NONE_COUNTS) -> bool:
    """Remember that only `version` and later count (`NONE_COUNTS`: none). False: that was known already."""
    remembered = turn.withdrawals(document).documents
    known = remembered.get(document)
    if known is not None and (known[0] == NONE_COUNTS or (version != NONE_COUNTS and known[0] >= version)):
        return False
    documents = {**remembered, document: (version, turn.shared.hour or 0)}
    if len(documents) > MAX_WITHDRAWALS:
        del documents[min(documents, key=lambda key: (documents[key][1], key))]
    turn.remember(document, Withdrawals(documents))
    return True


def _fresh_documents(turn: Turn, batch: EvidenceBatch) -> dict[str, Cited]:
    """Documents above their watermark (or put back by hand) of which this version counts."""
    following = [turn.shared.watermarks.get(source_key(each), 0) for each in batch.ranges]
    shards: dict[str, Mapping[str, tuple[int, int]]] = {}
    out = {}
    for document in batch.documents:
        if document.offset < following[document.range] and not (turn.redriven or document.redriven):
            continue
        key = short_key(document.doc_id)
        withdrawn = shards.get(key[0])
        if withdrawn is None:
            withdrawn = shards[key[0]] = turn.withdrawals(key).documents
        lowest, _ = withdrawn.get(key, (1, 0))
        if lowest != NONE_COUNTS and document.version >= lowest:
            out[document.doc_id] = Cited.of(document, key)
    return out


def source_key(source: SourceRange) -> SourceKey:
    """A source topic made anew has another id, and is another log."""
    return source.topic, source.topic_id, source.partition


def _advance(shared: PartitionState, ranges: tuple[SourceRange, ...], decay: Decay) -> PartitionState:
    """Move the watermarks, and add what is new to the world's totals.

    Of a range that is partly below its watermark, each hour's total counts in proportion, rounded down.
    """
    watermarks, counted, brought = dict(shared.watermarks), dict(shared.counted), shared.brought
    hours, days = dict(shared.world_hours), dict(shared.world_days)
    for each in ranges:
        key = source_key(each)
        start = max(each.start, watermarks.get(key, 0))
        if each.end <= start:
            continue
        new = each.end - start
        watermarks[key] = each.end
        counted[key] = counted.get(key, 0) + new
        brought = hearing.count(brought, each, new)
        for name, total in each.totals.items():
            share = total * new // (each.end - each.start)
            _add_to_world(hours, days, _hour(name), share, shared.hour, decay)
    if watermarks == shared.watermarks:
        return shared
    return replace(
        shared, watermarks=watermarks, counted=counted, brought=brought, world_hours=hours, world_days=days
    )


def _add_to_world(
    hours: dict[int, int], days: dict[int, int], at: int, count: int, clock: int | None, decay: Decay
) -> None:
    if clock is not None and at <= clock - 24 * DAYS:
        return
    if clock is None or at > clock - HOURS:
        hours[at] = hours.get(at, 0) + count
    else:
        days[at // 24] = days.get(at // 24, 0) + world.at_end_of_day(count, at, decay)


def roll_world(shared: PartitionState, decay: Decay) -> PartitionState:
    """Hours that the clock left behind become days; days past their time are dropped.

    Records of the future count as of now, as their evidence does: they would never fade.
    """
    if shared.clock is None:
        return shared
    hour, day = shared.clock // HOUR_MS, shared.clock // DAY_MS
    latest = (shared.clock + CLAMP_MS) // HOUR_MS
    ahead = {at: count for at, count in shared.world_hours.items() if at > latest}
    late = {at: count for at, count in shared.world_hours.items() if at <= hour - HOURS}
    if not late and not ahead and all(at >= day - DAYS for at in shared.world_days):
        return shared
    days = {at: count for at, count in shared.world_days.items() if at >= day - DAYS}
    for at, count in late.items():
        if at // 24 >= day - DAYS:
            days[at // 24] = days.get(at // 24, 0) + world.at_end_of_day(count, at, decay)
    hours = {at: count for at, count in shared.world_hours.items() if at not in late and at not in ahead}
    if ahead:
        hours[hour] = hours.get(hour, 0) + sum(ahead.values())
    return replace(shared, world_hours=hours, world_days=days)


def _hour(name: str) -> int:
    """Raises ValueError: it is no hour such as `2026-11-22T14`."""
    return int(datetime.fromisoformat(name).replace(tzinfo=UTC).timestamp()) // 3600

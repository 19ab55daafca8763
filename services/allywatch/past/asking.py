"""The two questions to the past: what was known at a moment, and why did an alert say that?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.past.methods import Methods, Rulebook
from allywatch.past.partition import PartitionLog
from allywatch.past.published import Publication, Published, alerts_of, scores_of, told
from allywatch.past.rebuild import Rebuilt, Until, moment, rebuild
from allywatch.past.replaying import Scene
from allywatch.records import Output
from allywatch.stream.log import Log
from allywatch_schemas import PARTITIONS, Alert
from allywatch_schemas.codec import header
from allywatch_schemas.partitioning import partition_of


@dataclass(frozen=True, slots=True)
class AlertId:
    """Which alert is meant: an episode, and one of its revisions or all."""

    region: str
    episode: str
    revision: int | None = None

    @classmethod
    def parse(cls, text: str) -> "AlertId":
        """Read `rule:REGION:7` (an episode) or `rule:REGION:7:3` (its third revision).

        Raises:
            CannotRebuild: It is neither.
        """
        parts = text.split(":")
        if len(parts) not in (3, 4) or not all(part.isdigit() for part in parts[2:]):
            raise CannotRebuild(
                Hindrance.UNKNOWN_ALERT,
                f"{text!r} is no alert id. Write the episode (rule:REGION:7) or the id of one transition "
                "(rule:REGION:7:3), as `allywatch tail` and the alert's `ce_id` show them.",
            )
        return cls(parts[1], ":".join(parts[:3]), int(parts[3]) if len(parts) == 4 else None)


@dataclass(frozen=True, slots=True)
class Transition:
    """One published transition beside the same, rebuilt."""

    publication: Publication
    scene: Scene
    rebuilt: Output | None
    """None: the input that it names does not cause it."""

    @property
    def alert(self) -> Alert:
        """As published."""
        return Alert.read(self.publication.record.value or b"")

    @property
    def same(self) -> bool:
        """Whether key, value and headers are the same, byte for byte."""
        return self.rebuilt is not None and told(self.publication.record) == told(self.rebuilt)


async def as_of(
    log: Log, books: Sequence[Rulebook], region: str, asked: datetime | int, now: datetime
) -> Rebuilt:
    """A region as it stood at a moment: after the last input applied while the clock had not passed it.

    Args:
        log: Where to read.
        books: The methods at hand.
        region: Whose state.
        asked: A time, or the offset of an input (`sequence` of a score or an alert).
        now: What time it is.

    Raises:
        CannotRebuild: With the reason.
    """
    partition = _partition_of(region, books)
    until = Until(offset=asked) if isinstance(asked, int) else Until(clock=_milliseconds(asked))
    async with PartitionLog(log, partition) as past:
        published = Published(alerts_of(await past.alerts(region)), scores_of(await past.scores(region)))
        if until.offset is not None and until.offset >= past.end:
            raise CannotRebuild(
                Hindrance.IN_THE_FUTURE,
                f"input {asked} of partition {partition} is in the future: it was scored up to {past.end}.",
            )
        rebuilt = await rebuild(past, Methods(partition, books), region, published, until)
    latest = max(_milliseconds(now), rebuilt.last.clock or 0)
    if until.clock is not None and until.clock > latest:
        raise CannotRebuild(
            Hindrance.IN_THE_FUTURE,
            f"{moment(until.clock)} is in the future: it is {moment(latest)}.",
        )
    return rebuilt


async def explain(
    log: Log, books: Sequence[Rulebook], wanted: AlertId, *, all_revisions: bool = False
) -> list[Transition]:
    """The transitions of an alert, rebuilt; of an episode the last one, or all.

    Raises:
        CannotRebuild: With the reason.
    """
    partition = _partition_of(wanted.region, books)
    async with PartitionLog(log, partition) as past:
        alerts = alerts_of(await past.alerts(wanted.region))
        chosen = _choose(alerts, wanted, all_revisions)
        offsets = {each.offset for each in chosen}
        if max(offsets) >= past.end:
            raise _of_another_log(wanted, max(offsets))
        published = Published(alerts, scores_of(await past.scores(wanted.region)))
        methods, until = Methods(partition, books), Until(offset=max(offsets))
        rebuilt = await rebuild(past, methods, wanted.region, published, until, offsets)
    return [_transition(each, rebuilt, wanted) for each in chosen]


def _choose(alerts: Sequence[Publication], wanted: AlertId, all_revisions: bool) -> list[Publication]:
    """In the order of revisions; of repeats the last."""
    revisions = {}
    for each in alerts:
        episode, _, revision = each.id.rpartition(":")
        if episode == wanted.episode:
            revisions[int(revision)] = each
    if not revisions or (wanted.revision is not None and wanted.revision not in revisions):
        raise CannotRebuild(Hindrance.UNKNOWN_ALERT, _unknown(alerts, wanted, len(revisions)))
    if all_revisions:
        return [revisions[number] for number in sorted(revisions)]
    return [revisions[wanted.revision or max(revisions)]]


def _unknown(alerts: Sequence[Publication], wanted: AlertId, revisions: int) -> str:
    if revisions:
        return f"{wanted.episode} has no revision {wanted.revision}: there are {revisions}."
    episodes = list(dict.fromkeys(each.id.rpartition(":")[0] for each in alerts))
    known = ", ".join(episodes[-5:]) if episodes else "none"
    return (
        f"no alert {wanted.episode} is on region-alerts, which keeps 90 days. The last of {wanted.region}: "
        f"{known}."
    )


def _transition(publication: Publication, rebuilt: Rebuilt, wanted: AlertId) -> Transition:
    scene = rebuilt.stops.get(publication.offset)
    if scene is None:
        raise _of_another_log(wanted, publication.offset)
    again = (each for each in scene.outputs if header(each.headers, "ce_id") == publication.id)
    return Transition(publication, scene, next(again, None))


def _of_another_log(wanted: AlertId, offset: int) -> CannotRebuild:
    return CannotRebuild(
        Hindrance.LOG_MADE_ANEW,
        f"{wanted.episode} names input {offset}, which is no input of this log: region-inputs was made anew "
        "since, and that past is gone.",
    )


def _partition_of(region: str, books: Sequence[Rulebook]) -> int:
    if not any(region in book.registry.regions for book in books):
        raise CannotRebuild(
            Hindrance.UNKNOWN_REGION,
            f"{region} is no region of the registry. `allywatch tail --scores --once` lists them.",
        )
    return partition_of(region.encode(), PARTITIONS)


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)

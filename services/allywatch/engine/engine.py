"""The engine of one partition of regions: every input record to new states, alerts and scores. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from allywatch.alerts.episode import Slot
from allywatch.alerts.lifecycle import Refused
from allywatch.alerts.rules import alert_key, episode_id
from allywatch.engine import encoding, hearing, publication, region, reviewing
from allywatch.engine.batch import REMEMBER_HOURS, apply_batch, roll_world, take_up, withdraw
from allywatch.engine.inspection import Inspection, inspect
from allywatch.engine.method import Method, Places
from allywatch.engine.reviewing import Outcome
from allywatch.engine.snapshot import begins_day, snapshot
from allywatch.engine.state import (
    FEEDS_KEY,
    IMPAIRED_SINCE_UNKNOWN,
    WITHDRAWN_PREFIX,
    FeedVolumes,
    Heard,
    RegionState,
    State,
    Withdrawals,
    coverage_of,
)
from allywatch.engine.turn import Setting, Turn, Witness, shared_of
from allywatch.engine.view import Surroundings, look
from allywatch.errors import RejectReason, StopWorker
from allywatch.records import Effects, Output, Record, Rejection
from allywatch.risk.ledger import short_key
from allywatch.risk.weighing import HOUR_MS
from allywatch.risk.world import volume
from allywatch_schemas import (
    AlertCommand,
    Coverage,
    EvidenceBatch,
    Message,
    MethodActivated,
    Retraction,
    Tick,
)
from allywatch_schemas import Sequence as At
from allywatch_schemas.codec import DecodeError, Headers, decode
from allywatch_schemas.topics import REGION_INPUTS

MAX_COMMANDS = 64
"""Commands that a region remembers, so that one given twice is carried out once."""


class RegionEngine:
    """What a partition owner runs for the regions of one partition (`allywatch.records.Application`)."""

    def __init__(
        self,
        method: Method,
        registry: Places,
        regions: Collection[str],
        partition: int,
        *,
        on_ticks_alone: bool = False,
        witness: Witness | None = None,
        snapshots: bool = False,
    ) -> None:
        """An engine without a state; the caller keeps that.

        Args:
            method: How scores and alerts are made.
            registry: Names and groups.
            regions: Those whose key falls to `partition`; all of them get a score.
            partition: Of `region-inputs`.
            on_ticks_alone: Evidence is reviewed at the next tick and not before: for a replay of events
                that are dated by the day, where the end of a day is the first moment that knows all of it.
            witness: Sees what each step came to; alerts are not written then.
            snapshots: The first tick of each UTC day also gives a snapshot of the partition.
        """
        self._snapshots = snapshots
        self._setting = Setting(method, registry, frozenset(regions), partition, on_ticks_alone, witness)
        self._handlers = {
            EvidenceBatch: apply_batch,
            Retraction: _retract,
            AlertCommand: _command,
            Tick: _tick,
            Coverage: _cover,
            MethodActivated: _activate,
        }

    def decode_state(self, key: bytes, value: bytes) -> State:
        """The state as stored.

        Raises:
            ValueError: It is corrupt.
        """
        return encoding.decode(key, value)

    def encode_state(self, key: bytes, state: State) -> bytes:
        """Its bytes; equal states give equal bytes."""
        return encoding.encode(state)

    def recover_state(self, key: bytes, value: bytes, error: Exception) -> State:
        r"""An empty region, marked `unknown`; nothing takes the place of what the partition shares.

        Profiles of feeds are learnt anew: without them nothing counts twice.

        Raises:
            StopWorker: The key starts with NUL, and it is not theirs.
        """
        if key == FEEDS_KEY:
            return FeedVolumes()
        if key.startswith(b"\0"):
            raise StopWorker(
                f"The state {key!r} of partition {self._setting.partition} cannot be read ({error}). Without "
                "it, source records would count twice. Stop all score workers, then run `allywatch "
                f"rebuild-state --partition {self._setting.partition}`, which replays region-inputs."
            ) from error
        return RegionState(impaired=IMPAIRED_SINCE_UNKNOWN)

    def apply(self, record: Record, states: Mapping[bytes, State]) -> Effects[State]:
        """Apply one record of `region-inputs`.

        Raises:
            StopWorker: A method is in force that this worker does not know.
        """
        try:
            message: Message = decode(record.value, record.headers, REGION_INPUTS.messages)
        except DecodeError as bad:
            return Effects(rejections=(Rejection(RejectReason(bad.reason.value), bad.detail),))
        return self.take(message, record.offset, states, record.headers)

    def take(
        self, message: Message, offset: int, states: Mapping[bytes, State], headers: Headers = ()
    ) -> Effects[State]:
        """Apply one message as it stands at `offset` of `region-inputs`; a replay in process pays no JSON.

        Raises:
            StopWorker: A method is in force that this worker does not know.
        """
        turn = Turn(self._setting, offset, headers, states)
        self._handlers[type(message)](turn, message)  # type: ignore[operator]
        effects = turn.effects()
        if self._snapshots and begins_day(shared_of(states).clock, turn.shared.clock):
            effects = self._with_snapshot(effects, states, offset, turn.shared.clock or 0)
        return effects

    def summarise(self, changed: Collection[bytes], states: Mapping[bytes, State]) -> Sequence[Output]:
        """The scores of the regions that changed, as of the last record. None before the first tick.

        A state whose region is not, or no longer, one of ours is kept and has no score.
        """
        shared = shared_of(states)
        if shared.clock is None or shared.offset is None:
            return ()
        out = []
        for key in sorted(changed):
            state = states.get(key)
            place = key.decode("utf-8", "replace")
            if isinstance(state, RegionState) and place in self._setting.regions:
                around = self._setting.around(place, shared)
                name = self._setting.name(place)
                sequence = At(partition=self._setting.partition, offset=shared.offset)
                view = look(state, around)
                out.append(publication.risk_record(state, around, view, shared.clock, name, sequence))
        return out

    def inspect(self, place: str, states: Mapping[bytes, State]) -> Inspection:
        """All that is seen of one of our regions after the last record, for who wants to know everything."""
        state = states.get(place.encode())
        around = self._setting.around(place, shared_of(states))
        return inspect(state if isinstance(state, RegionState) else RegionState(), around)

    def _with_snapshot(
        self, effects: Effects[State], states: Mapping[bytes, State], offset: int, clock: int
    ) -> Effects[State]:
        after = {key: state for key, state in {**states, **effects.changes}.items() if state is not None}
        taken = snapshot(after, offset, clock, self._setting.method)
        return Effects(effects.changes, [*effects.outputs, *taken], effects.rejections)


def _tick(turn: Turn, message: Tick) -> None:
    clock = round(message.time.timestamp() * 1000)
    before = turn.shared
    if before.clock is not None and clock <= before.clock:
        return
    turn.shared = replace(before, clock=clock)
    if before.hour != turn.shared.hour:
        _turn_hour(turn, clock)
        hearing.turn_hour(turn, before.hour, clock // HOUR_MS)
    for name in sorted(turn.setting.regions):
        if not region.rests(turn.region(name), clock // HOUR_MS):
            turn.step(name, lambda state, around: region.tick(state, around, clock))


def _turn_hour(turn: Turn, clock: int) -> None:
    hold = turn.setting.method.weights.coverage_hours * HOUR_MS
    current = {feed: heard for feed, heard in turn.shared.coverage.items() if heard.until + hold > clock}
    decay, hour = turn.setting.method.decay, clock // HOUR_MS
    rolled = roll_world(replace(turn.shared, coverage=current), decay)
    turn.shared = replace(rolled, world=volume(rolled.world_hours, rolled.world_days, decay, hour))
    for key in sorted(key for key in turn.states if key.startswith(WITHDRAWN_PREFIX)):
        state = turn.states[key]
        if not isinstance(state, Withdrawals):
            continue
        kept = {
            document: (version, at or hour)
            for document, (version, at) in state.documents.items()
            if not at or at > hour - REMEMBER_HOURS
        }
        if kept and kept != state.documents:
            turn.remember(next(iter(kept)), Withdrawals(kept))
        elif not kept:
            turn.forget(key)


def _retract(turn: Turn, message: Retraction) -> None:
    key = short_key(message.doc_id)
    missed = turn.missed()
    for name in sorted(turn.setting.regions if withdraw(turn, key) else missed):

        def step(state: RegionState, around: Surroundings, mended: bool = name in missed) -> Outcome:
            return take_up(replace(state, impaired=None) if mended else state, around, [], {key: None})

        turn.step(name, step)


def _cover(turn: Turn, message: Coverage) -> None:
    until = round(message.window_end.timestamp() * 1000)
    known = turn.shared.coverage.get(message.feed)
    if known is not None and known.until >= until:
        return
    before = turn.shared
    said = Heard(message.state, message.regions, until, weighs=message.expected > 0)
    after = replace(before, coverage={**before.coverage, message.feed: said})
    turn.shared = after = replace(after, feeds=hearing.judge(after, turn.feeds().volumes))
    for name in sorted(turn.setting.regions):
        if coverage_of(name, before) is not coverage_of(name, after):
            turn.step(name, region.hear, publish=True)


def _activate(turn: Turn, message: MethodActivated) -> None:
    method = turn.setting.method
    if (message.version, message.digest) != (method.version, method.digest):
        raise StopWorker(
            f"Method {message.version} ({message.digest[:12]}) is in force, and this worker has "
            f"{method.version} ({method.digest[:12]}). Start the release of allywatch that holds that "
            "method, or activate this one."
        )
    turn.shared = replace(turn.shared, method=(message.version, message.digest))


def _command(turn: Turn, message: AlertCommand) -> None:
    if turn.known([message.region]):
        turn.step(
            message.region, lambda state, around: _carry_out(turn, message, state, around), message.actor
        )


def _carry_out(turn: Turn, message: AlertCommand, state: RegionState, around: Surroundings) -> Outcome:
    keys = {alert_key(rule.name, message.region): rule for rule in around.rules}
    rule = keys.get(message.alert_key)
    command = short_key(message.id)
    if command in state.commands:
        return Outcome(state)
    if rule is None or around.clock is None:
        turn.reject(RejectReason.INVALID, f"no alert has the key {message.alert_key}", message.region)
        return Outcome(state)
    slot = state.slots.get(rule.name) or Slot(episodes=state.episode_floor)
    if message.episode is not None and (
        slot.episode is None or message.episode != episode_id(message.alert_key, slot.episode.number)
    ):
        return Outcome(state)
    until = None if message.until is None else round(message.until.timestamp() * 1000)
    try:
        view = look(state, around)
        outcome = reviewing.carry_out(state, around, view, rule, message.action, until)
    except Refused as refused:
        turn.reject(RejectReason.INVALID, f"{message.alert_key}: {refused}", message.region)
        return Outcome(state)
    commands = {**state.commands, command: around.hour or 0}
    for oldest in sorted(commands, key=lambda each: (commands[each], each))[:-MAX_COMMANDS]:
        del commands[oldest]
    return replace(outcome, state=replace(outcome.state, commands=commands))

"""The demonstration from curtain to curtain: broker, workers, story, table, live input."""

import asyncio
import gzip
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import ensure_topics
from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.control.activating import activate_installed
from allywatch.demo.closing import checklist, next_steps, regions
from allywatch.demo.player import Extraction, Player, parse_events, play
from allywatch.demo.scenario import HOUR, Step, corrected_at, history, parse_scenario, timeline
from allywatch.demo.screen import Screen
from allywatch.demo.shown import shown
from allywatch.demo.supervisor import Supervisor, Worker
from allywatch.demo.watching import Watch
from allywatch.stream.tail import ScoreBoard
from allywatch_schemas import Message, TickOrigin

_TICK_SECONDS = 5.0
_BEHIND = 8 * HOUR
"""How far the scores may fall behind the story on a slow machine before the story waits."""
_GDELT = "http://data.gdeltproject.org/gdeltv2/lastupdate.txt"
_PORTS = {"ingest": 9101, "extract": 9102, "score": 9103}


class Production:
    """Everything that runs during the demonstration; leaving it stops everything.

    Args:
        screen: Where to show it.
        seconds: How long the story takes.
        port: Of Kafka; 0: a free one.
        drop: The folder to watch where the network is out of reach.
    """

    def __init__(self, screen: Screen, *, seconds: float, port: int, drop: Path) -> None:
        self._screen, self._seconds, self._port, self._drop = screen, seconds, port, drop
        self._stack = ExitStack()
        self._folder: Path
        self._kafka: KafkaSettings
        self._supervisor: Supervisor
        self._watch: Watch
        self._end: datetime
        self._corrected: tuple[datetime, ...]

    def __enter__(self) -> "Production":
        """Start Kafka and the workers."""
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, in the order that loses nothing."""
        self._stack.close()

    def _start(self) -> None:
        self._folder = folder = Path(tempfile.mkdtemp(prefix="allywatch-demo-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with self._screen.step("Starting Kafka (the first time it is fetched)") as said:
            broker = self._stack.enter_context(LocalBroker(folder / "kafka", self._port))
            self._kafka = KafkaSettings(bootstrap=broker.bootstrap)
            ensure_topics(self._kafka)
            activate_installed(self._kafka, datetime.now(UTC))
            said.append(f"Kafka is ready at {broker.bootstrap}")
        with self._screen.step("Starting the workers") as said:
            self._supervisor = self._stack.enter_context(Supervisor(broker.bootstrap, folder))
            self._worker("extract")
            self._worker("score", "--ticks", "external")
            self._supervisor.wait_ready(60)
            where = ", ".join(f"{w.name} {w.url}/metrics" for w in self._supervisor.workers)
            said.append(f"The workers are ready: {where}")
        board = ScoreBoard(rows=self._screen.rows, inhibit=True)
        self._watch = self._stack.enter_context(Watch(self._kafka, board, self._screen.alert))

    def _worker(self, name: str, *arguments: str) -> Worker:
        return self._supervisor.start(name, [name, *arguments], _PORTS[name])

    def play(self, now: datetime) -> None:
        """Take in the history, then play the story so that it ends now."""
        data = files("allywatch.demo")
        scenario = parse_scenario((data / "scenario.yaml").read_text("utf-8"))
        packed = (data / "gdelt_20191024.export.CSV.gz").read_bytes()
        events = parse_events(gzip.decompress(packed).splitlines())
        self._end = now.astimezone(UTC).replace(
            second=0, microsecond=0
        )  # clocks of alerts end at milliseconds
        self._corrected = corrected_at(scenario, self._end)
        steps = timeline(scenario, events, self._end)
        past = history(events, self._end - timedelta(days=scenario.days))
        asyncio.run(self._play(past, steps))

    async def _play(self, past: Sequence[Message], steps: list[Step]) -> None:
        group = f"{WorkerSettings().app_id}-extract"
        async with Player(self._kafka) as player, Extraction(self._kafka, group) as extraction:
            with self._screen.step("Taking in 60 days of coded events as history") as said:
                await player.publish(past)
                await extraction.caught_up(timeout=60)
                said.append(f"{len(past)} coded events taken in as history (GDELT, re-dated)")
            self._screen.say("\nEXERCISE  Three weeks of invented news; nothing of it happened.\n")
            with self._screen.board(self._watch):

                async def follow(step: Step) -> None:
                    await extraction.caught_up(timeout=10)
                    await self._until(lambda: self._watch.has_reached(step.time - _BEHIND), 10)

                await play(player, steps, self._seconds, self._show, follow)
                await extraction.caught_up(timeout=20)
                await player.tick(datetime.now(UTC), TickOrigin.LIVE)
                await self._until(lambda: self._watch.has_reached(self._end - 2 * HOUR), 30)

    def _show(self, step: Step) -> None:
        self._screen.clock(step.time)
        for line in step.headlines:
            self._screen.headline(step.time, line)
        with self._watch.lock:
            reached = self._watch.seen.reached()
        self._screen.tell(reached or step.time - _BEHIND)
        for worker in self._supervisor.workers:
            worker.check()

    async def _until(self, done: Callable[[], bool], timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not done() and time.monotonic() < deadline:
            await asyncio.sleep(0.1)

    def finish(self, *, stays: bool) -> bool:
        """Print what came of it, and what to try; False: something that was to be shown did not happen."""
        self._screen.tell()
        with self._watch.lock:
            things = shown(self._watch.seen, self._corrected)
            self._screen.show(regions(self._watch.seen))
        self._screen.show(checklist(things))
        self._screen.show(next_steps(things, self._kafka.bootstrap, stays=stays))
        return all(thing.times for thing in things)

    def stay(self) -> None:
        """Live input and live ticks, until Ctrl-C."""
        if _reachable(_GDELT):
            self._worker_of("gdelt", "--live")
            where = "Live: the GDELT export of every 15 minutes"
        else:
            self._drop.mkdir(parents=True, exist_ok=True)
            self._worker_of("watch", str(self._drop))
            where = f"Live: no network, so files put into {self._drop}/ are taken in (any format of `ingest`)"
        line = f"{where}. Subscribe at {self._kafka.bootstrap}. Ctrl-C stops everything."
        self._screen.say(f"\n{line}")
        asyncio.run(self._live())

    def _worker_of(self, kind: str, argument: str) -> None:
        journal = str(self._folder / "ingest.json")  # of this Kafka; the next demonstration has another
        self._supervisor.start("ingest", ["ingest", kind, argument, "--state", journal], _PORTS["ingest"])

    async def _live(self) -> None:
        async with Player(self._kafka) as player:
            while True:
                await player.tick(datetime.now(UTC), TickOrigin.LIVE)
                self._screen.tell()
                for worker in self._supervisor.workers:
                    worker.check()
                await asyncio.sleep(_TICK_SECONDS)


def _reachable(url: str) -> bool:
    import httpx

    try:
        return httpx.head(url, timeout=3).status_code < 400
    except httpx.HTTPError:
        return False

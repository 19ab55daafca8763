"""How the demonstration looks: steps as they succeed, then a live board, or plain lines in a pipe."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from allywatch.demo.lines import Narrator, alert_line, news_line
from allywatch.demo.watching import Watch
from allywatch_schemas import Alert


class Screen:
    """Everything that a person sees. In a terminal a live board, else a line for each thing that happens."""

    def __init__(self, console: Console, rows: int = 14) -> None:
        self.console = console
        self.live = console.is_terminal
        self.rows = rows
        self._headlines: deque[tuple[datetime, str]] = deque(maxlen=5)
        self._clock: datetime | None = None
        self._boarded = False
        self._narrator = Narrator()
        self._waiting: list[tuple[datetime, bool, Text]] = []
        self._guard = threading.Lock()

    @contextmanager
    def step(self, doing: str) -> Iterator[list[str]]:
        """One step of starting up; the list may be filled with what to say of it."""
        said: list[str] = []
        began = time.monotonic()
        if self.live:
            with self.console.status(f"{doing} …"):
                yield said
        else:
            yield said
        took = time.monotonic() - began
        self.console.print(
            Text.assemble(("✓ ", "green"), said[0] if said else doing, (f"  {took:.1f} s", "dim")),
            soft_wrap=True,
        )

    def say(self, line: str) -> None:
        """One line that stays."""
        self.console.print(Text(line), soft_wrap=True)

    def show(self, drawn: RenderableType) -> None:
        """Something drawn that stays."""
        self.console.print(drawn)

    def headline(self, at: datetime, line: str) -> None:
        """Something was published."""
        self._headlines.append((at, line))
        if not self._boarded:
            self._wait(at, False, news_line(at, line))

    def clock(self, at: datetime) -> None:
        """Time of the story."""
        self._clock = at

    def alert(self, alert: Alert) -> None:
        """An alert changed; while the board is up, it shows that."""
        if not self._boarded and self._narrator.worth_a_line(alert):
            self._wait(alert.changed_at, True, alert_line(alert))

    def _wait(self, at: datetime, answers: bool, line: Text) -> None:
        with self._guard:
            self._waiting.append((at, answers, line))

    def tell(self, until: datetime | None = None) -> None:
        """Print what waits, in the order of the story: news of an hour, then what came of it.

        Args:
            until: The time that all scores have reached; later lines wait. None: print all.
        """
        with self._guard:
            due = [each for each in self._waiting if until is None or each[0] <= until]
            self._waiting = [each for each in self._waiting if each not in due]
        for _, _, line in sorted(due, key=lambda each: each[:2]):
            self.console.print(line, no_wrap=True, overflow="ellipsis")

    @contextmanager
    def board(self, watch: Watch) -> Iterator[None]:
        """Keep the board on the screen."""
        if not self.live:
            yield
            return
        stop, self._boarded = threading.Event(), True
        with Live(console=self.console, auto_refresh=False, screen=True) as live:

            def draw() -> None:
                while not stop.wait(0.2):
                    with watch.lock:
                        frame = self._frame(watch)
                    live.update(frame, refresh=True)

            drawing = threading.Thread(target=draw, name="screen", daemon=True)
            drawing.start()
            try:
                yield
            finally:
                stop.set()
                drawing.join(2)
                self._boarded = False

    def _frame(self, watch: Watch) -> RenderableType:
        clock = f"{self._clock:%A %d %B %Y, %H:%M} UTC" if self._clock else ""
        title = Text.assemble(("allywatch", "bold"), ("  EXERCISE  ", "black on yellow"), f"  {clock}")
        news = Group(*(news_line(at, line) for at, line in self._headlines))
        return Group(
            title,
            Panel(news, title="news", title_align="left", border_style="dim"),
            watch.board.render(),
        )

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

from allywatch.demo.watching import Watch
from allywatch.stream.tail import plain_alert
from allywatch_schemas import Alert, AlertState


class Screen:
    """Everything that a person sees. In a terminal a live board, else a line for each thing that happens."""

    def __init__(self, console: Console, rows: int = 14) -> None:
        self.console = console
        self.live = console.is_terminal
        self.rows = rows
        self._headlines: deque[tuple[datetime, str]] = deque(maxlen=5)
        self._clock: datetime | None = None
        self._note = ""

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

    def note(self, line: str) -> None:
        """One line under the board."""
        self._note = line

    def headline(self, at: datetime, line: str) -> None:
        """Something was published."""
        self._headlines.append((at, line))
        if not self.live:
            self.say(f"{at:%Y-%m-%dT%H:%MZ} NEWS  {line}")

    def clock(self, at: datetime) -> None:
        """Time of the story."""
        self._clock = at

    def alert(self, alert: Alert) -> None:
        """An alert changed; on a terminal the board shows it."""
        if not self.live and alert.state is not AlertState.PENDING:
            self.say(plain_alert(alert, self.console.encoding))

    @contextmanager
    def board(self, watch: Watch) -> Iterator[None]:
        """Keep the board on the screen."""
        if not self.live:
            yield
            return
        stop = threading.Event()
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

    def _frame(self, watch: Watch) -> RenderableType:
        clock = f"{self._clock:%A %d %B %Y, %H:%M} UTC" if self._clock else ""
        title = Text.assemble(("allywatch", "bold"), ("  EXERCISE  ", "black on yellow"), f"  {clock}")
        news = Text("\n").join(
            Text.assemble((f"{at:%d %b %H:%M} ", "dim"), line) for at, line in self._headlines
        )
        news.no_wrap, news.overflow = True, "ellipsis"
        return Group(
            title,
            Panel(news, title="news", title_align="left", border_style="dim"),
            watch.board.render(),
            Text(self._note, "dim"),
        )

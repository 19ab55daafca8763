"""The end of the demonstration: the regions, what was shown of all that was promised, what to try next."""

from collections.abc import Iterable, Sequence
from itertools import islice

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from allywatch.demo.seen import Seen
from allywatch.demo.shown import Moment, Shown
from allywatch.stream.reasons import reason_of
from allywatch.stream.tail import LEVEL_STYLES, bar
from allywatch.terminal import printable
from allywatch_schemas import Level

WIDTH = 100
"""Columns; a wider terminal leaves room at the right."""
_ROWS = 10
_BAR = 10
_STYLES = {
    "firing": "bold yellow",
    "cancelled": "dim",
    "resolved": "green",
    "unknown": "magenta",
    "held back": "cyan",
} | {level.value: style for level, style in LEVEL_STYLES.items()}


def regions(seen: Seen, least: Level = Level.GUARDED) -> RenderableType:
    """The regions that rose highest: how high, how many alerts fired, and why."""
    table = Table(box=None, header_style="dim", pad_edge=False, width=WIDTH)
    for name in ("region", "highest score", "", "level"):
        table.add_column(name, no_wrap=True, justify="left" if name else "right")
    table.add_column("alerts", no_wrap=True, justify="right")
    table.add_column("why", no_wrap=True, overflow="ellipsis", ratio=1)
    levels = list(Level)
    ranked = sorted(seen.highest.values(), key=lambda risk: (-risk.score, risk.region))
    for risk in islice((r for r in ranked if levels.index(r.level) >= levels.index(least)), _ROWS):
        style = LEVEL_STYLES[risk.level]
        table.add_row(
            Text(printable(risk.name), "bold"),
            bar(risk.score, style, _BAR),
            Text(f"{risk.score:.0f}", style),
            Text(risk.level.value, style),
            Text(str(seen.fired(risk.region) or "–")),
            Text(reason_of(risk.contributions), "italic"),
        )
    return Padding(table, (1, 0, 0, 0))


def checklist(things: Iterable[Shown]) -> RenderableType:
    """Each promise with a mark, how often it was kept, and one time that it was."""
    parts: list[RenderableType] = []
    for thing in things:
        parts += [Text(), _headline(thing)]
        if thing.moments:
            parts.append(_moments(thing.moments))
    return Group(*parts)


def _headline(thing: Shown) -> Text:
    if not thing.times:
        return Text.assemble(("✗ ", "bold red"), (thing.promise, "bold"), ("  did not happen", "red"))
    often = f"{thing.times} times, such as " if thing.times > 1 else ""
    return Text.assemble(("✓ ", "green"), (thing.promise, "bold"), (f"  {often}{printable(thing.of)}", "dim"))


def _moments(moments: Sequence[Moment]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.width = WIDTH - 2
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(ratio=1)
    for moment in moments:
        table.add_row(
            f"{moment.time:%d %b %H:%M}",
            Text(moment.what, _STYLES.get(moment.what, "")),
            "" if moment.score is None else f"{moment.score:.0f}",
            Text(printable(moment.why)),
        )
    return Padding(table, (0, 0, 0, 2))


def next_steps(things: Iterable[Shown], bootstrap: str, *, stays: bool) -> RenderableType:
    """What to try in another terminal, with an episode that was shown.

    Args:
        things: What was shown.
        bootstrap: Where Kafka listens.
        stays: Whether it goes on listening.
    """
    episode = next((thing.of for thing in things if thing.times), "RULE:REGION:1")
    steps = (
        (f"allywatch explain {episode}", "why it said what it said, rebuilt from the log"),
        ("allywatch alerts", "what is open"),
        ("allywatch alert ack RULE:REGION", "once one is open: what is known now is not told again"),
        ("allywatch tail --inhibit", "scores and alerts as they come, one alert per cause"),
        ("allywatch backtest --help", "the same engine on years of coded events"),
    )
    begin = "in another terminal" if stays else "after `make run`, which stays up, in another terminal"
    table = Table.grid(padding=(0, 2, 0, 0))
    for command, what in steps:
        table.add_row(Text(command, no_wrap=True), Text(what, "dim"))
    where = [Text(f"  export ALLYWATCH_KAFKA_BOOTSTRAP={bootstrap}")] if stays else []
    title = Text.assemble(("Try next", "bold"), f", {begin}:")
    return Group(Text(), title, *where, Padding(table, (0, 0, 0, 2)))

"""The report's drawings: one region over time, the days around one crisis, a spark of a region, a rate."""

from collections.abc import Iterator, Sequence
from datetime import date

from allywatch.backtest.report.data import AFTER, BEFORE, Line, Mark, RegionPage
from allywatch.backtest.report.svg import Axis, area, drawing, element, mark, path, rooted, text, titled
from allywatch.backtest.yardsticks import HIT_DAYS, Days, Verdict
from allywatch_schemas import Severity

SHAPES = {Severity.INFO: "circle", Severity.WARNING: "triangle", Severity.CRITICAL: "diamond"}
"""So that severity can be told without colour."""

GRID = (0, 2, 5, 10, 20, 50, 100)
LEAST_TOP = 6.0

WIDTH, LONG_WIDTH, LEFT, MARGIN = 640, 1280, 30, 10
LONG_DAYS = 800
"""A longer history has the whole width of the page, and a calendar of years."""
TOP, FLOOR, STRIP_TOP, STRIP_FLOOR, BASE = 26, 122, 134, 166, 182


def day_name(day: int) -> str:
    """`5 May 2014`."""
    at = date.fromordinal(day)
    return f"{at.day} {at:%b %Y}"


def region_chart(page: RegionPage, first: int, last: int) -> str:
    """Score over time with openings and crises; below it the slow level and GPRC."""
    width = LONG_WIDTH if last - first > LONG_DAYS else WIDTH
    across = Axis(first, last, LEFT, width - MARGIN)
    up = Axis(-rooted(2.0), rooted(max(page.peak, LEAST_TOP)), FLOOR, TOP)
    parts = [
        *_learning(page.line, across),
        *_grid(page, across, up),
        *_calendar(first, last, across),
        *(_crisis(verdict, across) for verdict in page.verdicts),
        element("path", d=_line(page.line, across, up), class_="z"),
        *(_opening(each, across, up) for each in page.marks),
        *_strip(page, across),
    ]
    values = ",".join("" if value is None else str(round(value * 10)) for value in page.line.values)
    label = f"{page.name}: score from {day_name(first)} to {day_name(last)}, {len(page.marks)} alerts"
    return drawing(
        width, BASE + 6, "".join(parts), label, "chart",
        data_first=first - date(1970, 1, 1).toordinal(), data_bin=page.line.bin_days,
        data_days=last - first, data_width=width, data_v=values,
    )  # fmt: skip


def _line(line: Line, across: Axis, up: Axis) -> str:
    return path(
        None if value is None else (across.at(day), up.at(rooted(value)))
        for day, value in zip(line.days, line.values, strict=True)
    )


def _learning(line: Line, across: Axis) -> Iterator[str]:
    known = next((day for day, value in zip(line.days, line.values, strict=True) if value is not None), None)
    end = across.at(known) if known is not None else across.end
    if end - LEFT > 3:
        band = element("rect", x=LEFT, y=TOP, width=end - LEFT, height=FLOOR - TOP, class_="learning")
        yield titled(band, "learning what is usual: no standardised score yet")
        if end - LEFT > 50:
            yield text(LEFT + 5, TOP + 12, "learning", "note")


def _grid(page: RegionPage, across: Axis, up: Axis) -> Iterator[str]:
    for value in (each for each in GRID if each <= max(page.peak, LEAST_TOP)):
        y = up.at(rooted(value))
        yield element("path", d=f"M{LEFT} {y}H{across.end}", class_="zero" if value == 0 else "grid")
        yield text(LEFT - 5, y + 3, str(value), "tick", "end")


def _calendar(first: int, last: int, across: Axis) -> Iterator[str]:
    """Years, or months where there are few."""
    yearly = last - first > LONG_DAYS
    for day in range(first, last + 1):
        at = date.fromordinal(day)
        if at.day != 1 or (yearly and at.month != 1):
            continue
        x = across.at(day)
        yield element("path", d=f"M{x} {TOP}V{STRIP_FLOOR}", class_="grid")
        if across.end - x > 18:
            yield text(x + 3, BASE, str(at.year) if yearly or at.month == 1 else f"{at:%b}", "tick")


def _crisis(verdict: Verdict, across: Axis) -> str:
    x = across.at(verdict.crisis.day)
    kind = _kind(verdict)
    line = element("path", d=f"M{x} {TOP - 10}V{FLOOR}", class_=f"crisis {kind}")
    head = (
        mark("cross", x, TOP - 14, 4, "miss-head")
        if kind == "miss"
        else mark("circle", x, TOP - 14, 4, f"{kind}-head")
    )
    return titled(line + head, f"{verdict.crisis.label}, {day_name(verdict.crisis.day)}: {outcome(verdict)}")


def _kind(verdict: Verdict) -> str:
    if not verdict.assessed:
        return "open"
    return "hit" if verdict.hit else "miss"


def outcome(verdict: Verdict) -> str:
    """What became of a crisis, in words."""
    if not verdict.assessed:
        return "not assessed: no score yet"
    if verdict.delay is None:
        return "missed"
    when = "the same day" if verdict.delay == 0 else f"day {verdict.delay}"
    return when if verdict.hit else f"late, {when}"


def _opening(opening: Mark, across: Axis, up: Axis) -> str:
    x = across.at(opening.day)
    sign = mark(SHAPES[opening.severity], x, FLOOR + 5, 4, f"alert {opening.severity}")
    return titled(sign, f"{opening.rule} ({opening.severity}), {day_name(opening.day)}: {opening.value:g}")


def _strip(page: RegionPage, across: Axis) -> Iterator[str]:
    up = Axis(-2.5, 3.5, STRIP_FLOOR, STRIP_TOP)
    yield element("path", d=f"M{LEFT} {up.at(0)}H{across.end}", class_="grid")
    for line, class_ in ((page.level, "level"), (page.gprc, "gprc")):
        if line is not None and line.days:
            yield element("path", d=_linear(line, across, up), class_=class_)


def _linear(line: Line, across: Axis, up: Axis) -> str:
    return path(
        None if value is None else (across.at(day), up.at(value))
        for day, value in zip(line.days, line.values, strict=True)
    )


def closeup(verdict: Verdict, scores: Days, marks: Sequence[Mark]) -> str:
    """Two weeks before a crisis to three after it: was anybody told?"""
    width, floor, top = 300, 64, 6
    across = Axis(-BEFORE, AFTER, 4, width - 4)
    up = Axis(-rooted(2.0), rooted(max([LEAST_TOP, *scores.values()])), floor, top)
    points = [(across.at(day - verdict.crisis.day), up.at(rooted(value))) for day, value in scores.items()]
    start, end = across.at(0), across.at(HIT_DAYS)
    zero = up.at(0)
    content = [
        element("rect", x=start, y=0, width=end - start, height=floor + 8, class_="window"),
        element("path", d=f"M4 {zero}H{width - 4}", class_="zero"),
        element("path", d=area(points, zero), class_="fill") if points else "",
        element("path", d=path(points), class_="z") if points else "",
        element("path", d=f"M{start} 0V{floor + 8}", class_=f"crisis {_kind(verdict)}"),
    ]
    for each in marks:
        x = across.at(each.day - verdict.crisis.day)
        sign = mark(SHAPES[each.severity], x, floor + 4, 4, f"alert {each.severity}")
        content.append(titled(sign, f"{each.rule}, {day_name(each.day)}"))
    return drawing(
        width, floor + 10, "".join(content), f"{verdict.crisis.label}: {outcome(verdict)}", "closeup"
    )


def spark(line: Line) -> str:
    """A region at a glance."""
    values = [value for value in line.values if value is not None]
    if not values:
        return '<span class="dim">learning</span>'
    across = Axis(line.days[0], line.days[-1], 0, 240)
    up = Axis(-1.4, rooted(max(LEAST_TOP, *values)), 28, 2)
    return drawing(240, 30, element("path", d=_line(line, across, up), class_="z"), "score", "spark")


def rate_bar(rate: float, budget: float) -> str:
    """Alerts a year against the budget and its margin of a fifth."""
    across = Axis(0, max(2 * budget, 1), 0, 120)
    inside = 0.8 * budget <= rate <= 1.2 * budget
    left, right = across.at(0.8 * budget), across.at(1.2 * budget)
    content = (
        element("rect", x=left, y=0, width=right - left, height=14, class_="margin")
        + element(
            "rect",
            x=0,
            y=4,
            width=across.at(rate),
            height=6,
            rx=2,
            class_="rate" + ("" if inside else " off"),
        )
        + element("path", d=f"M{across.at(budget)} 0V14", class_="target")
    )
    return drawing(120, 14, content, f"{rate:g} a year, budget {budget:g}", "rate-bar")

"""Small drawings as SVG text: pure functions from numbers to markup. Nothing here knows what it draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import copysign, sqrt


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values to whole units of a drawing."""

    low: float
    high: float
    start: int
    end: int

    def at(self, value: float) -> int:
        """Where a value lies; beyond the ends at the ends."""
        span = self.high - self.low
        share = (min(max(value, self.low), self.high) - self.low) / span if span else 0.0
        return round(self.start + share * (self.end - self.start))


def rooted(value: float) -> float:
    """The square root with the sign kept: peaks stay on the page, and what is small can be seen."""
    return copysign(sqrt(abs(value)), value)


def path(points: Iterable[tuple[int, int] | None]) -> str:
    """A line through the points, in relative steps; None lifts the pen."""
    out: list[str] = []
    x = y = 0
    drawing = False
    for point in points:
        if point is None:
            drawing = False
            continue
        if drawing:
            out.append(f"l{point[0] - x} {point[1] - y}")
        else:
            out.append(f"M{point[0]} {point[1]}")
        (x, y), drawing = point, True
    return "".join(out)


def area(points: Sequence[tuple[int, int]], floor: int) -> str:
    """The region between a line and the floor."""
    if not points:
        return ""
    return f"M{points[0][0]} {floor}" + "".join(f"L{x} {y}" for x, y in points) + f"L{points[-1][0]} {floor}Z"


def element(name: str, content: str = "", **attributes: object) -> str:
    """An element. `class_` is `class`; underscores become hyphens; None leaves an attribute out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def titled(content: str, title: str) -> str:
    """A group with words for who points at it, or cannot see it."""
    return f"<g><title>{escape(title)}</title>{content}</g>"


def text(x: int, y: int, words: str, class_: str = "", anchor: str | None = None) -> str:
    """Words at a place."""
    return element("text", escape(words), x=x, y=y, class_=class_ or None, text_anchor=anchor)


def mark(shape: str, x: int, y: int, size: int, class_: str) -> str:
    """A mark that can be told without its colour: `circle`, `triangle`, `diamond` or `cross`."""
    s = size
    if shape == "circle":
        return element("circle", cx=x, cy=y, r=s, class_=class_)
    outlines = {
        "triangle": f"M{x} {y - s}l{s} {2 * s}h{-2 * s}Z",
        "diamond": f"M{x} {y - s}l{s} {s}l{-s} {s}l{-s} {-s}Z",
        "cross": f"M{x - s} {y - s}l{2 * s} {2 * s}M{x + s} {y - s}l{-2 * s} {2 * s}",
    }
    return element("path", d=outlines[shape], class_=class_)


def drawing(width: int, height: int, content: str, label: str, class_: str, **attributes: object) -> str:
    """A drawing that grows with its place."""
    return element(
        "svg",
        content,
        viewBox=f"0 0 {width} {height}",
        class_=class_,
        role="img",
        aria_label=label,
        preserveAspectRatio="none" if class_ == "spark" else None,
        **attributes,
    )

"""Thresholds: whole thousandths of a measure's unit, turned so that more is always nearer to an alert."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which side of its threshold opens an alert."""

    ABOVE = "above"
    BELOW = "below"
    """For what is good news when it grows: de-escalation is counted in points below zero."""

    @property
    def sign(self) -> int:
        """What turns a value so that more is nearer to an alert."""
        return 1 if self is Direction.ABOVE else -1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Two lines, so that a value that swings around one of them does not open alert after alert."""

    enter: int
    """At or above it an alert opens."""
    exit: int
    """At or above it, it holds."""


def milli(value: float) -> int:
    """A stated number in whole thousandths."""
    return round(value * 1000)

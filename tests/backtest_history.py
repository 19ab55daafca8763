"""Invented history for backtests: exercise, all of it."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

FIRST = date(2020, 1, 1)
HEADER = "source\trelation\ttarget\tdate"
QUIET = (
    ("Foreign Affairs (Poland)", "Consult", "Foreign Affairs (Germany)"),
    ("A (Fiji)", "Consult", "B (Fiji)"),
)
ATTACK = ("Military (Russia)", "Use conventional military force", "Military (Poland)")
THREAT = ("Military (Russia)", "Threaten with military force", "Government (Poland)")


def rows(days: int, attacks: Iterable[int] = (), seed: int = 1) -> list[str]:
    """A threat now and then, and attacks on the given days."""
    chance, out, struck = random.Random(seed), [], set(attacks)
    for at in range(days):
        day = FIRST + timedelta(days=at)
        events = [
            *QUIET,
            *([THREAT] if chance.random() < 0.4 else []),
            *([ATTACK] * 30 if at in struck else []),
        ]
        out += ["\t".join((*event, day.isoformat())) for event in events]
    return out


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    return path

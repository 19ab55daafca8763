"""How fast history is replayed, and whether memory stays flat: invented events as dense as a real coder's.

Each run is a process of its own. Events per second are rows by seconds of one core, reading included, start
and imports not; memory is the highest the process ever held.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from allywatch.regions import load_registry
from bench.report import emit, say

A_DAY = 1_540
"""As many as ICEWS coded on a day of 2018."""
_DOMESTIC = 0.75
_RELATIONS = (
    *("Consult", "Make statement", "Make a visit", "Host a visit", "Express intent to cooperate"),
    *("Criticize or denounce", "Make an appeal or request", "Praise or endorse", "Threaten", "Accuse"),
    *("Use conventional military force", "Arrest, detain, or charge with legal action", "Reject"),
)
_SECTORS = ("Government", "Military", "Foreign Affairs", "Citizen", "Police", "Media", "Head of Government")
_OTHERS = (
    "Nigeria",
    "Brazil",
    "Afghanistan",
    "Pakistan",
    "Mexico",
    "Somalia",
    "Kenya",
    "Sudan",
    "Cuba",
    "Peru",
)


def run(folder: Path, *, quick: bool) -> None:
    """The figure over ten months; then memory over four times as many days, and four times as many a day."""
    days = 40 if quick else 300
    path = invented(folder / "events.tsv", days)
    found, _ = replayed(path)
    say(f"{found['rows']} events over {days} days, {found['evidence']} items of evidence")
    emit("backtest_events_per_s", found["events_per_s"], "events/s")
    short, long = (10, 40) if quick else (75, 300)
    memory = []
    for length in (short, long):
        _, peak = replayed(invented(folder / f"{length}.tsv", length))
        say(f"{length} days: {peak:.0f} MB at most")
        memory.append(peak)
    emit("backtest_rss_mb", memory[1], "MB")
    emit("backtest_rss_growth_mb", memory[1] - memory[0], "MB")
    _, dense = replayed(invented(folder / "dense.tsv", short, 4 * A_DAY))
    say(f"{short} days, four times as dense: {dense:.0f} MB at most")
    emit("backtest_rss_dense_growth_mb", dense - memory[0], "MB")


def replayed(path: Path, *options: str) -> tuple[dict[str, Any], float]:
    """What a backtest says of a file, and the most memory it held, MB."""
    command = [
        sys.executable,
        "-m",
        "allywatch",
        "backtest",
        "--format",
        "icews",
        "--events",
        str(path),
        "--json",
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the backtest failed")
    return json.loads(said), usage.ru_maxrss / 1024


def invented(path: Path, days: int, a_day: int = A_DAY) -> Path:
    """Exercise: who did what to whom never happened."""
    chance = random.Random(7)
    places = (*(region.name for region in load_registry().regions.values()), *_OTHERS, "Russia", "China")
    with path.open("w", encoding="utf-8") as file:
        file.write("source\trelation\ttarget\tdate\n")
        for day in range(days):
            name = (date(2018, 1, 1) + timedelta(days=day)).isoformat()
            for _ in range(a_day):
                source, target = _sides(chance, places)
                file.write(f"{source}\t{chance.choice(_RELATIONS)}\t{target}\t{name}\n")
    return path


def _sides(chance: random.Random, places: Sequence[str]) -> tuple[str, str]:
    one = chance.choice(places)
    other = one if chance.random() < _DOMESTIC else chance.choice(places)
    return f"{chance.choice(_SECTORS)} ({one})", f"{chance.choice(_SECTORS)} ({other})"

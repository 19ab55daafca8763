"""What a benchmark says: figures as JSON lines on standard output, progress on standard error."""

import json
import sys
import time
from collections.abc import Sequence

_BEGAN = time.monotonic()


def emit(name: str, value: float, unit: str) -> None:
    """One figure."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit}, ensure_ascii=False), flush=True)


def say(text: str) -> None:
    """What is going on."""
    print(f"[{time.monotonic() - _BEGAN:6.1f} s] {text}", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed (nearest rank).

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def growth(samples: Sequence[tuple[float, float]], share: float) -> float:
    """The percentile of the last third of the time minus that of the first third.

    Args:
        samples: Moment and value.
        share: Which percentile, 0 to 1.
    """
    start, end = min(at for at, _ in samples), max(at for at, _ in samples)
    third = (end - start) / 3
    first = [value for at, value in samples if at <= start + third]
    last = [value for at, value in samples if at >= end - third]
    return percentile(last, share) - percentile(first, share)

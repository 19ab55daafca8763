"""How often to poll: rarely enough that batches form, often enough that nobody waits for them."""

SHORTEST = 0.05
LONGEST = 0.2
"""Seconds from one poll to the next."""
FIXED_SHARE = 0.2
"""Of the time, at most this much goes into what every poll costs, however little it brought."""
_SMOOTHING = 0.2


class PollInterval:
    """The least time from poll to poll, adapted to load.

    Without a minimum interval, batches of a steady stream shrink to one record, and the fixed cost of a
    batch (sends to every partition, a commit, a message and a transaction downstream) eats the machine. The
    interval is therefore that fixed cost, smoothed, divided by the share of time it may take, within
    bounds: a broker or a machine under load answers more slowly, and is asked less often. After a pause
    nothing waits: the interval runs from the last poll that brought something. A full poll means a backlog:
    no waiting either.
    """

    def __init__(self, shortest: float = SHORTEST, longest: float = LONGEST) -> None:
        self._shortest, self._longest = shortest, longest
        self._fixed = 0.0
        self._next = 0.0

    @property
    def seconds(self) -> float:
        """At the present load."""
        return min(self._longest, max(self._shortest, self._fixed / FIXED_SHARE))

    def wait(self, now: float) -> float:
        """Seconds to wait before the next poll."""
        return max(0.0, self._next - now)

    def polled(self, began: float, fixed: float, *, full: bool) -> None:
        """Take note of a poll that brought something.

        Args:
            began: When it began, by the clock that `wait` is asked with.
            fixed: Seconds its sends and its commit took.
            full: It brought as many records as it may.
        """
        self._fixed += _SMOOTHING * (fixed - self._fixed)
        self._next = began if full else began + self.seconds

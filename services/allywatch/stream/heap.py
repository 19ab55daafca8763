"""The garbage collector, told what will never be garbage."""

import gc

_THRESHOLDS = (20_000, 20, 20)
"""New objects until the young are collected; collections until the older are (Python's own: 700, 10, 10)."""


def freeze_heap() -> None:
    """Leave everything that lives now out of collections: a worker keeps its modules and data until it ends.

    Reading batches makes objects by the thousand, and so collections; without this each of them looks at
    every module again, which took a quarter of the time of reading evidence. A batch is full of objects that
    live as long as it, and none of them is part of a cycle: so collections are also made rarer, which took
    another quarter.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)

"""Copies of one text to one origin: in whatever order they come, the same origin."""

from allywatch.risk.ledger import MAX_COPIES, MAX_FURTHER, MAX_MARKS, Copy, Origin


def of_copy(copy: Copy, marks: tuple[str, ...]) -> Origin:
    """The origin that a single document is."""
    return Origin((copy,), (), copy.published, tuple(sorted(marks)[:MAX_MARKS]))


def merged(name: str, newcomer: Origin, other_name: str, other: Origin) -> tuple[str, Origin]:
    """Two origins that share a mark as one, by the name of the earlier.

    The strongest `MAX_COPIES` stay in full. Beyond `MAX_MARKS` the marks of the origin that was known before,
    `other`, stay.
    """
    copies = sorted((*newcomer.copies, *other.copies), key=lambda each: each.rank)
    further = {*newcomer.further, *other.further, *(each.key for each in copies[MAX_COPIES:])}
    since, first = min((newcomer.since, name), (other.since, other_name))
    return first, Origin(
        tuple(copies[:MAX_COPIES]), tuple(sorted(further)[:MAX_FURTHER]), since, _marks(other, newcomer)
    )


def _marks(known: Origin, newcomer: Origin) -> tuple[str, ...]:
    more = sorted(set(newcomer.marks).difference(known.marks))[: MAX_MARKS - len(known.marks)]
    return tuple(sorted((*known.marks, *more))) if more else known.marks

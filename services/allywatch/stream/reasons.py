"""Why an alert or a score is what it is, in words for a terminal: pure functions, one line each."""

from collections.abc import Iterable, Iterator

from allywatch.terminal import printable
from allywatch_schemas import Alert, Contribution


def reason_of(contributions: Iterable[Contribution]) -> str:
    """The strongest reason for risk, in the source's own words where there are any.

    The row for all the rest (`other`) is no reason; neither is what lowers the risk. Then: nothing.
    """
    reasons = [one for one in contributions if one.points > 0 and _words(one)]
    strongest = max(reasons, key=lambda one: one.points, default=None)
    return "" if strongest is None else _words(strongest)


def what_of(contribution: Contribution) -> str:
    """What a reason is, where its source's words are not at hand."""
    what = contribution.mechanism or contribution.plover_root or contribution.kind
    return what.replace("_", " ").lower() if what else ""


def share_of(contribution: Contribution) -> str:
    """What a reason adds to the score, in points."""
    return f"{contribution.score_tenths / 10:+.1f}"


def tree_of(contribution: Contribution) -> str:
    """Whose word it is → who tells it, and who carries the same; a name that says nothing new is left out."""
    told, documents = contribution.source, contribution.documents
    carriers = [_flat(source.name or source.id) for source in (told, *contribution.copies) if source]
    if carriers and (more := documents - len(carriers)) > 0:
        carriers.append(f"{more} more")
    known = {contribution.origin, *(source.id for source in (told, *contribution.copies) if source)}
    root = [_flat(contribution.root)] if contribution.root and contribution.root not in known else []
    return " → ".join(filter(None, (*root, ", ".join(carriers))))


def reasons_of(alert: Alert) -> Iterator[str]:
    """A line for each reason: its share of the score, its origin tree, its words."""
    for each in alert.evidence:
        yield " ".join(filter(None, (share_of(each), tree_of(each), _words(each))))


def flip_of(alert: Alert) -> str:
    """What the level hangs on, for a plain line; empty: on no set of its origins."""
    return f"flip={alert.flip.size} to={alert.flip.level.value}" if alert.flip else ""


def _words(contribution: Contribution) -> str:
    quote = contribution.quote
    return _flat(f"“{quote}”" if quote else contribution.title or what_of(contribution))


def _flat(text: str) -> str:
    return " ".join(printable(text).split())

"""Which alerts need not be told because another open alert tells the same: a pure function over alerts.

After Alertmanager's inhibition rules (source, target, equal): a *source* holds back a *target* if what makes
them equal, here a shared cause, holds. Applied by whoever tells people: the notifier, the desk, the command
`allywatch tail`. It needs nothing but the contracts, so a subscriber may use it on the alerts it received.
"""

from collections.abc import Iterable, Mapping

from allywatch_schemas import Alert, AlertState, Contribution, EvidenceKind, Severity

SHARED = 500
"""Per mille of the target's listed evidence, by points, that the source must list as well."""

NO_ORIGIN = frozenset({"other", "usual"})
"""Rows of evidence that stand for no single origin: every alert may list them."""

_SEVERITIES = tuple(Severity)
_SPEAKING = frozenset({AlertState.FIRING, AlertState.ACKNOWLEDGED, AlertState.RECOVERING})
"""States of an alert that people were told of. One that is pending cannot speak for another."""


def inhibited(alerts: Iterable[Alert]) -> Mapping[str, str]:
    """The alerts that are held back, each with the alert that speaks for it.

    A source is open, was told (so not pending, not muted) and is not held back itself; it is as severe as the
    target and of the same rule, or more severe. It speaks for

    * its members, if it is the alert of a group or theatre,
    * its own region, if it is more severe,
    * a region whose evidence is derived from its own (contagion).

    They share a cause if `SHARED` of the target's listed evidence is listed by the source. Whatever is held
    back, an alert with the same cause remains; holding back what remains changes nothing; order does not
    matter.

    Args:
        alerts: The last transition of each alert; of several with one key, the latest counts.

    Returns:
        Key of each alert that is held back → key of the alert that speaks for it, in the order of the former.
    """
    latest: dict[str, Alert] = {}
    for alert in alerts:
        known = latest.get(alert.key)
        if known is None or _age(alert) > _age(known):
            latest[alert.key] = alert
    speaking: list[Alert] = []
    held: dict[str, str] = {}
    for target in sorted((alert for alert in latest.values() if alert.open), key=_precedence):
        source = next((each for each in speaking if _speaks_for(each, target)), None)
        if source is not None:
            held[target.key] = source.key
        elif target.state in _SPEAKING and not target.muted:
            speaking.append(target)
    return dict(sorted(held.items()))


def _age(alert: Alert) -> tuple[int, int, int, str]:
    """Later transitions of one alert are greater: its partition's log orders them, then its revisions."""
    return alert.sequence.offset, len(alert.episode), alert.revision, alert.episode


def _precedence(alert: Alert) -> tuple[int, bool, int, str]:
    """Who may speak for whom, so that nobody speaks in a circle: only those before speak for those after.

    The more severe, then those with evidence of their own, then groups before members (a member's groups
    include those of its groups), then by key.
    """
    return -_rank(alert), _is_derived(alert), len(alert.groups), alert.key


def _speaks_for(source: Alert, target: Alert) -> bool:
    more = _rank(source) > _rank(target)
    if not more and (source.rule != target.rule or _rank(source) < _rank(target)):
        return False
    if source.region == target.region:
        return more and _shares_cause(source, target.evidence, target)
    if source.region in target.groups:
        return _shares_cause(source, target.evidence, target)
    return not _is_derived(source) and _shares_cause(
        source, [each for each in target.evidence if each.kind is EvidenceKind.CONTAGION], target
    )


def _shares_cause(source: Alert, by: Iterable[Contribution], target: Alert) -> bool:
    origins = {each.origin for each in source.evidence} - NO_ORIGIN
    shared = sum(_weight(each) for each in by if each.origin in origins)
    total = sum(_weight(each) for each in target.evidence)
    return shared > 0 and shared * 1000 >= total * SHARED


def _weight(row: Contribution) -> int:
    """What is cited for no points, as silence is, is a cause too."""
    return abs(row.points) or 1


def _is_derived(alert: Alert) -> bool:
    return all(each.kind is EvidenceKind.CONTAGION for each in alert.evidence)


def _rank(alert: Alert) -> int:
    return _SEVERITIES.index(alert.severity)

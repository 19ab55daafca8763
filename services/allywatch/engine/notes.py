"""What a reader should know about a score or an alert, in words."""

from allywatch.engine.account import Account
from allywatch.engine.view import heard, hearing
from allywatch.risk.coverage import told_of
from allywatch.risk.ledger import Copy
from allywatch.risk.score import LEVELS, Cap
from allywatch.risk.weighing import clip

NAMED = 3
"""Origins of a flip set that are named in words."""

_NAME_BYTES = 80

_CAPS = {
    Cap.LEARNING: "the region is still learning what is usual",
    Cap.FEW_ORIGINS: "it rests on too few independent origins",
    Cap.LOW_CONFIDENCE: "confidence is too low",
}


def note_on_score(account: Account) -> str:
    """How far to trust a score; what would hold its level down only where it has come so high."""
    at_limit = account.view.assessment.level is account.around.method.weights.caps.level
    return _joined(_held_down(account) if at_limit else "", *_trust(account))


def note_on_alert(account: Account) -> str:
    """What an alert's level hangs on, and how far to trust it: caps hold its severity, whatever the level."""
    return _joined(_hangs_on(account), _held_down(account), *_trust(account))


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _held_down(account: Account) -> str:
    caps, limit = account.view.assessment.caps, account.around.method.weights.caps.level
    return f"Held at {limit} or below: {', and '.join(_CAPS[cap] for cap in caps)}." if caps else ""


def _trust(account: Account) -> list[str]:
    """What is inexact, and whether all is heard."""
    state, around = account.state, account.around
    parts = []
    if any(copy.clamped for origin in state.ledger.origins.values() for copy in origin.copies):
        parts.append("Some evidence was dated in the future and counts as of now.")
    if state.ledger.inexact:
        parts.append(f"{state.ledger.inexact} withdrawn documents had been summed up and still count.")
    if not heard(state, around):
        parts.append("We do not hear everything: nothing resolves by itself.")
        parts.append(told_of(hearing(state), around.feeds))
    return parts


def _hangs_on(account: Account) -> str:
    """Empty for the lowest level."""
    origins, level, flip = account.state.ledger.origins, account.view.assessment.level, account.flip
    if level is LEVELS[0]:
        return ""
    if flip is None and not origins:
        return f"It is {level} without any live origin."
    if flip is None:
        return f"It would be {level} even without {_all(len(origins))}."
    named = [_name(origins[name].lead) for name in flip.origins[:NAMED]]
    if more := len(flip.origins) - len(named):
        named.append(f"{more} more")
    size = len(flip.origins)
    without = _all(size) if size == len(origins) else f"{size} of its {len(origins)} live origins"
    return f"Without {without} ({'; '.join(named)}) it would be {flip.level}, not {level}."


def _all(origins: int) -> str:
    return "its only live origin" if origins == 1 else f"all {origins} live origins"


def _name(copy: Copy) -> str:
    return clip(": ".join(filter(None, (copy.source_name, copy.title))) or copy.key, _NAME_BYTES)

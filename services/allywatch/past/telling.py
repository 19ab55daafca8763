"""A rebuilt moment in words and as JSON. Pure: what comes from outside is made safe to print."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from allywatch.engine.inspection import Inspection
from allywatch.past.asking import Transition
from allywatch.past.published import Comparison
from allywatch.past.rebuild import Rebuilt, moment
from allywatch.past.replaying import Scene
from allywatch.terminal import escaped_json, printable
from allywatch_schemas import Alert, Contribution, RegionRisk

_MICRO = 1_000_000


def score_of(scene: Scene, region: str) -> RegionRisk:
    """The score of a scene whose clock has started."""
    output = scene.score(region)
    if output is None or output.value is None:
        raise ValueError("there is no score before the first tick")
    return RegionRisk.read(output.value)


def as_of_lines(rebuilt: Rebuilt) -> list[str]:
    """A moment, for people."""
    risk = score_of(rebuilt.told, rebuilt.region)
    return [
        *_score(risk, rebuilt.told),
        *_seen(rebuilt.told.inspect(rebuilt.region)),
        *_check(rebuilt.comparison),
    ]


def as_of_json(rebuilt: Rebuilt) -> str:
    """A moment as one line of JSON: the score as published, and the region's state as stored."""
    return _json(
        _scene(rebuilt.told, rebuilt.region)
        | {"same": rebuilt.comparison.same, "different": rebuilt.comparison.different}
    )


def transition_lines(transition: Transition) -> list[str]:
    """One transition of an alert, for people."""
    alert = transition.alert
    risk = score_of(transition.scene, alert.region)
    return [
        *_alert(alert),
        *_score(risk, transition.scene),
        *_seen(transition.scene.inspect(alert.region)),
        "Rebuilt from the log: the same, byte for byte."
        if transition.same
        else "Rebuilt from the log it DIFFERS from what was published.",
    ]


def transition_json(transition: Transition) -> str:
    """One transition as one line of JSON."""
    about = {"alert": transition.alert.model_dump(mode="json", exclude_none=True), "same": transition.same}
    return _json(about | _scene(transition.scene, transition.alert.region))


def _scene(scene: Scene, region: str) -> dict[str, Any]:
    version, digest = scene.method
    state = scene.states.get(region.encode())
    stored = scene.engine.encode_state(region.encode(), state) if state else b"null"
    seen = scene.inspect(region)
    return {
        "clock": moment(scene.clock or 0),
        "method": {"version": version, "digest": digest},
        "risk": score_of(scene, region).model_dump(mode="json", exclude_none=True),
        "contributions": [each.model_dump(mode="json", exclude_none=True) for each in seen.contributions],
        "caps": seen.caps,
        "rules": [asdict(each) for each in seen.rules],
        "state": json.loads(stored),
    }


def _alert(alert: Alert) -> Iterator[str]:
    drill = " (EXERCISE)" if alert.exercise else ""
    yield (
        f"{alert.episode} revision {alert.revision}: {alert.previous_state or 'nothing'} → {alert.state}, "
        f"{alert.severity}, because {alert.reason}{drill}"
    )
    who = f" by {printable(alert.actor)}" if alert.actor else ""
    began = f"{alert.started_at:%Y-%m-%dT%H:%M:%SZ}"
    yield f"  at {alert.changed_at:%Y-%m-%dT%H:%M:%SZ}{who}; the episode began {began}"
    marks = ["people are told" if alert.notify else "people are not told"]
    marks += [name for name in ("muted", "flapping") if getattr(alert, name)]
    yield f"  rule {alert.rule} saw {alert.value:g} against {alert.threshold:g}; {', '.join(marks)}"
    if alert.note:
        yield f"  {printable(alert.note)}"


def _score(risk: RegionRisk, scene: Scene) -> Iterator[str]:
    drill = " (EXERCISE)" if risk.exercise else ""
    yield (
        f"{printable(risk.name)} ({risk.region}): score {risk.score:.1f}, {risk.level}, confidence "
        f"{risk.confidence:.0%}, {risk.state}{drill}"
    )
    version, digest = scene.method
    yield (
        f"  {risk.time:%Y-%m-%dT%H:%M:%SZ}, after input {risk.sequence.partition}:{risk.sequence.offset}; "
        f"method {version} ({digest[:12]})"
    )
    tracks = risk.tracks
    yield (
        f"  pressure {_points(risk.pressure)}: words {_points(tracks.words)}, acts {_points(tracks.acts)}, "
        f"de-escalation {_points(tracks.de_escalation)}; at a week's half-life {_points(risk.slow_pressure)}"
    )
    z = "" if risk.z is None else f"; now {risk.z:+.2f} deviations from it"
    yield (
        f"  usual {_points(risk.baseline_mean)} ± {_points(risk.baseline_spread)} over {risk.history_days} "
        f"days{z}"
    )
    if risk.note:
        yield f"  {printable(risk.note)}"
    if risk.flip:
        names = ", ".join(printable(each) for each in risk.flip.origins) or "(more than are listed)"
        yield f"  without {risk.flip.size} of its origins it would be {risk.flip.level}: {names}"
    for each in risk.open_alerts:
        yield f"  open: {each.episode} {each.state} {each.severity}, since {each.since:%Y-%m-%dT%H:%MZ}"


def _seen(seen: Inspection) -> Iterator[str]:
    yield f"  holding its level down: {', '.join(seen.caps) or 'nothing'}"
    yield "  points of pressure and of the score, by origin:"
    yield from (_reason(each) for each in seen.contributions)
    yield "  rules:"
    for each in seen.rules:
        value = "no value yet" if each.value is None else f"{each.value:g}"
        lines = "a bar not known yet" if each.enter is None else f"enter {each.enter:g}, exit {each.exit:g}"
        now = f"; {each.episode} is {each.state}" if each.episode else ""
        muted = "; muted" if each.muted else ""
        yield f"    {each.name}: {each.measure} {value}, {lines}{now}{muted}"


def _reason(each: Contribution) -> str:
    what = each.mechanism or each.plover_root or each.kind or ""
    source = f"{each.source.name}: " if each.source else ""
    words = f"“{each.quote}”" if each.quote else each.title
    when = f"{each.published_at:%Y-%m-%d} " if each.published_at else ""
    copies = f" ({each.documents} documents)" if each.documents > 1 else ""
    told = printable(f"{each.origin}  {when}{what}  {source}{words}{copies}").rstrip()
    return f"  {_points(each.points):>9} {each.score_tenths / 10:>+7.1f}  {told}"


def _check(comparison: Comparison) -> Iterator[str]:
    if comparison.holds:
        yield (
            f"Of what was published on the way, {comparison.same} records are still there: all are the same, "
            "byte for byte."
        )
    else:
        ids = ", ".join(printable(each) for each in comparison.different[:5])
        yield (
            f"{len(comparison.different)} published records DIFFER from what the log gives ({ids}): a state "
            "was lost then, or another release of allywatch wrote them."
        )


def _points(micro: int) -> str:
    return f"{micro / _MICRO:+.3f}"


def _json(content: dict[str, Any]) -> str:
    return escaped_json(json.dumps(content, ensure_ascii=False))

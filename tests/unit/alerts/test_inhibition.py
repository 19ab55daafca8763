"""Which alerts are held back, and which alert speaks for them."""

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.alerts.inhibition import inhibited
from allywatch_schemas import Alert, AlertState, EvidenceKind, Severity
from allywatch_schemas import Sequence as At
from builders import a_contribution, an_alert

LAW = settings(max_examples=150, deadline=None)

GROUPS = {"LVA": ("BALTIC_STATES", "NATO"), "EST": ("BALTIC_STATES", "NATO"), "BALTIC_STATES": ("NATO",)}


def alert(region: str, origins: str = "a", rule: str = "risk-high", **changes: Any) -> Alert:
    """An alert of a region on one contribution per letter; upper case: derived from another region's."""
    evidence = tuple(
        a_contribution(
            origin=f"origin-{name.lower()}",
            points=1_000_000,
            kind=EvidenceKind.CONTAGION if name.isupper() else EvidenceKind.MECHANISM,
        )
        for name in origins
    )
    key = f"{rule}:{region}"
    defaults = {"key": key, "episode": f"{key}:1", "rule": rule, "region": region, "evidence": evidence}
    return an_alert(**defaults | {"groups": GROUPS.get(region, ())} | changes)


GROUP, MEMBER = "risk-high:BALTIC_STATES", "risk-high:LVA"


def test_a_group_speaks_for_its_members_on_a_shared_cause() -> None:
    alerts = [alert("LVA"), alert("EST"), alert("BALTIC_STATES", "ab"), alert("TWN")]
    assert inhibited(alerts) == {"risk-high:EST": GROUP, MEMBER: GROUP}


def test_a_member_with_a_cause_of_its_own_is_told() -> None:
    assert inhibited([alert("LVA", "xyz"), alert("BALTIC_STATES", "abx")]) == {}


def test_the_row_of_everything_else_is_no_cause() -> None:
    rest = (a_contribution(origin="other"),)
    assert inhibited([alert("LVA", evidence=rest), alert("BALTIC_STATES", evidence=rest)]) == {}


def test_silence_is_a_cause_though_it_adds_no_points() -> None:
    silence = (a_contribution(origin="coverage", points=0),)
    held = inhibited([alert("LVA", evidence=silence), alert("BALTIC_STATES", evidence=silence)])
    assert held == {MEMBER: GROUP}


def test_less_severe_never_speaks_for_more_severe() -> None:
    assert inhibited([alert("LVA", severity=Severity.CRITICAL), alert("BALTIC_STATES")]) == {}


def test_another_rule_speaks_only_if_it_is_more_severe() -> None:
    member = alert("LVA", rule="risk-elevated")
    assert inhibited([member, alert("BALTIC_STATES")]) == {}
    assert inhibited([member, alert("BALTIC_STATES", severity=Severity.CRITICAL)]) == {member.key: GROUP}


def test_within_a_region_the_more_severe_speaks() -> None:
    low, high = alert("LVA", rule="risk-elevated", severity=Severity.INFO), alert("LVA")
    assert inhibited([low, high]) == {low.key: high.key}


def test_whoever_a_report_is_about_speaks_for_those_it_was_derived_for() -> None:
    ukraine, poland = alert("UKR", "ab"), alert("POL", "AB")
    assert inhibited([poland, ukraine]) == {poland.key: ukraine.key}
    assert inhibited([alert("POL", "ab"), ukraine]) == {}


def test_who_was_not_told_speaks_for_nobody() -> None:
    member = alert("LVA")
    for group in (
        alert("BALTIC_STATES", state=AlertState.PENDING),
        alert("BALTIC_STATES", muted=True),
        alert("BALTIC_STATES", state=AlertState.RESOLVED),
    ):
        assert inhibited([member, group]) == {}


def test_of_several_transitions_of_an_alert_the_latest_counts() -> None:
    ended = alert("BALTIC_STATES", state=AlertState.RESOLVED, revision=3, sequence=At(partition=1, offset=9))
    assert inhibited([ended, alert("LVA"), alert("BALTIC_STATES")]) == {}


def test_who_is_held_back_speaks_for_nobody() -> None:
    """Latvia shares one cause with its group and another with Estonia, which nobody else tells."""
    wide, group, member = alert("NATO", "a"), alert("BALTIC_STATES", "ab"), alert("LVA", "b")
    assert inhibited([wide, group, member]) == {group.key: wide.key}


ALERTS = st.lists(
    st.builds(
        lambda region, origins, rule, severity, state, muted: alert(
            region, origins, rule, severity=severity, state=state, muted=muted
        ),
        st.sampled_from(["LVA", "EST", "BALTIC_STATES", "NATO", "UKR", "POL"]),
        st.text("abcABC", min_size=1, max_size=4),
        st.sampled_from(["risk-high", "risk-elevated"]),
        st.sampled_from(Severity),
        st.sampled_from(AlertState),
        st.booleans(),
    ),
    max_size=10,
    unique_by=lambda each: each.key,
)


@LAW
@given(ALERTS)
def test_somebody_remains_to_tell_each_cause(alerts: Sequence[Alert]) -> None:
    by_key = {each.key: each for each in alerts}
    held = inhibited(alerts)
    for target, source in held.items():
        assert source not in held
        told = by_key[source]
        assert told.open
        assert not told.muted
        origins = {each.origin for each in told.evidence}
        assert origins & {each.origin for each in by_key[target].evidence}


@LAW
@given(ALERTS)
def test_holding_back_what_remains_holds_back_nothing_more(alerts: Sequence[Alert]) -> None:
    held = inhibited(alerts)
    assert inhibited([each for each in alerts if each.key not in held]) == {}


@LAW
@given(ALERTS, st.randoms())
def test_order_does_not_matter(alerts: Sequence[Alert], random: Random) -> None:
    assert inhibited(random.sample(alerts, len(alerts))) == inhibited(alerts)

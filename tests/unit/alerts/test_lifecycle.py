from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.alerts.lifecycle import (
    LEGAL,
    Footing,
    Reading,
    Refused,
    Slot,
    Transition,
    command,
    observe,
    retract,
)
from allywatch.alerts.rules import Measure, Rule
from allywatch_schemas import AlertAction, AlertState, Severity, TransitionReason

MINUTE = 60_000

LAW = settings(max_examples=60, deadline=None)


def a_rule(**changes: object) -> Rule:
    defaults = {
        "name": "risk-high",
        "measure": Measure.SCORE,
        "enter": 60,
        "exit": 50,
        "for_minutes": 10,
        "keep_firing_minutes": 60,
        "severity": Severity.WARNING,
    }
    return Rule.model_validate(defaults | changes)


RULE = a_rule()


class Story:
    """One slot told minute by minute."""

    def __init__(self, rule: Rule = RULE) -> None:
        self.rule, self.slot, self.now = rule, Slot(), 0
        self.transitions: list[Transition] = []

    def sees(
        self, *values: float, minutes: int = 1, heard: bool = True, severity: Severity | None = None
    ) -> "Story":
        for value in values:
            self.now += minutes * MINUTE
            reading = Reading(value, severity or self.rule.severity, heard)
            self.slot, transitions = observe(self.slot, self.rule, reading, self.now)
            self.transitions += transitions
        return self

    def told(self, action: AlertAction, until: int | None = None) -> "Story":
        self.slot, transitions = command(self.slot, action, self.now, until)
        self.transitions += transitions
        return self

    def loses(self, before: float, after: float, footing: Footing = Footing.SHAKEN) -> "Story":
        self.slot, transitions = retract(self.slot, self.rule, before, after, footing)
        self.transitions += transitions
        return self

    @property
    def states(self) -> list[str]:
        return [transition.episode.state.value for transition in self.transitions]

    @property
    def last(self) -> TransitionReason:
        return self.transitions[-1].reason


def test_an_alert_lives_from_pending_to_resolved() -> None:
    story = Story().sees(65).sees(65, minutes=10).told(AlertAction.ACKNOWLEDGE).sees(40).sees(40, minutes=60)
    assert story.states == ["pending", "firing", "acknowledged", "recovering", "resolved"]
    assert [transition.episode.revision for transition in story.transitions] == [1, 2, 3, 4, 5]
    assert story.last is TransitionReason.STAYED_BELOW


def test_without_for_it_fires_at_once_and_still_says_pending() -> None:
    assert Story(a_rule(for_minutes=0)).sees(65).states == ["pending", "firing"]


def test_what_does_not_hold_never_fires() -> None:
    story = Story().sees(65, 40).sees(40, minutes=60)
    assert story.states == ["pending", "resolved"]
    assert story.last is TransitionReason.NOT_HELD


def test_between_exit_and_enter_it_holds() -> None:
    assert Story().sees(65).sees(55, minutes=10).states == ["pending", "firing"]


def test_back_above_it_fires_again_under_the_same_episode() -> None:
    story = Story().sees(65).sees(65, minutes=10).sees(40, 65)
    assert story.states == ["pending", "firing", "recovering", "firing"]
    assert story.last is TransitionReason.BACK_ABOVE
    assert {transition.episode.number for transition in story.transitions} == {1}


def test_an_acknowledgement_survives_a_dip() -> None:
    story = Story().sees(65).sees(65, minutes=10).told(AlertAction.ACKNOWLEDGE).sees(40, 65)
    assert story.states[-1] == "acknowledged"


def test_a_higher_severity_asks_for_a_new_acknowledgement() -> None:
    story = Story().sees(65, severity=Severity.INFO).sees(65, minutes=10, severity=Severity.INFO)
    story.told(AlertAction.ACKNOWLEDGE).sees(65)
    assert story.states[-2:] == ["acknowledged", "firing"]
    assert story.last is TransitionReason.SEVERITY_RAISED


def test_silence_resolves_nothing() -> None:
    story = Story().sees(65).sees(65, minutes=10).sees(0).sees(0, 0, 0, minutes=600, heard=False)
    assert story.states[-1] == "recovering"
    story.sees(0, minutes=59)
    assert story.states[-1] == "recovering"
    assert story.sees(0, minutes=1).states[-1] == "resolved"


def test_a_withdrawal_cancels_what_no_longer_stands() -> None:
    story = Story().sees(65).loses(65, 30)
    assert story.states == ["pending", "cancelled"]
    assert story.last is TransitionReason.EVIDENCE_RETRACTED


def test_a_withdrawal_that_changes_little_cancels_nothing() -> None:
    story = Story().sees(65).sees(65, minutes=10)
    assert story.loses(65, 61).loses(57, 56).states == ["pending", "firing"]


def test_an_alert_that_other_evidence_holds_up_stands() -> None:
    story = Story().sees(65).sees(65, minutes=10)
    assert story.loses(61, 59).states == ["pending", "firing"]


def test_what_came_after_an_alert_opened_cannot_cancel_it() -> None:
    story = Story().sees(65).sees(65, minutes=10).loses(65, 20, Footing.WHOLE)
    assert story.states == ["pending", "firing"]
    assert story.sees(20).last is TransitionReason.FELL_BELOW


def test_without_what_it_began_with_the_rest_must_open_an_alert_anew() -> None:
    assert Story().sees(65).loses(65, 61, Footing.GONE).states == ["pending"]
    assert Story().sees(65).loses(65, 59, Footing.GONE).states[-1] == "cancelled"


def test_ended_by_a_person_it_opens_again_only_after_a_fall() -> None:
    story = Story().sees(65).told(AlertAction.RESOLVE).sees(65, 65, 65)
    assert story.states == ["pending", "resolved"]
    assert story.sees(40, 65).states == ["pending", "resolved", "pending"]
    assert story.transitions[-1].episode.number == 2


def test_muting_outlives_an_episode_and_ends_by_itself() -> None:
    story = Story().told(AlertAction.MUTE, until=100 * MINUTE).sees(65)
    assert story.slot.muted(story.now)
    assert not story.slot.muted(100 * MINUTE)
    assert not story.told(AlertAction.UNMUTE).slot.muted(story.now)


@pytest.mark.parametrize("action", [AlertAction.ACKNOWLEDGE, AlertAction.RESOLVE, AlertAction.CANCEL])
def test_a_command_without_an_open_alert_is_refused(action: AlertAction) -> None:
    with pytest.raises(Refused, match="no alert is open"):
        Story().told(action)


def test_only_a_firing_alert_can_be_acknowledged() -> None:
    with pytest.raises(Refused, match="pending"):
        Story().sees(65).told(AlertAction.ACKNOWLEDGE)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("sees"), st.floats(0, 100), st.integers(0, 90), st.booleans(), st.sampled_from(Severity)
        ),
        st.tuples(st.just("loses"), st.floats(0, 100), st.floats(0, 100), st.sampled_from(Footing)),
        st.tuples(st.just("told"), st.sampled_from(AlertAction)),
    ),
    max_size=40,
)


def play(story: Story, steps: Iterable[tuple[object, ...]]) -> Story:
    for step in steps:
        match step:
            case ("sees", float(value), int(minutes), bool(heard), Severity() as severity):
                story.sees(value, minutes=minutes, heard=heard, severity=severity)
            case ("loses", float(before), float(after), Footing() as footing):
                story.loses(before, after, footing)
            case ("told", AlertAction() as action):
                try:
                    story.told(action)
                except Refused:
                    continue
    return story


@LAW
@given(STEPS, st.integers(0, 30), st.integers(0, 90))
def test_no_story_has_an_illegal_transition_or_a_gap(
    steps: list[tuple[object, ...]], for_minutes: int, keep_minutes: int
) -> None:
    story = play(Story(a_rule(for_minutes=for_minutes, keep_firing_minutes=keep_minutes)), steps)
    state: AlertState | None = None
    number, revision = 0, 0
    for transition in story.transitions:
        episode = transition.episode
        if transition.previous is None:
            assert state in (None, AlertState.RESOLVED, AlertState.CANCELLED)
            number, revision, state = number + 1, 0, None
        assert transition.previous == state
        assert episode.state in LEGAL[state]
        assert (episode.number, episode.revision) == (number, revision + 1)
        state, revision = episode.state, episode.revision


@LAW
@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.integers(0, 30))
def test_a_sawtooth_within_keep_firing_for_opens_and_closes_at_most_once(
    values: list[float], for_minutes: int
) -> None:
    story = Story(a_rule(for_minutes=for_minutes, keep_firing_minutes=60)).sees(*values)
    ends = [state for state in story.states if state in ("resolved", "cancelled")]
    assert story.states.count("pending") <= 1
    assert len(ends) <= 1


def test_every_state_but_the_last_two_can_end() -> None:
    for state, following in LEGAL.items():
        ended = state in (AlertState.RESOLVED, AlertState.CANCELLED)
        assert ended == (not following)

"""The life of one alert."""

import pytest

from alert_story import MINUTE, Story, a_rule
from allywatch.alerts.episode import LEGAL, Episode
from allywatch.alerts.lifecycle import Footing, Refused, footing
from allywatch_schemas import AlertAction, AlertState, Severity, TransitionReason

HOUR = 60


def firing(names: str = "a") -> Story:
    return Story().rests_on(names).sees(65).sees(65, minutes=10)


def test_an_alert_lives_from_pending_to_resolved() -> None:
    story = firing().told(AlertAction.ACKNOWLEDGE).sees(40).sees(40, minutes=60)
    assert story.states == ["pending", "firing", "acknowledged", "recovering", "resolved"]
    assert [transition.episode.revision for transition in story.transitions] == [1, 2, 3, 4, 5]
    assert story.last is TransitionReason.STAYED_BELOW


def test_without_for_it_fires_at_once() -> None:
    story = Story(a_rule(for_minutes=0)).sees(65)
    assert story.states == ["firing"]
    assert (story.last, story.transitions[0].previous) == (TransitionReason.THRESHOLD_CROSSED, None)


def test_what_does_not_hold_never_fires_and_nobody_is_told() -> None:
    story = Story().sees(65, 40).sees(40, minutes=60)
    assert story.states == ["pending", "resolved"]
    assert story.last is TransitionReason.NOT_HELD
    assert story.notices == []


def test_between_exit_and_enter_it_holds() -> None:
    assert Story().sees(65).sees(55, minutes=10).states == ["pending", "firing"]


def test_back_above_it_fires_again_under_the_same_episode_and_nobody_is_told_twice() -> None:
    story = firing().sees(40, 65)
    assert story.states == ["pending", "firing", "recovering", "firing"]
    assert story.last is TransitionReason.BACK_ABOVE
    assert {transition.episode.number for transition in story.transitions} == {1}
    assert story.notices == ["firing"]


def test_an_acknowledgement_survives_a_dip() -> None:
    assert firing().told(AlertAction.ACKNOWLEDGE).sees(40, 65).states[-1] == "acknowledged"


def test_a_higher_severity_asks_for_a_new_acknowledgement() -> None:
    story = Story().sees(65, severity=Severity.INFO).sees(65, minutes=10, severity=Severity.INFO)
    story.told(AlertAction.ACKNOWLEDGE).sees(65)
    assert story.states[-2:] == ["acknowledged", "firing"]
    assert story.last is TransitionReason.SEVERITY_RAISED
    assert story.notices == ["firing", "firing"]


def test_silence_resolves_nothing_and_is_said_once() -> None:
    story = firing().sees(0).sees(0, 0, 0, minutes=600, heard=False)
    assert story.states[-2:] == ["recovering", "recovering"]
    assert story.last is TransitionReason.UNHEARD
    slot = story.slot
    assert story.sees(0, heard=False).slot == slot
    story.sees(0).sees(0, minutes=59)
    assert story.states[-1] == "recovering"
    assert story.sees(0, minutes=1).states[-1] == "resolved"


def test_a_fall_while_nothing_is_heard_says_that_it_may_be_silence() -> None:
    story = firing().sees(0, heard=False)
    assert (story.states[-1], story.last) == ("recovering", TransitionReason.UNHEARD)
    assert len(story.sees(0, 0, minutes=600, heard=False).transitions) == 3


def test_a_rule_for_what_is_good_news_opens_when_the_value_falls_below_its_threshold() -> None:
    rule = a_rule(measure="de_escalation", direction="below", enter=-3, exit=-1.5, for_minutes=0)
    story = Story(rule).sees(0.5, 2.9)
    assert story.states == []
    assert story.sees(3).states == ["firing"]


# Withdrawals


def test_a_withdrawal_cancels_what_no_longer_stands() -> None:
    story = Story().sees(65).loses(65, 30)
    assert story.states == ["pending", "cancelled"]
    assert story.last is TransitionReason.EVIDENCE_RETRACTED
    assert story.notices == []
    assert firing().loses(65, 30).notices == ["firing", "cancelled"]


def test_an_alert_that_other_evidence_holds_up_stands_and_says_that_its_ground_changed() -> None:
    story = firing().loses(61, 59)
    assert story.states == ["pending", "firing", "firing"]
    assert story.last is TransitionReason.EVIDENCE_REVISED
    assert story.notices == ["firing"]


@pytest.mark.parametrize("left", [Footing.LATER, Footing.UNTOUCHED])
def test_what_came_after_an_alert_opened_cannot_cancel_it(left: Footing) -> None:
    story = firing().loses(65, 20, left)
    assert story.states[-1] == "firing"
    assert (story.last is TransitionReason.EVIDENCE_REVISED) == (left is Footing.LATER)
    assert story.sees(20).last is TransitionReason.FELL_BELOW


def test_without_what_it_began_with_the_rest_must_open_an_alert_anew() -> None:
    anew = Story().rests_on("a").sees(65).rests_on("bc").loses(65, 61, Footing.GONE)
    assert anew.last is TransitionReason.EVIDENCE_REVISED
    assert anew.transitions[-1].episode.began == ("mark-b", "mark-c")
    assert Story().sees(65).loses(65, 59, Footing.GONE).states[-1] == "cancelled"


AN_EPISODE = Episode(
    1, 2, AlertState.FIRING, Severity.WARNING, 0, None, began=("first", "second"), known=("first", "later")
)


@pytest.mark.parametrize(
    ("lost", "changed", "left"),
    [
        ({"first"}, set(), Footing.GONE),
        ({"second"}, set(), Footing.SHAKEN),
        (set(), {"first"}, Footing.SHAKEN),
        ({"later"}, set(), Footing.LATER),
        ({"never told"}, {"nor this"}, Footing.UNTOUCHED),
    ],
)
def test_the_origins_that_an_episode_began_with_decide_what_a_withdrawal_does(
    lost: set[str], changed: set[str], left: Footing
) -> None:
    assert footing(AN_EPISODE, "first", lost, changed) is left


# People


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


def test_what_fired_while_muted_is_told_when_the_mute_ends() -> None:
    story = Story().told(AlertAction.MUTE, until=30 * MINUTE).sees(65).sees(65, minutes=10)
    assert (story.states[-1], story.notices) == ("firing", [])
    assert story.sees(65, minutes=30).notices == ["firing"]


def test_what_fired_and_ended_while_muted_is_never_told() -> None:
    story = firing_muted = Story().told(AlertAction.MUTE).sees(65).sees(65, minutes=10)
    assert firing_muted.sees(0).sees(0, minutes=60).told(AlertAction.UNMUTE).states[-1] == "resolved"
    assert story.notices == []


@pytest.mark.parametrize("action", [AlertAction.ACKNOWLEDGE, AlertAction.RESOLVE, AlertAction.CANCEL])
def test_a_command_without_an_open_alert_is_refused(action: AlertAction) -> None:
    with pytest.raises(Refused, match="no alert is open"):
        Story().told(action)


def test_only_a_firing_alert_can_be_acknowledged() -> None:
    with pytest.raises(Refused, match="pending"):
        Story().sees(65).told(AlertAction.ACKNOWLEDGE)


def test_every_state_but_the_last_two_can_end() -> None:
    for state, following in LEGAL.items():
        ended = state in (AlertState.RESOLVED, AlertState.CANCELLED)
        assert ended == (not following)

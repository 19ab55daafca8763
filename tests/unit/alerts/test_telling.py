"""When people are told, and when they are told again."""

import pytest

from alert_story import Story, a_rule
from allywatch.alerts.rules import Flapping
from allywatch.alerts.telling import flaps
from allywatch_schemas import AlertAction, Severity, TransitionReason

AT_ONCE = a_rule(for_minutes=0)
HOUR = 60
HOUR_MS = 3_600_000


def firing(names: str) -> Story:
    return Story(AT_ONCE).rests_on(names).sees(65)


def test_materially_new_independent_evidence_is_told() -> None:
    story = firing("abc").rests_on("abcd").sees(65)
    assert story.last is TransitionReason.NEW_EVIDENCE
    assert story.notices == ["firing", "firing"]


def test_what_was_told_is_not_new_again() -> None:
    story = firing("abc").rests_on("abcd").sees(65, 65, 65)
    assert len(story.transitions) == 2


def test_less_than_the_stated_share_is_not_material_until_it_adds_up() -> None:
    story = firing("abcdefgh").rests_on("abcdefghi").sees(65).rests_on("abcdefghij").sees(65)
    assert len(story.transitions) == 1
    assert story.rests_on("abcdefghijk").sees(65).last is TransitionReason.NEW_EVIDENCE


def test_more_words_of_the_same_root_are_not_independent() -> None:
    story = firing("abc").rests_on("abcABC").sees(65)
    assert len(story.transitions) == 1
    assert story.rests_on("abcABCDd").sees(65).last is TransitionReason.NEW_EVIDENCE


def test_an_acknowledgement_covers_what_was_known_when_it_was_given() -> None:
    story = firing("abcde").rests_on("abcdef").sees(65).told(AlertAction.ACKNOWLEDGE).sees(65, 90)
    assert story.states == ["firing", "acknowledged"]
    assert story.rests_on("abcdefgh").sees(65).last is TransitionReason.NEW_EVIDENCE
    assert story.states[-1] == "firing"
    assert not story.transitions[-1].episode.acknowledged


def test_half_as_much_again_as_when_people_were_told_is_told() -> None:
    story = Story(AT_ONCE).sees(60, 89)
    assert len(story.transitions) == 1
    assert story.sees(90).last is TransitionReason.ESCALATED
    assert story.sees(95, 100).notices == ["firing", "firing"]


def test_an_acknowledgement_covers_the_value_too() -> None:
    story = Story(AT_ONCE).sees(60, 85).told(AlertAction.ACKNOWLEDGE, value=85).sees(95)
    assert story.states == ["firing", "acknowledged"]


def test_new_evidence_under_a_value_below_enter_waits() -> None:
    assert len(firing("a").rests_on("abcd").sees(55).transitions) == 1


def test_back_above_on_new_evidence_is_told() -> None:
    story = firing("a").told(AlertAction.ACKNOWLEDGE).sees(40).rests_on("abcd").sees(65)
    assert (story.states[-1], story.last) == ("firing", TransitionReason.NEW_EVIDENCE)
    assert story.notices == ["firing", "firing"]


def test_a_higher_severity_is_published_while_muted_and_told_afterwards() -> None:
    story = Story(AT_ONCE).sees(65, severity=Severity.INFO).told(AlertAction.MUTE).sees(65)
    assert story.last is TransitionReason.SEVERITY_RAISED
    assert story.notices == ["firing"]
    assert story.told(AlertAction.UNMUTE).sees(65).notices == ["firing", "firing"]
    assert story.transitions[-1].episode.severity is Severity.WARNING


def swing(story: Story, times: int, below_minutes: int) -> Story:
    for _ in range(times):
        story.sees(65, minutes=HOUR).sees(40).sees(40, minutes=below_minutes)
    return story


def test_an_alert_that_flaps_is_told_once_more_and_then_waits_until_it_calms() -> None:
    story = swing(Story(AT_ONCE), times=9, below_minutes=HOUR)
    assert story.openings() == 3
    assert story.notices == ["firing", "resolved", "firing", "resolved", "firing"]
    assert story.transitions[-1].episode.flapping
    assert story.states[-1] == "recovering"
    assert story.sees(40, minutes=72 * HOUR).notices[-1] == "resolved"


def test_after_calm_an_alert_no_longer_flaps() -> None:
    story = swing(Story(AT_ONCE), times=5, below_minutes=HOUR).sees(40, minutes=72 * HOUR).sees(65)
    assert not story.transitions[-1].episode.flapping


def test_while_it_flaps_new_evidence_is_not_told_but_an_escalation_is() -> None:
    story = swing(Story(AT_ONCE), times=4, below_minutes=HOUR).sees(65)
    told = len(story.notices)
    assert len(story.rests_on("abcdef").sees(65).notices) == told
    assert story.sees(98).last is TransitionReason.ESCALATED
    assert len(story.notices) == told + 1


@pytest.mark.parametrize(
    ("opened", "flapping"), [((), False), ((0,), False), ((0, 1), True), ((-72 * HOUR_MS, 1), False)]
)
def test_three_openings_within_three_days_are_too_many(opened: tuple[int, ...], flapping: bool) -> None:
    assert flaps(opened, 2, Flapping()) is flapping

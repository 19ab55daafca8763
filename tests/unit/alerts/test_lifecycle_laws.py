"""What holds for every story of an alert."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from alert_story import Story, a_rule
from allywatch.alerts.episode import LEGAL, MAX_OPENED
from allywatch.alerts.lifecycle import Footing, Refused
from allywatch_schemas import AlertAction, AlertState, Severity

LAW = settings(max_examples=80, deadline=None)

Steps = list[tuple[object, ...]]

STEPS: st.SearchStrategy[Steps] = st.lists(
    st.one_of(
        st.tuples(
            st.just("sees"), st.floats(0, 100), st.integers(0, 900), st.booleans(), st.sampled_from(Severity)
        ),
        st.tuples(st.just("rests on"), st.text("abcdABCD", max_size=6)),
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
            case ("rests on", str(names)):
                story.rests_on(names)
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
    steps: Steps, for_minutes: int, keep_minutes: int
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
    assert len(story.slot.opened) <= MAX_OPENED


@LAW
@given(STEPS, st.integers(0, 30))
def test_people_hear_of_the_end_of_what_they_were_told_and_of_nothing_else(
    steps: Steps, for_minutes: int
) -> None:
    told = False
    for transition in play(Story(a_rule(for_minutes=for_minutes)), steps).transitions:
        if transition.previous is None:
            told = False
        ended = transition.episode.state in (AlertState.RESOLVED, AlertState.CANCELLED)
        if transition.notify:
            assert told if ended else transition.episode.state is AlertState.FIRING
        told = told or transition.notify


@LAW
@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.integers(0, 30))
def test_a_sawtooth_within_keep_firing_for_opens_and_closes_at_most_once(
    values: list[float], for_minutes: int
) -> None:
    story = Story(a_rule(for_minutes=for_minutes, keep_firing_minutes=60)).sees(*values)
    assert story.openings() <= 1
    assert story.endings() <= 1


@LAW
@given(
    st.lists(st.tuples(st.floats(60, 85), st.integers(1, 600), st.integers(1, 1_400)), max_size=40),
    st.integers(0, 30),
)
def test_a_sawtooth_of_any_shape_is_told_of_at_most_as_often_as_flapping_allows(
    teeth: list[tuple[float, int, int]], for_minutes: int
) -> None:
    """Dips of up to a day, for weeks: two openings that end, and a third that is told to flap."""
    story = Story(a_rule(for_minutes=for_minutes))
    for high, above, below in teeth:
        story.sees(high, high, minutes=above).sees(40, 40, minutes=below)
    if story.now < 72 * 3_600_000:
        assert story.openings() <= 3
        assert len(story.notices) <= 5
    assert story.notices.count("firing") - story.notices.count("resolved") in (0, 1)


@LAW
@given(STEPS)
def test_what_was_seen_twice_is_not_published_twice(steps: Steps) -> None:
    story = play(Story(), steps)
    story.sees(70, minutes=0)
    published = len(story.transitions)
    assert len(story.sees(70, minutes=0).transitions) == published


@LAW
@given(st.lists(st.tuples(st.floats(0, 97), st.integers(1, 600), st.text("abcdef", max_size=6)), max_size=30))
def test_nothing_that_was_known_lifts_an_acknowledgement(
    steps: list[tuple[float, int, str]],
) -> None:
    """Less than 1.5 times the value, no more than the evidence there was when it was given."""
    story = Story(a_rule(for_minutes=0)).rests_on("abcdef").sees(65).told(AlertAction.ACKNOWLEDGE)
    for value, minutes, names in steps:
        story.rests_on(names).sees(value, minutes=minutes)
        if story.slot.episode is None:
            break
        assert story.slot.episode.acknowledged
    assert story.notices in (["firing"], ["firing", "resolved"])

"""What holds for the alerts of every history, whatever evidence, people, silence and withdrawals do."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.alerts.episode import LEGAL
from allywatch.engine import Replay, replay
from allywatch_schemas import Alert, AlertAction, AlertState, CoverageState, Message, Track
from builders import NOON, a_command, a_coverage, a_retraction, a_superseded, a_tick
from fakes import InputLog
from playing import ENGINE, alerts, news

LAW = settings(max_examples=60, deadline=None)

RULES = ["patron-doubt", "risk-elevated", "opportunity", "unheard"]
"""Those that such histories open most."""
ENDED = (AlertState.RESOLVED, AlertState.CANCELLED)

Told = tuple[str, int, int, float, Track]

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("news"),
            st.integers(0, 9),
            st.integers(1, 3),
            st.sampled_from([-3.0, 0.3, 1.0]),
            st.sampled_from(Track),
        ),
        st.tuples(st.just("retract"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.sampled_from([1, 31, 61, 360, 1_500, 4_400])),
        st.tuples(st.just("coverage"), st.sampled_from(CoverageState)),
        st.tuples(st.just("command"), st.sampled_from(RULES), st.sampled_from(AlertAction)),
    ),
    max_size=40,
)


def told(steps: list[tuple[object, ...]]) -> Replay:
    """The steps as a log of one partition; every story is strong enough to open something."""
    messages: list[Message] = [a_tick()]
    minutes, offset = 0, 0
    for number, step in enumerate(steps):
        now = NOON + timedelta(minutes=minutes)
        match step:
            case ("news", int(doc), int(version), float(weight), Track() as track):
                docs = [f"{doc}-{part}" for part in range(4)]
                batch = news(
                    *docs, start=offset, version=version, track=track, event_time=now, intensity=1.0,
                    sign=1.0 if weight > 0 else -1.0, salience=min(1.0, abs(weight)),
                )  # fmt: skip
                versions = tuple(a_superseded(doc_id=each, version=version) for each in docs if version > 1)
                messages.append(batch.model_copy(update={"superseded": versions}))
                offset += len(docs)
            case ("retract", int(doc)):
                messages += [a_retraction(id=f"{number}-{part}", doc_id=f"{doc}-{part}") for part in range(3)]
            case ("wait", int(more)):
                minutes += more
                messages.append(a_tick(time=NOON + timedelta(minutes=minutes)))
            case ("coverage", CoverageState() as state):
                end = now + timedelta(seconds=number + 1)
                messages.append(a_coverage(id=f"coverage-{number}", state=state, window_end=end))
            case ("command", str(rule), AlertAction() as action):
                messages.append(a_command(id=f"{number}", alert_key=f"{rule}:LVA", action=action))
    return replay(InputLog().records(messages), ENGINE)


@LAW
@given(STEPS)
def test_every_alert_takes_only_legal_steps_without_gaps(steps: list[tuple[object, ...]]) -> None:
    last: dict[str, Alert] = {}
    for alert in alerts(told(steps)):
        before = last.get(alert.key)
        goes_on = before is not None and before.open
        assert alert.previous_state == (before.state if before and goes_on else None)
        assert alert.state in LEGAL[alert.previous_state]
        assert alert.revision == (before.revision + 1 if before and goes_on else 1)
        assert before is None or (alert.episode == before.episode) == goes_on
        last[alert.key] = alert


@LAW
@given(STEPS)
def test_people_hear_the_end_of_what_they_were_told_and_nothing_while_muted(
    steps: list[tuple[object, ...]],
) -> None:
    told_of: set[str] = set()
    for alert in alerts(told(steps)):
        assert not (alert.notify and alert.muted)
        if alert.notify and alert.state in ENDED:
            assert alert.episode in told_of
        elif alert.notify:
            assert alert.state is AlertState.FIRING
            told_of.add(alert.episode)


@LAW
@given(STEPS)
def test_a_state_with_open_alerts_comes_back_from_its_bytes(steps: list[tuple[object, ...]]) -> None:
    for key, state in told(steps).states.items():
        assert ENGINE.decode_state(key, ENGINE.encode_state(key, state)) == state


@LAW
@given(STEPS)
def test_a_clock_that_stands_still_publishes_no_alert(steps: list[tuple[object, ...]]) -> None:
    """What was said once is not said again by ticks seconds apart."""
    result = told([*steps, ("wait", 1)])
    shared = result.states[b"\0partition"]
    clock = getattr(shared, "clock", None) or 0
    at = timedelta(milliseconds=clock - NOON.timestamp() * 1000)
    ticks = [a_tick(time=NOON + at + timedelta(milliseconds=n)) for n in (1, 2)]
    again = replay(InputLog(offset=10_000).records(ticks), ENGINE, result.states)
    assert alerts(again) == []


@LAW
@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.just("news"),
                st.integers(0, 3),
                st.integers(1, 3),
                st.sampled_from([-3.0, 0.3, 1.0]),
                st.sampled_from(Track),
            ),
            st.tuples(st.just("wait"), st.sampled_from([1, 31, 61])),
        ),
        max_size=14,
    )
)
def test_when_everything_is_withdrawn_no_alert_stands(steps: list[tuple[object, ...]]) -> None:
    """Within half a day, and few enough origins, so that nothing was folded into sums."""
    before = told(steps)
    withdrawn = [a_retraction(id=f"all-{d}-{n}", doc_id=f"{d}-{n}") for d in range(4) for n in range(4)]
    after = replay(InputLog(offset=10_000).records(withdrawn), ENGINE, before.states)
    last = {alert.key: alert for alert in (*alerts(before), *alerts(after))}
    assert {alert.state for alert in last.values()} <= {*ENDED, AlertState.RECOVERING}

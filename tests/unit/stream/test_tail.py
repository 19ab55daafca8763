"""Scores and alerts as a person sees them in a terminal."""

from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console, RenderableType

from allywatch.stream.reasons import reason_of, tree_of
from allywatch.stream.tail import ScoreBoard, alert_line, alert_lines, bar, plain_alert, plain_score
from allywatch_schemas import Alert, AlertState, Contribution, FlipSet, Level, RegionState
from builders import NOON, a_contribution, a_risk, a_source, an_alert, an_open_alert


def drawn(what: RenderableType) -> str:
    console = Console(width=150, color_system=None)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def test_the_highest_score_stands_first() -> None:
    board = ScoreBoard()
    for name, score in (("Canada", 3.0), ("Latvia", 81.0), ("Poland", 40.0)):
        board.update(a_risk(region=name.upper(), name=name, score=score))
    lines = drawn(board.table()).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["Latvia", "Poland", "Canada"]


def test_a_row_says_level_state_open_alerts_and_why() -> None:
    board = ScoreBoard()
    risk = a_risk(level=Level.ELEVATED, state=RegionState.LEARNING, open_alerts=(an_open_alert(),))
    board.update(risk)
    (row,) = drawn(board.table()).splitlines()[1:]
    assert "elevated learning" in row
    assert "●" in row
    assert a_contribution().quote[:30] in row


def test_the_change_is_over_the_last_day_of_the_engines_clock() -> None:
    board = ScoreBoard()
    for hours, score in ((0, 90.0), (10, 20.0), (20, 30.0), (40, 50.0)):
        board.update(a_risk(region="POL", score=score, time=NOON + timedelta(hours=hours)))
    assert board.change("POL") == 30.0


def test_only_the_regions_asked_for_and_members_of_their_groups_are_shown() -> None:
    board = ScoreBoard(regions=("BALTIC_STATES",))
    assert board.update(a_risk(region="LVA", groups=("BALTIC_STATES",)))
    assert not board.update(a_risk(region="TWN", groups=()))
    assert not board.add(an_alert(region="TWN", groups=()))
    assert list(board.scores) == ["LVA"]


def test_the_feed_shows_the_latest_alerts_first_and_forgets_the_oldest() -> None:
    board = ScoreBoard(feed=2)
    for revision, state in enumerate(("pending", "firing", "resolved"), 1):
        board.add(an_alert(revision=revision, state=AlertState(state)))
    shown = drawn(board.render())
    assert shown.index("resolved") < shown.index("firing")
    assert "pending" not in shown


def a_pair(**changes: Any) -> list[Alert]:
    member = an_alert(**changes)
    return [member, an_alert(key="score-high:BALTIC_STATES", region="BALTIC_STATES", groups=(), **changes)]


def test_an_alert_that_another_speaks_for_is_left_out_to_its_end() -> None:
    board = ScoreBoard(inhibit=True)
    for alerts in (a_pair(), a_pair(state=AlertState.RESOLVED)):
        board.hold_back(alerts)
        assert [board.add(alert) for alert in alerts] == [False, True]
        if alerts[0].open:
            assert board.held == {"score-high:LVA": "score-high:BALTIC_STATES"}
            assert "1 held back" in drawn(board.render())
    assert board.held == {}


def test_without_being_asked_nothing_is_left_out() -> None:
    board = ScoreBoard()
    board.hold_back(a_pair())
    assert all(board.add(alert) for alert in a_pair())


def test_an_empty_board_draws() -> None:
    assert "none yet" in drawn(ScoreBoard().render())


@pytest.mark.parametrize(
    ("score", "text"), [(0, "····"), (100, "████"), (50, "██··"), (31, "█▎··"), (99.9, "████")]
)
def test_a_bar_is_as_long_as_its_score(score: float, text: str) -> None:
    assert bar(score, "red", cells=4).plain == text


def test_the_reason_is_the_strongest_quote_and_never_what_lowers_the_risk() -> None:
    calm = a_contribution(points=-900, quote="all is well")
    weak = a_contribution(points=100, quote="perhaps")
    bare = a_contribution(points=500, quote="", title="")
    assert reason_of((calm, weak)) == "“perhaps”"
    assert reason_of((calm,)) == ""
    assert reason_of((weak, bare)) == "patron disengagement"


def test_the_rest_is_no_reason() -> None:
    rest = Contribution(origin="other", points=900, documents=7)
    assert reason_of((rest, a_contribution(points=100, quote="perhaps"))) == "“perhaps”"
    assert reason_of((rest,)) == ""


def test_plain_lines_hold_the_idempotency_key_and_what_the_output_can_show() -> None:
    alert = an_alert(evidence=(a_contribution(quote="Suwałki\nunder pressure"),))
    line = plain_alert(alert, "ascii")
    assert line.isascii()
    assert '"Suwałki under pressure"' in plain_alert(alert)
    assert "\n" not in line
    assert f"episode={alert.episode} revision={alert.revision}" in line
    assert plain_score(a_risk(), "ascii").isascii()


def a_wire_story(**changes: Any) -> Contribution:
    copies = (a_source(id="evening.example", name="Riga Evening"),)
    return a_contribution(root="wire", copies=copies, documents=4, score_tenths=123, **changes)


def test_an_origin_is_told_from_whose_word_it_is_down_to_who_carries_it() -> None:
    assert tree_of(a_wire_story()) == "wire → The Baltic Herald, Riga Evening, 2 more"


def test_a_paper_that_speaks_for_itself_is_named_once() -> None:
    assert tree_of(a_contribution(root=a_source().id)) == "The Baltic Herald"
    assert tree_of(Contribution(origin="event 1", root="event 1", points=1, documents=1)) == ""


def test_the_latest_alert_is_explained_in_full_the_others_in_a_line() -> None:
    board = ScoreBoard()
    for revision in (1, 2):
        hangs_on = f"Without 1 of its 3 live origins (The Baltic Herald) it would be low, {revision}."
        board.add(an_alert(revision=revision, evidence=(a_wire_story(),), note=hangs_on))
    shown = drawn(board.render())
    assert shown.count("+12.3 wire → The Baltic Herald, Riga Evening, 2 more “") == 1
    assert "it would be low, 2." in shown
    assert "it would be low, 1." not in shown


def test_a_plain_line_says_shares_trees_and_what_the_level_hangs_on() -> None:
    flip = FlipSet(size=2, origins=("a", "b"), level=Level.ELEVATED)
    line = plain_alert(an_alert(evidence=(a_wire_story(), a_contribution()), flip=flip, note="Without\n2."))
    assert "flip=2 to=elevated +12.3 wire → The Baltic Herald, Riga Evening, 2 more" in line
    assert " | +0.0 The Baltic Herald " in line
    assert line.endswith(" | Without 2.")


def test_words_from_outside_cannot_drive_the_terminal() -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07 [red]\n\x9b31m \u202e"
    told = a_contribution(quote=hostile, title=hostile, root=hostile, copies=(a_source(name=hostile),))
    alert = an_alert(evidence=(told,), region_name=hostile, rule=hostile, note=hostile)
    assert plain_alert(alert).isprintable()
    assert all(line.plain.isprintable() for line in alert_lines(alert, full=True))
    assert alert_line(alert).plain.isprintable()
    assert "[red]" in reason_of((told,))

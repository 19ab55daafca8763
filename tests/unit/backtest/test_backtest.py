"""Invented history through the real extraction and the real engine."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from allywatch.backtest.methods import load
from allywatch.backtest.run import Dumps, Findings, Order, run, write_report
from allywatch.errors import AllywatchError
from backtest_history import FIRST, rows, written

REGIONS = frozenset({"POL", "DEU"})
STRUCK = 70


def replayed(path: Path, dumps: Dumps | None = None, **order: object) -> Findings:
    return run(Order(events=(path,), format="icews", regions=REGIONS, **order), dumps)  # type: ignore[arg-type]


def dumped(folder: Path, path: Path) -> tuple[bytes, ...]:
    folder.mkdir()
    dumps = Dumps(folder / "scores.csv", folder / "alerts.csv", folder / "transitions.csv")
    replayed(path, dumps)
    return tuple(each.read_bytes() for each in sorted(folder.iterdir()))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("history") / "events.tsv", rows(90, attacks=[STRUCK]))


def crises(folder: Path, *at: tuple[str, int]) -> Path:
    path = folder / "crises.csv"
    lines = [f"s,{region},{FIRST + timedelta(days=day)},something" for region, day in at]
    path.write_text("\n".join(["set,country,date,label", *lines]), "utf-8")
    return path


def test_a_replay_gives_the_same_bytes_again(history: Path, tmp_path: Path) -> None:
    assert dumped(tmp_path / "a", history) == dumped(tmp_path / "b", history)


def test_the_order_of_rows_in_a_file_does_not_matter(history: Path, tmp_path: Path) -> None:
    """Neither within a day nor over the days: what is not in order is sorted."""
    mixed = rows(90, attacks=[STRUCK])
    random.Random(5).shuffle(mixed)
    assert dumped(tmp_path / "a", history) == dumped(tmp_path / "b", written(tmp_path / "mixed.tsv", mixed))


def test_two_overlapping_files_count_once(history: Path, tmp_path: Path) -> None:
    again = written(tmp_path / "again.tsv", rows(90, attacks=[STRUCK])[100:])
    once = replayed(history)
    twice = run(Order(events=(history, again), format="icews", regions=REGIONS))
    assert twice.curves.levels == once.curves.levels


def test_a_score_is_empty_while_its_region_learns(history: Path, tmp_path: Path) -> None:
    replayed(history, Dumps(scores=tmp_path / "scores.csv"))
    found = list(csv.DictReader((tmp_path / "scores.csv").open()))
    assert list(found[0]) == ["region", "date", "score", "level", "confidence"]
    poland = [row for row in found if row["region"] == "POL"]
    assert len(poland) == 90
    learning = load(None)[1].weights.baseline.learning_days
    assert all(row["score"] == "" for row in poland[: learning - 1])
    assert poland[-1]["score"] != ""


def test_a_crisis_that_opens_an_alert_is_a_hit_on_its_day(history: Path, tmp_path: Path) -> None:
    """What strikes an ally is felt next door, so the crisis that no alert tells of is long before it."""
    listed = crises(tmp_path, ("POL", STRUCK), ("DEU", STRUCK - 20), ("FJI", STRUCK))
    found = replayed(history, crises=listed, crisis_set="s")
    verdicts = {each.crisis.region: each for each in found.scorecard.verdicts}
    assert max(found.curves.scores["POL"].values()) == found.curves.scores["POL"][_ordinal(STRUCK)]
    assert verdicts["POL"].assessed
    assert not verdicts["DEU"].hit
    assert not verdicts["FJI"].assessed
    by_score = found.scorecard.by_score
    assert by_score is not None
    assert (by_score.crises, by_score.not_assessed, by_score.hits_3d) == (2, 1, 1)


def _ordinal(day: int) -> int:
    return (FIRST + timedelta(days=day)).toordinal()


def test_alerts_bear_the_date_of_their_day(history: Path) -> None:
    struck = [each for each in replayed(history).transitions if each.region == "POL" and each.revision == 1]
    days = {datetime.fromtimestamp(each.time / 1000, UTC).date() for each in struck}
    assert FIRST + timedelta(days=STRUCK) in days


def test_bad_rows_are_counted_and_named(tmp_path: Path) -> None:
    lines = rows(20)
    lines.insert(5, "Military (Russia)\tDo something odd\tMilitary (Poland)\t2020-01-02")
    lines.insert(9, "nothing like a row")
    tally = replayed(written(tmp_path / "bad.tsv", lines)).tally
    assert tally.bad == 2
    assert [str(each).split(": ")[0] for each in tally.first_bad] == [
        f"{tmp_path}/bad.tsv:7",
        f"{tmp_path}/bad.tsv:11",
    ]
    assert tally.rows == len(lines)


def test_days_without_rows_pass_as_well(tmp_path: Path) -> None:
    lines = [line for line in rows(30) if not line.endswith(("2020-01-10", "2020-01-11"))]
    assert len(replayed(written(tmp_path / "gap.tsv", lines)).curves.levels["POL"]) == 30


def test_only_the_days_asked_for_are_replayed(history: Path) -> None:
    found = replayed(history, since=date(2020, 1, 10), until=date(2020, 1, 19))
    assert (found.first, found.last, found.tally.days) == (date(2020, 1, 10), date(2020, 1, 19), 10)


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(AllywatchError, match=r"^.*nowhere\.tsv: No such file or directory\. Check the path"):
        replayed(tmp_path / "nowhere.tsv")


def test_an_unknown_region_is_refused_by_name(history: Path) -> None:
    with pytest.raises(AllywatchError, match=r"XXX: no such region\. Known: ALB"):
        run(Order(events=(history,), format="icews", regions=frozenset({"XXX"})))


def test_the_budget_reaches_the_method(tmp_path: Path) -> None:
    rules = (
        "version: '1'\ncapped_severity: warning\nflapping: {openings: 3, within_hours: 72}\n"
        "telling: {escalated: 1.5, new_share: 0.25}\nrules:\n"
        "  - {name: by-budget, measure: z, budget: 4, while_learning: false, for_minutes: 0,\n"
        "     keep_firing_minutes: 60, severity: warning}\n"
        "  - {name: by-less, measure: z, budget: 1, while_learning: false, for_minutes: 0,\n"
        "     keep_firing_minutes: 60, severity: critical}\n"
    )
    (tmp_path / "rules.yaml").write_text(rules, "utf-8")
    _, as_written = load(tmp_path)
    _, method = load(tmp_path, budget=6)
    assert [rule.budget for rule in method.rules.rules] == [6, 1.5]
    assert method.digest != as_written.digest


def test_a_folder_without_a_method_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllywatchError, match="It must hold"):
        load(tmp_path)


def test_the_report_is_one_file_that_loads_nothing(history: Path, tmp_path: Path) -> None:
    found = replayed(history, crises=crises(tmp_path, ("POL", STRUCK)), crisis_set="s")
    write_report(found, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "{{" not in page
    assert "Poland" in page
    for outside in ("src=", 'href="http', "url(", "@import"):
        assert outside not in page

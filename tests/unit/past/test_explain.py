"""Why an alert said what it said, rebuilt from a log in memory."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from allywatch.errors import AllywatchError
from allywatch.past.asking import AlertId, Transition, as_of, explain
from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.past.methods import Rulebook, from_folder
from allywatch.past.telling import as_of_json, as_of_lines, score_of, transition_json, transition_lines
from allywatch_schemas import Alert
from builders import NOON, a_method_activated, a_tick
from past_lab import BOOK, P, PastLab, a_story, another_method, ticks
from playing import STORM, news


async def ask(lab: PastLab, id: str, all_revisions: bool = False, *books: Rulebook) -> list[Transition]:
    return await explain(lab.log, books or [BOOK], AlertId.parse(id), all_revisions=all_revisions)


async def refusal(lab: PastLab, id: str, *books: Rulebook) -> tuple[Hindrance, str]:
    with pytest.raises(CannotRebuild) as refused:
        await ask(lab, id, False, *books)
    return refused.value.reason, str(refused.value)


def first_episode(lab: PastLab) -> str:
    return lab.alerts()[0].episode


async def test_every_transition_of_every_alert_is_rebuilt_byte_for_byte() -> None:
    lab = await a_story()
    alerts = lab.alerts()
    assert len(alerts) > 3
    for episode in {each.episode for each in alerts}:
        found = await ask(lab, episode, True)
        assert [each.alert for each in found] == [each for each in alerts if each.episode == episode]
        assert all(each.same for each in found)


async def test_an_episode_is_explained_by_its_last_transition_and_a_revision_by_itself() -> None:
    lab = await a_story()
    episode = first_episode(lab)
    last = [each for each in lab.alerts() if each.episode == episode][-1]
    assert [each.alert for each in await ask(lab, episode)] == [last]
    assert [each.alert.revision for each in await ask(lab, f"{episode}:1")] == [1]


async def test_an_unknown_alert_is_refused_with_those_that_are_known() -> None:
    lab = await a_story(1)
    episode = first_episode(lab)
    key = episode.rpartition(":")[0]
    reason, text = await refusal(lab, f"{key}:99")
    assert reason is Hindrance.UNKNOWN_ALERT
    assert episode in text
    assert (await refusal(lab, f"{episode}:99"))[0] is Hindrance.UNKNOWN_ALERT
    assert (await refusal(lab, "risk-high:ATLANTIS:1"))[0] is Hindrance.UNKNOWN_REGION


@pytest.mark.parametrize("text", ["risk-high", "risk-high:LVA", "risk-high:LVA:x", "a:LVA:1:2:3"])
def test_what_is_no_alert_id_is_refused(text: str) -> None:
    with pytest.raises(CannotRebuild, match="is no alert id"):
        AlertId.parse(text)


async def test_an_alert_older_than_the_log_is_refused() -> None:
    lab = await a_story()
    lab.cut(len(STORM) + 40)
    assert (await refusal(lab, f"{first_episode(lab)}:1"))[0] is Hindrance.OLDER_THAN_RETENTION


async def test_an_alert_of_a_log_that_is_gone_is_refused_or_shown_to_differ() -> None:
    old, lab = await a_story(), PastLab()
    lab.tell(a_tick(), *ticks(NOON, NOON + timedelta(hours=12)))
    await lab.score()
    for record in old.published("region-alerts"):
        lab.log.append("region-alerts", P, record.value, record.key, record.headers)
    alerts = old.alerts()
    late = next(each for each in alerts if each.sequence.offset >= lab.position)
    assert (await refusal(lab, f"{late.episode}:{late.revision}"))[0] is Hindrance.LOG_MADE_ANEW
    early = alerts[0]
    (found,) = await ask(lab, f"{early.episode}:{early.revision}")
    assert not found.same
    assert "DIFFERS" in "\n".join(transition_lines(found))


async def test_an_input_that_its_owner_gave_up_on_is_passed_over() -> None:
    lab = PastLab()
    lab.tell(a_tick(), news(*STORM))
    await lab.score(**{"region-alerts": 600})  # an alert is larger than that: the batch is given up on
    assert lab.alerts() == []
    lab.tell(news("u", "v", "w", "x", "y", "z", start=len(STORM)), *ticks(NOON, NOON + timedelta(hours=2)))
    await lab.score()
    assert lab.alerts()
    found = await ask(lab, first_episode(lab), True)
    assert all(each.same for each in found)


async def test_the_method_then_in_force_is_named_and_taken_from_a_folder(tmp_path: Path) -> None:
    other = another_method(tmp_path)
    assert other.name != BOOK.name
    lab = await a_story(1)
    lab.book = other
    lab.tell(a_method_activated(version=other.method.version, digest=other.method.digest))
    lab.tell(
        news(*(f"late-{n}" for n in range(9)), start=8, event_time=NOON + timedelta(days=1)),
        *ticks(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=8)),
    )
    await lab.score()
    newest = lab.alerts()[-1]
    assert newest.method_version == other.method.version
    id = f"{newest.episode}:{newest.revision}"
    reason, text = await refusal(lab, id)
    assert reason is Hindrance.METHOD_UNKNOWN
    assert other.method.version in text
    assert "--method DIR" in text
    (found,) = await ask(lab, id, False, BOOK, other)
    assert found.same
    assert found.scene.method == other.name


async def test_a_method_changed_without_activation_is_noticed(tmp_path: Path) -> None:
    other = another_method(tmp_path)
    lab = await a_story(1)
    lab.book = other
    lab.tell(*ticks(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=8)))
    await lab.score()
    with pytest.raises(CannotRebuild, match="without having been activated") as refused:
        await as_of(lab.log, [BOOK], "LVA", NOON + timedelta(days=1, hours=7), NOON + timedelta(days=9))
    assert refused.value.reason is Hindrance.METHOD_UNKNOWN


def test_a_folder_without_any_of_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllywatchError, match="no method"):
        from_folder(tmp_path)


def test_a_method_is_taken_as_a_release_holds_it_or_as_a_backtest_takes_it(tmp_path: Path) -> None:
    other = another_method(tmp_path / "release")
    (tmp_path / "flat").mkdir()
    (tmp_path / "release/risk/weights.yaml").rename(tmp_path / "flat/weights.yaml")
    (tmp_path / "release/alerts/rules.yaml").rename(tmp_path / "flat/rules.yaml")
    assert from_folder(tmp_path / "flat").name == other.name


async def test_all_origins_are_told_and_sum_to_the_score() -> None:
    lab = PastLab()
    lab.tell(a_tick(), news(*(f"doc-{n}" for n in range(12))), a_tick(time=NOON + timedelta(hours=1)))
    await lab.score()
    rebuilt = await as_of(lab.log, [BOOK], "LVA", NOON + timedelta(hours=1), NOON + timedelta(days=9))
    risk, seen = score_of(rebuilt.told, "LVA"), rebuilt.told.inspect("LVA")
    assert len(seen.contributions) > len(risk.contributions)
    assert sum(each.points for each in seen.contributions) == risk.pressure
    assert sum(each.score_tenths for each in seen.contributions) == round(risk.score * 10)
    assert {each.name for each in seen.rules} == {rule.name for rule in BOOK.method.rules.of("LVA", ())}
    opened = {each.episode for each in seen.rules if each.episode}
    assert opened == {each.episode for each in risk.open_alerts}


async def test_what_was_published_otherwise_is_told() -> None:
    lab = await a_story(1)
    record = lab.published("region-alerts")[0]
    lab.log.append("region-alerts", P, (record.value or b"") + b" ", record.key, record.headers)
    rebuilt = await as_of(lab.log, [BOOK], "LVA", NOON + timedelta(hours=3), NOON + timedelta(days=9))
    assert not rebuilt.comparison.holds
    assert any("DIFFER" in line for line in as_of_lines(rebuilt))


async def test_both_answers_are_told_in_lines_and_in_json() -> None:
    lab = await a_story(1)
    (found,) = await ask(lab, f"{first_episode(lab)}:1")
    lines = transition_lines(found)
    assert lines[-1] == "Rebuilt from the log: the same, byte for byte."
    assert '"same": true' in transition_json(found)
    rebuilt = await as_of(lab.log, [BOOK], "LVA", NOON + timedelta(hours=3), NOON + timedelta(days=9))
    assert as_of_lines(rebuilt)[0].startswith("Latvia (LVA): score")
    assert '"different": []' in as_of_json(rebuilt)


async def test_hostile_words_cannot_drive_the_terminal() -> None:
    lab = await a_story(1)
    (found,) = await ask(lab, f"{first_episode(lab)}:1")
    alert = found.alert.model_copy(update={"note": "\x1b[31mred", "actor": "a\nb"})
    record = replace(found.publication.record, value=alert.write())
    hostile = replace(found, publication=replace(found.publication, record=record))
    assert Alert.read(record.value or b"").note
    assert all(line.isprintable() for line in transition_lines(hostile))

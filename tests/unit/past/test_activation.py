"""A method is put in force by a record: what stops there, what goes on, and what can be told afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest

from allywatch.errors import StopWorker
from allywatch.past.asking import AlertId, as_of, explain
from builders import NOON, a_method_activated, a_tick
from past_lab import BOOK, PastLab, another_method, ticks
from playing import STORM, news


async def test_a_worker_commits_what_came_before_a_method_that_it_lacks(tmp_path: Path) -> None:
    other = another_method(tmp_path)
    lab = PastLab()
    lab.tell(a_tick(), news(*STORM), *ticks(NOON + timedelta(minutes=30), NOON + timedelta(hours=9)))
    (activation,) = lab.tell(a_method_activated(version=other.method.version, digest=other.method.digest))
    end = NOON + timedelta(days=6)
    lab.tell(*ticks(NOON + timedelta(hours=10), end))
    with pytest.raises(StopWorker, match="is in force, and this worker has"):
        await lab.score()
    assert lab.position == activation.offset

    lab.book = other
    await lab.score()
    assert lab.watcher.errors == []
    versions = {alert.sequence.offset > activation.offset: alert.method_version for alert in lab.alerts()}
    assert versions == {False: BOOK.method.version, True: other.method.version}
    for alert in lab.alerts():
        id = AlertId.parse(f"{alert.episode}:{alert.revision}")
        (found,) = await explain(lab.log, [BOOK, other], id)
        assert found.same
    rebuilt = await as_of(lab.log, [BOOK, other], "LVA", end, NOON + timedelta(days=9))
    assert rebuilt.comparison.holds
    assert rebuilt.last.method == other.name


async def test_a_worker_says_once_that_the_method_is_another_than_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def said() -> int:
        """On the terminal, or through logging where other tests have set that up."""
        return max(capsys.readouterr().out.count("another method"), caplog.text.count("another method"))

    lab = PastLab()
    lab.tell(a_method_activated(version=BOOK.method.version, digest=BOOK.method.digest), a_tick())
    await lab.score()
    assert said() == 0
    lab.tell(a_tick(time=NOON + timedelta(hours=1)))
    lab.book = another_method(tmp_path)
    await lab.score()
    assert said() == 1

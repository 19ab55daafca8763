"""A score worker is ready when it is assigned, recovered, not rebalancing, and committing."""

from allywatch.stream.readiness import ASSIGNED, COMMITTING, CONDITIONS, RECOVERED, STABLE, Readiness, View


def a_view(**changes: object) -> View:
    defaults: dict[str, object] = {
        "assigned": True,
        "rebalancing": False,
        "positions": {0: 10, 1: 20},
        "lags": {0: 0, 1: 0},
    }
    return View(**defaults | changes)  # type: ignore[arg-type]


def failing(view: View, now: float = 0.0, readiness: Readiness | None = None) -> list[str]:
    verdicts = (readiness or Readiness()).judge(view, now)
    return [condition for condition in CONDITIONS if not verdicts[condition][0]]


def test_a_worker_that_owns_and_commits_is_ready() -> None:
    assert failing(a_view()) == []


def test_a_standby_without_partitions_is_ready() -> None:
    assert failing(a_view(positions={}, lags={})) == []


def test_before_the_group_answered_nothing_is_ready() -> None:
    assert failing(a_view(assigned=False, positions={})) == [ASSIGNED, RECOVERED, COMMITTING]


def test_one_partition_that_is_not_recovered_is_enough() -> None:
    view = a_view(positions={0: 10, 1: None})
    assert failing(view) == [RECOVERED]
    assert Readiness().judge(view, 0)[RECOVERED][1] == "1 of 2 partitions"


def test_a_rebalancing_worker_is_not_ready() -> None:
    assert failing(a_view(rebalancing=True)) == [STABLE]


def test_a_position_that_stands_still_while_records_wait_is_stuck() -> None:
    readiness, view = Readiness(stuck_after=15), a_view(lags={0: 0, 1: 5})
    assert failing(view, 0, readiness) == []
    assert failing(view, 14, readiness) == []
    assert failing(view, 16, readiness) == [COMMITTING]
    assert readiness.judge(view, 16)[COMMITTING][1] == "stuck: partitions [1]"


def test_a_position_that_moves_under_lag_is_not_stuck() -> None:
    readiness = Readiness(stuck_after=15)
    for now in range(0, 100, 10):
        assert failing(a_view(positions={0: now}, lags={0: 1_000}), now, readiness) == []


def test_a_partition_that_was_released_is_forgotten() -> None:
    readiness = Readiness(stuck_after=15)
    failing(a_view(lags={0: 1, 1: 1}), 0, readiness)
    assert failing(a_view(positions={}, lags={}), 100, readiness) == []

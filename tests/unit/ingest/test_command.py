from pathlib import Path

import pytest
from typer.testing import CliRunner

from allywatch.ingest.command import ingest_app
from allywatch.ingest.session import Order, journal_path

from .exports import a_feed, a_gdelt_row, an_item

run = CliRunner().invoke


@pytest.mark.parametrize("command", ["gdelt", "icews", "rss", "jsonl", "ninjs", "watch"])
def test_every_source_has_help(command: str) -> None:
    result = run(ingest_app, [command, "--help"])

    assert result.exit_code == 0
    assert "--dry-run" in result.output


def test_a_dry_run_needs_no_kafka_and_remembers_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(a_gdelt_row() + b"\nrubbish\n")
    state = tmp_path / "state"
    result = run(ingest_app, ["gdelt", str(tmp_path / "a.csv"), "--dry-run", "--state", str(state)])

    assert result.exit_code == 0
    assert "gdelt: 2 rows in = 1 events + 1 rejected (bad_row 1)" in result.output
    assert not state.exists()


def test_a_folder_of_feeds_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(a_feed(an_item()))
    (tmp_path / "b.rss").write_bytes(a_feed(an_item()))

    assert "2 articles" in run(ingest_app, ["rss", str(tmp_path), "--dry-run"]).output


@pytest.mark.parametrize("arguments", [["gdelt"], ["icews", "/nowhere/at/all"], ["watch", "/nowhere/at/all"]])
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    assert run(ingest_app, arguments).exit_code == 2


def test_the_state_is_kept_where_a_person_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def order(state: Path | None) -> Order:
        return Order("rss", state, dry_run=False, backfill=False, limit=None, rate=None)

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert journal_path(order(None)) == tmp_path / "allywatch" / "ingest-rss.json"
    assert journal_path(order(tmp_path / "a")) == tmp_path / "a" / "ingest-rss.json"
    assert journal_path(order(tmp_path / "a.json")) == tmp_path / "a.json"

"""Figures over sentences whose classes are known."""

import csv
from pathlib import Path

import pytest

from allywatch.classes import Classifier
from allywatch.errors import AllywatchError
from allywatch.evaluation.plover import evaluate_plover, read_known

HEADER = "sentence\tmarked_sentence\tsource\ttarget\tplover_root\tquad_class\n"
ROWS = (
    "-\t<s>Norland</s> condemned <t>Sundholm</t>.\tNorland\tSundholm\tACCUSE\t3\n"
    '-\t"<s>Norland</s> shelled <t>a ""quiet"" village</t>."\tNorland\ta village\tASSAULT\t4\n'
    "-\t<s>Norland</s> freed <t>forty prisoners</t>.\tNorland\tforty prisoners\tPROTEST\t4\n"
)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "known.tsv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return path


def test_figures_are_of_root_and_quad_class(known: Path) -> None:
    figures = evaluate_plover(known)
    assert figures["n"] == 3
    assert figures["root_accuracy"] == figures["quad_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert set(figures["f1"]) == {"ACCUSE", "ASSAULT", "PROTEST"}
    assert 0 <= figures["ece"] <= 1
    assert figures["figures"] == "held out"
    assert figures["trained_on"] == 0


def test_raw_hides_the_marks(known: Path) -> None:
    assert evaluate_plover(known, raw=True)["marks"] == "hidden"


def test_every_answer_is_dumped(known: Path, tmp_path: Path) -> None:
    dump = tmp_path / "answers.tsv"
    evaluate_plover(known, dump=dump)
    with dump.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\"))
    assert [row["root"] for row in rows] == ["ACCUSE", "ASSAULT", "YIELD"]
    assert [row["marked_sentence"] for row in rows] == [one.tagged for one in read_known(known)]
    assert all(0 < float(row["probability"]) <= 1 for row in rows)


def test_figures_on_what_it_learned_from_are_said_to_be(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classifier, "learned_from", lambda _, sentence: "condemned" in sentence.text)
    figures = evaluate_plover(known)
    assert figures["figures"] == "partly in sample"
    assert figures["trained_on"] == 1
    assert figures["unseen"]["n"] == 2
    assert evaluate_plover(known, folds=5)["figures"] == "cross-validated in 5 folds"


def test_a_number_of_folds_that_the_model_has_not_is_refused(known: Path) -> None:
    with pytest.raises(AllywatchError, match="Say --folds 5"):
        evaluate_plover(known, folds=7)


def test_a_file_without_a_column_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.tsv"
    path.write_text("sentence\tquad_class\n", encoding="utf-8")
    with pytest.raises(AllywatchError, match="no column marked_sentence"):
        read_known(path)


def test_a_row_that_is_cut_short_is_refused_with_its_line(known: Path) -> None:
    with known.open("a", encoding="utf-8") as lines:
        lines.write("-\t<s>Norland</s> fled\n")
    with pytest.raises(AllywatchError, match=r"known\.tsv:5: fewer columns"):
        read_known(known)


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.tsv"
    path.write_text(HEADER, encoding="utf-8")
    with pytest.raises(AllywatchError, match="holds no sentence"):
        read_known(path)

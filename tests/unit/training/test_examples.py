"""What is learned from: titles with names filled in, names of codes, records."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from allywatch.classes import Root
from training.examples import (
    CODES,
    CROSSWALK,
    PLOVER,
    RECORDS,
    STORIES,
    code_names,
    leads,
    plover,
    records,
    titles,
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("text", "ontology"):
        (tmp_path / folder).mkdir()
    return tmp_path


def stories(data: Path, *rows: str) -> None:
    with ZipFile(data / STORIES, "w") as archive:
        archive.writestr("stories.csv", "text,title,label\n" + "\n".join(rows))


def test_countries_of_a_title_become_source_and_target_and_each_title_counts_once(data: Path) -> None:
    row = '"A long story.","{country_1} Arms {country_2}, {city} Warns {country_1}",AID'
    stories(data, row, row)
    (example,) = titles(data)
    assert example.sentence.text == "Iran Arms Qatar, Doha Warns Iran"
    assert (example.sentence.source, example.sentence.target) == ((0, 4), (10, 15))
    assert (example.label, example.weight) == (Root.AID, 0.3)


def test_a_lead_is_the_first_sentence_and_keeps_its_label(data: Path) -> None:
    stories(
        data,
        '"Norland pulled its last battalion out of Sundholm. More follows.",Title,RETREAT',
        '"Too short. More follows.",Title,AID',
    )
    (example,) = leads(data)
    assert example.sentence.text == "Norland pulled its last battalion out of Sundholm."
    assert example.label == "RETREAT"


def crosswalk(data: Path) -> None:
    (data / CROSSWALK).write_text("# a table\n08: RETREAT\n16: SANCTION\n0841: RETREAT, release\n", "utf-8")


def test_names_of_codes_stand_between_a_source_and_a_target(data: Path) -> None:
    crosswalk(data)
    rows = "code,root_code,name,goldstein\n164,16,Halt negotiations (any),-7\n01,01,Make statement,0\n"
    (data / CODES).write_text(rows, "mac_roman")
    (example,) = code_names(data)
    assert example.sentence.text.split() == ["Iran", "halt", "negotiations", "Qatar"]
    assert example.label == Root.SANCTION


def test_records_of_two_roots_are_left_out(data: Path) -> None:
    crosswalk(data)
    one = '<Sentence id="1"><EventCoding eventcode="0841"><Text>\nA freed\nB.\n</Text></Sentence>'
    two = '<Sentence><EventCoding eventcode="164"><EventCoding eventcode="0841"><Text>C</Text></Sentence>'
    (data / RECORDS[0]).write_text("<!-- <Sentence> -->" + one, "utf-8")
    (data / RECORDS[1]).write_text(two, "utf-8")
    (example,) = records(data)
    assert (example.sentence.text, example.label) == ("A freed B.", Root.YIELD)


def test_quotes_of_the_sentences_are_text(data: Path) -> None:
    header = "marked_sentence\tplover_root\n"
    (data / PLOVER).write_text(header + '"<s>A</s> freed ""B"" on <t>Monday</t>.\tYIELD\n', "utf-8")
    (example,) = plover(data)
    assert example.sentence.text == '"A freed ""B"" on Monday.'

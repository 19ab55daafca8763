from pathlib import Path

import pytest

from allywatch.errors import ConfigError
from allywatch.gold import Split, agreement, load_gold
from allywatch_schemas import Mechanism, Modality

ITEMS = """
- id: dev-a-1
  language: en
  published: 2026-03-14
  source: Exercise Wire
  title: "Exercise: a drill"
  body: |
    Exercise: nothing happened.
- id: dev-a-2
  language: lv
  published: 2026-03-15
  source: Exercise Wire
  title: "Mācības: nekas"
  body: ""
"""
FIRST = """
dev-a-1:
  - {region: LVA, mechanism: military_threat, sign: 1, modality: asserted}
  - {region: EST, mechanism: military_threat, sign: 1, modality: planned}
dev-a-2: []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "dev"
    data.mkdir()
    (data / "a.items.yaml").write_text(ITEMS, encoding="utf-8")
    (data / "a.first.yaml").write_text(FIRST, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / "dev" / name).write_text(text, encoding="utf-8")


def test_the_first_pass_counts_until_something_is_settled(folder: Path) -> None:
    one, two = load_gold(Split.DEV, folder)
    assert [label.key for label in one.labels] == [
        ("LVA", Mechanism.MILITARY_THREAT),
        ("EST", Mechanism.MILITARY_THREAT),
    ]
    assert two.labels == ()
    write(folder, "a.settled.yaml", "dev-a-1: []")
    assert load_gold(Split.DEV, folder)[0].labels == ()


def test_an_article_keeps_its_words_language_and_day(folder: Path) -> None:
    two = load_gold(Split.DEV, folder)[1].article
    assert (two.title, two.body, two.language) == ("Mācības: nekas", "", "lv")
    assert two.published_at.isoformat() == "2026-03-15T12:00:00+00:00"


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("a.first.yaml", "dev-a-1: []", "dev-a-2 has no labels"),
        ("a.second.yaml", "dev-b-1: []", "dev-b-1 is no article"),
        ("a.first.yaml", FIRST.replace("region: EST", "region: LVA"), "two labels of one region"),
    ],
)
def test_labels_that_do_not_fit_are_named(folder: Path, file: str, text: str, complaint: str) -> None:
    write(folder, file, text)
    with pytest.raises(ConfigError, match=complaint):
        load_gold(Split.DEV, folder)


def test_passes_that_say_the_same_agree_in_full(folder: Path) -> None:
    write(folder, "a.second.yaml", FIRST)
    found = agreement(load_gold(Split.DEV, folder))
    assert (found.articles, found.found, found.sign, found.modality, found.modality_kappa) == (2, 1, 1, 1, 1)


def test_agreement_is_on_labels_found_by_both(folder: Path) -> None:
    second = "dev-a-1:\n  - {region: LVA, mechanism: military_threat, sign: -1, modality: denied}"
    write(folder, "a.second.yaml", second)
    found = agreement(load_gold(Split.DEV, folder))
    assert found.articles == 1
    assert found.found == pytest.approx(2 / 3)
    assert (found.sign, found.modality) == (0, 0)


def test_articles_with_one_pass_say_nothing_of_agreement(folder: Path) -> None:
    assert agreement(load_gold(Split.DEV, folder)).articles == 0


def test_kappa_takes_chance_away(folder: Path) -> None:
    second = FIRST.replace("modality: planned", "modality: asserted")
    write(folder, "a.second.yaml", second)
    found = agreement(load_gold(Split.DEV, folder))
    assert found.modality == 0.5
    assert found.modality_kappa == pytest.approx(0)


def test_modalities_are_read_as_the_contract_names_them(folder: Path) -> None:
    assert load_gold(Split.DEV, folder)[0].labels[1].modality is Modality.PLANNED

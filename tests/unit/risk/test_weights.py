import pytest

from allywatch.engine.method import RULES_FILE, WEIGHTS_FILE, load_method, method_files, parse_method
from allywatch.errors import ConfigError
from fakes import FakePlaces


def changed(file: str, old: str, new: str) -> dict[str, str]:
    texts = method_files()
    assert old in texts[file]
    return texts | {file: texts[file].replace(old, new)}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (WEIGHTS_FILE, "  denied: 0.1\n", "", "missing: denied"),
        (WEIGHTS_FILE, "asserted: 1.0", "asserted: 1.5", "less than or equal to 1"),
        (WEIGHTS_FILE, "[300, 59]", "[300, 61]", "nothing is above elevated while learning"),
        (WEIGHTS_FILE, "[1, 25]", "[1, 5]", "standardised must rise"),
        (WEIGHTS_FILE, "elevated: 40", "elevated: 70", "levels must rise"),
        (WEIGHTS_FILE, "window_days: 365", "window_days: 390", "less than or equal to 380"),
        (WEIGHTS_FILE, "learning_days: 30", "learning_days: 5", "at least two days"),
        (RULES_FILE, "exit: 35", "exit: 45", "must be below enter"),
        (RULES_FILE, "name: risk-high", "name: risk-elevated", "different names"),
        (RULES_FILE, "measure: rise", "measure: fall", "measure"),
    ],
)
def test_a_wrong_value_is_refused_with_its_file_and_line(file: str, old: str, new: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        parse_method(changed(file, old, new), FakePlaces())
    assert caught.value.file == file
    assert caught.value.line is not None


def test_the_digest_covers_weights_rules_and_registry() -> None:
    digests = {
        load_method(FakePlaces()).digest,
        load_method(FakePlaces(digest="1" * 64)).digest,
        parse_method(changed(WEIGHTS_FILE, "words: 48", "words: 49"), FakePlaces()).digest,
        parse_method(changed(RULES_FILE, "enter: 60", "enter: 61"), FakePlaces()).digest,
    }
    assert len(digests) == 4


def test_a_comment_does_not_change_the_method() -> None:
    commented = {name: text + "\n# a remark\n" for name, text in method_files().items()}
    assert parse_method(commented, FakePlaces()).digest == load_method(FakePlaces()).digest

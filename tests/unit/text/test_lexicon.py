import pytest

from allywatch.errors import ConfigError
from allywatch.text import LEXICON_VERSION, load_lexicon, parse_lexicon
from allywatch.text.cues import compile_cues
from allywatch_schemas import Mechanism

RULE = """\
version: "x"
rules:
  - id: leaves
    mechanism: patron_disengagement
    needs: patron
    track: words
    sign: 1
    intensity: 0.5
    probability: 0.5
    half_life_hours: 96
    cues:
      en: ["leave{,s} … alone"]
"""


def test_the_lexicon_of_the_package_is_valid_and_dated_as_the_code_says() -> None:
    assert load_lexicon().mechanisms.version == LEXICON_VERSION


def test_every_mechanism_has_cues_in_every_language() -> None:
    languages = {
        "en",
        "uk",
        "pl",
        "ru",
        "zh",
        "ja",
        "de",
        "fr",
        "es",
        "vi",
        "ko",
        "ar",
        "lt",
        "lv",
        "et",
        "ro",
    }
    for mechanism in Mechanism:
        spoken = {x for r in load_lexicon().mechanisms.rules if r.mechanism is mechanism for x in r.cues}
        assert spoken == languages, mechanism


def test_braces_spell_out_forms() -> None:
    assert [cue.head for cue in compile_cues(parse_lexicon(RULE, "f"))] == [" leave", " leaves"]


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        ("leave{,s}", "leave{,s", 12),
        ("leave{,s} … alone", "leave …", 12),
        ("intensity: 0.5", "intensity: 7", 8),
        ("needs: patron", "needs: money", 5),
        ("sign: 1", "signs: 1", 7),
    ],
)
def test_an_error_names_file_and_line(good: str, bad: str, line: int) -> None:
    with pytest.raises((ConfigError, ExceptionGroup)) as caught:
        parse_lexicon(RULE.replace(good, bad), "mechanisms.yaml")
    errors = caught.value.exceptions if isinstance(caught.value, ExceptionGroup) else [caught.value]
    assert any(isinstance(e, ConfigError) and e.line == line for e in errors)

"""The table of signs: whole, and its errors name file, line and fix."""

from importlib import resources

import pytest

from allywatch.errors import ConfigError
from allywatch.events import Relation, load_codebook, load_rules, parse_rules
from allywatch_schemas import Modality, PloverRoot

CODEBOOK = load_codebook()
RULES = load_rules(CODEBOOK)
TEXT = (resources.files("allywatch.events") / "data" / "rules.yaml").read_text(encoding="utf-8")


def test_every_code_has_an_answer_in_every_relation() -> None:
    for relation in Relation:
        assert set(PloverRoot) <= set(RULES.rules[relation])
        for code in CODEBOOK.values():
            resolved = RULES.resolve(relation, code)
            assert resolved is None or -1 <= resolved[1].sign <= 1


def test_the_most_specific_rule_wins() -> None:
    resolved = RULES.resolve(Relation.FROM_PATRON, CODEBOOK["0874"])
    assert resolved is not None
    assert resolved[0] == "from_patron.087"
    assert RULES.resolve(Relation.FROM_PATRON, CODEBOOK["0841"]) is None


def test_no_rule_counts_the_source_side_for_more_than_the_target_side() -> None:
    pairs = [("patron", 1.0), ("adversary", 1.0), ("ally", 1.0), ("other", 1.0)]
    for other, most in pairs:
        towards, away = RULES.rules[Relation(f"from_{other}")], RULES.rules[Relation(f"to_{other}")]
        for root in (PloverRoot.THREATEN, PloverRoot.SANCTION, PloverRoot.MOBILIZE):
            received, given = towards[root], away[root]
            if received is not None and given is not None:
                assert abs(given.sign) < abs(received.sign) <= most


@pytest.mark.parametrize(
    ("code", "modality"),
    [
        ("036", Modality.PLANNED),
        ("0233", Modality.PLANNED),
        ("138", Modality.PLANNED),
        ("190", Modality.ASSERTED),
        ("0874", Modality.ASSERTED),
    ],
)
def test_intent_appeal_and_threat_are_planned_and_all_else_asserted(code: str, modality: Modality) -> None:
    assert RULES.modality_of(code) is modality


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    AGREE: {sign: -0.4", "    AGREE: {sign: -4", "greater than or equal to -1"),
        ("    PROTEST: null\n", "", "from_patron|PROTEST is missing"),
        ('    "087":', '    "0999":', "0999 is no CAMEO code"),
        ("  to_other:", "  to_nobody:", "to_nobody"),
        ("words: 24, ", "", "words has no half-life"),
        ("tone_weight: 0.1", "tone_weight: 0.2", "less than or equal to 0.1"),
    ],
)
def test_an_error_names_file_line_and_fix(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises((ConfigError, ExceptionGroup)) as caught:
        parse_rules(TEXT.replace(old, new, 1), CODEBOOK, "own.yaml")
    raised = caught.value
    errors = raised.exceptions if isinstance(raised, ExceptionGroup) else (raised,)
    assert any(says.split("|")[-1] in str(error) for error in errors), errors
    for error in errors:
        assert isinstance(error, ConfigError)
        assert error.file == "own.yaml"
        assert error.line
        assert error.fix

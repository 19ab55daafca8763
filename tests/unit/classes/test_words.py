"""Words without inflection; names, numbers and dates as one symbol each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.classes.words import DATE, NAME, NUMBER, stem, tokens


def symbols(text: str) -> list[str]:
    return [token.symbol for token in tokens(text)]


@pytest.mark.parametrize(
    "forms",
    [
        "condemn condemns condemned condemning",
        "impose imposes imposed imposing",
        "deny denies denied denying",
        "attack attacks attacked",
        "threat threat's",
        "ban bans banned banning",
        "meet meets met meeting",
        "withdraw withdrew withdrawn",
        "free frees freed",
        "agree agrees agreed agreeing",
    ],
)
def test_forms_of_a_word_are_one(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_words_that_differ_stay_apart() -> None:
    assert len({stem(word) for word in ["aid", "arm", "arrest", "attack", "accuse", "agree"]}) == 6


def test_a_capital_within_a_sentence_is_a_name() -> None:
    assert symbols("Troops entered Sundholm on Tuesday, killing 12.") == [
        "troop",
        "enter",
        NAME,
        "on",
        DATE,
        ",",
        "kill",
        NUMBER,
        ".",
    ]


def test_the_first_word_of_a_quotation_is_none() -> None:
    assert symbols('He said: "Withdraw now"')[-3:-1] == ["withdraw", "now"]


def test_words_of_a_heading_are_no_names() -> None:
    assert NAME not in symbols("Norland Imposes Sanctions After Border Attack")


def test_may_is_a_month_only_with_a_capital() -> None:
    assert symbols("it may strike in May") == ["it", "may", "strik", "in", DATE]


@given(st.text())
def test_tokens_stand_in_order_within_the_text(text: str) -> None:
    starts = [token.start for token in tokens(text)]
    assert starts == sorted(set(starts))
    assert len(starts) <= 120
    assert all(token.symbol for token in tokens(text))

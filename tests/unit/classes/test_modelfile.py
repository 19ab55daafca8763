"""The model file, written and read; keys of sentences."""

from io import BytesIO

import numpy as np
import pytest

from allywatch.classes import MarkedSentence, from_tags
from allywatch.classes.linear import LinearModel
from allywatch.classes.modelfile import HEADS, HeldOut, ModelFile, decode, encode, key_of


def a_head() -> LinearModel:
    return LinearModel(
        ("accuse", "aid to"),
        np.array([1, 2], np.float32),
        np.array([[0.5, 0], [0, -0.25]], np.float32),
        np.array([0.125, 3], np.float32),
    )


def a_model() -> ModelFile:
    held = HeldOut(np.array([3, 9], np.uint64), np.array([[0.5, 0.5], [0.25, 0.75]], np.float32))
    return ModelFile(dict.fromkeys(HEADS, a_head()), {"marked": held, "raw": held}, {"version": "1"})


def test_a_model_survives_its_file() -> None:
    model = decode(BytesIO(encode(a_model())))
    assert model.facts == {"version": "1"}
    for head in HEADS:
        assert model.heads[head].names == a_head().names
        np.testing.assert_array_equal(model.heads[head].weights, a_head().weights)
    assert model.held_out["raw"].find(9) == 1


def test_equal_models_give_equal_bytes() -> None:
    assert encode(a_model()) == encode(a_model())


def test_a_key_that_is_not_there_has_no_row() -> None:
    held = a_model().held_out["marked"]
    assert [held.find(key) for key in (0, 3, 4, 9, 2**64 - 1)] == [None, 0, None, 1, None]


def test_another_file_is_no_model() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(BytesIO(b"nothing of the kind"))


def test_spaces_and_case_do_not_change_a_key_but_marks_do() -> None:
    key = key_of(from_tags("<s>A</s> met <t>B</t>"))
    assert key == key_of(from_tags("<s>a</s>  met <t>b</t>"))
    assert key != key_of(MarkedSentence("A met B"))
    assert key != key_of(from_tags("<t>A</t> met <s>B</s>"))
